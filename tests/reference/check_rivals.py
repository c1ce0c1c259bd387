#!/usr/bin/python3
"""Computes the rivals a second time in another way, and compares: check_rivals.py. Ends with an error if the two differ.

Losses: sums in loops instead of matrices, and central differences instead of autograd. Trainings: torchvision's modules, linear layers on
pooled vectors, torch's optimisers and a forward pass for each view, in the order in which the papers' programs work. Splits are 1 here: the
case splitbn holds several groups."""
import math
import torch
import torchvision
from torch import nn
import byol, densecl, mocov2, pixpro, simclr
import cacl_reference as R
import rival_parts as P
import make_rivals as M

BATCH, SIZE, STEPS = 4, 32, 3


def close(what, first, second, tolerance=1e-9):
    first, second = (torch.as_tensor(v, dtype=torch.float64).detach() for v in (first, second))
    error = float((first - second).abs().max() / second.abs().max().clamp_min(1e-12))
    assert first.shape == second.shape and error <= tolerance, f"{what}: {error:.1e}"
    print(f"{error:.1e}  {what}")


# ---------------------------------------------------------------- losses in loops
def dot(a, b):
    return sum(float(x) * float(y) for x, y in zip(a, b))


def cosine(a, b):
    return dot(a, b) / math.sqrt(dot(a, a) * dot(b, b))


def share(positive, negatives, t):
    """-log of the positive's share, from cosines."""
    return -math.log(math.exp(positive / t) / (math.exp(positive / t) + sum(math.exp(n / t) for n in negatives)))


def mean(values):
    return sum(values) / len(values)


def slow_info_nce(z, z_plus, queue, t):
    return mean([share(cosine(a, b), [cosine(a, q) for q in queue], t) for a, b in zip(z, z_plus)])


def slow_nt_xent(z, z_plus, t):
    views, count = [*z, *z_plus], len(z)
    other = lambda i: i + count if i < count else i - count
    return mean([share(cosine(v, views[other(i)]), [cosine(v, views[k]) for k in range(2 * count) if k not in (i, other(i))], t) for i, v in enumerate(views)])


def slow_byol(p, p_plus, t, t_plus):
    def distance(a, b):                               # of the normalised vectors, squared
        return sum((float(x) / math.sqrt(dot(a, a)) - float(y) / math.sqrt(dot(b, b))) ** 2 for x, y in zip(a, b))
    return mean([distance(a, b) for a, b in zip(p, t_plus)]) + mean([distance(a, b) for a, b in zip(p_plus, t)])


def positions(m):
    """[D,h,w] -> vectors, row by row."""
    return [m[:, i, j] for i in range(m.shape[1]) for j in range(m.shape[2])]


def slow_dense(d, d_plus, f, f_plus, queue, t):
    terms = []
    for b in range(len(d)):
        keys, features = positions(d_plus[b]), positions(f_plus[b])
        for vector, feature in zip(positions(d[b]), positions(f[b])):
            best = max(range(len(keys)), key=lambda j: cosine(feature, features[j]))
            terms.append(share(cosine(vector, keys[best]), [cosine(vector, q) for q in queue], t))
    return mean(terms)


def slow_propagation(x, weight, bias, gamma):
    """[D,h,w] -> a vector a position."""
    vectors, result = positions(x), []
    for a in vectors:
        total = torch.zeros(len(a), dtype=torch.float64)
        for b in vectors:
            g = torch.tensor([dot(row, b) for row in weight.flatten(1)], dtype=torch.float64) + bias
            total = total + max(cosine(a, b), 0.0) ** gamma * g / math.sqrt(dot(g, g))
        result.append(total)
    return result


def where_pixels_are(box, flip, size):
    """Images [size,size] of each pixel's x and y in the frame, cropped, resized and mirrored as a picture is."""
    left, top, width, height = (float(v) for v in box)
    x = torch.tensor([[left + (j + 0.5) * width / size for j in range(size)] for _ in range(size)], dtype=torch.float64)
    y = torch.tensor([[top + (i + 0.5) * height / size for _ in range(size)] for i in range(size)], dtype=torch.float64)
    return (x.flip(1), y.flip(1)) if flip else (x, y)


def slow_pixpro(y, y_plus, t, t_plus, boxes, distance, cells):
    """y, y_plus: for each sample a list of vectors."""
    def one_way(y, t, box, flip, box_other, flip_other):
        scores = []
        for b in range(len(y)):
            x1, y1, x2, y2 = (nn.functional.avg_pool2d(v[None, None], 8)[0, 0].flatten().tolist() for v in
                              (*where_pixels_are(box[b], flip[b], 8 * cells), *where_pixels_are(box_other[b], flip_other[b], 8 * cells)))
            diagonal = max(math.hypot(float(v[b, 2]) / cells, float(v[b, 3]) / cells) for v in (box, box_other))
            found = [cosine(y[b][i], positions(t[b])[j]) for i in range(cells ** 2) for j in range(cells ** 2)
                     if math.hypot(x1[i] - x2[j], y1[i] - y2[j]) < distance * diagonal]
            scores.append(sum(found) / (len(found) + 1e-6))
        return -2 * mean(scores)
    there = one_way(y, t_plus, boxes["box"], boxes["flip"], boxes["box_plus"], boxes["flip_plus"])
    return there + one_way(y_plus, t, boxes["box_plus"], boxes["flip_plus"], boxes["box"], boxes["flip"])


def differences(what, loss, inputs, slow, step=1e-5):
    """Compares a loss with its slow formulation and its gradient with central differences of the latter, at two numbers of each input."""
    inputs = [v.clone().requires_grad_(True) for v in inputs]
    value = loss(*inputs)
    close(f"{what}: loss", value, slow(*(v.detach() for v in inputs)))
    for place, gradient in enumerate(torch.autograd.grad(value, inputs)):
        for at in (3, gradient.numel() // 2):
            def moved(by):
                altered = [v.detach().clone() for v in inputs]
                altered[place].view(-1)[at] += by
                return slow(*altered)
            close(f"{what}: gradient {place}", gradient.flatten()[at], (moved(step) - moved(-step)) / (2 * step), 1e-5)


def losses(seed):
    rng = M.np.random.default_rng(seed)
    normal = lambda *shape: torch.from_numpy(rng.normal(0, 1, shape))
    z, z_plus, queue, t, t_plus = normal(4, 9), normal(4, 9), P.unit(normal(11, 9)), normal(4, 9), normal(4, 9)
    differences("MoCo-v2", lambda a: mocov2.loss(a, z_plus, queue, 0.2), [z], lambda a: slow_info_nce(a, z_plus, queue, 0.2))
    differences("SimCLR", lambda a, b: simclr.loss(a, b, 0.3), [z, z_plus], lambda a, b: slow_nt_xent(a, b, 0.3))
    differences("BYOL", lambda a, b: byol.loss(a, b, t, t_plus), [z, z_plus], lambda a, b: slow_byol(a, b, t, t_plus))
    d, d_plus, f, f_plus = normal(2, 9, 3, 4), normal(2, 9, 3, 4), normal(2, 5, 3, 4), normal(2, 5, 3, 4)
    differences("DenseCL", lambda a: densecl.dense_loss(a, d_plus, densecl.match(f, f_plus), queue, 0.2), [d], lambda a: slow_dense(a, d_plus, f, f_plus, queue, 0.2))
    cells = 3
    x, x_plus, t, t_plus, weight, bias = *(normal(3, 4, cells, cells) for _ in range(4)), normal(4, 4, 1, 1), normal(4)
    places = M.boxes(rng, 3, cells, 0.7)
    near = (pixpro.distances(places["box"], places["flip"], places["box_plus"], places["flip_plus"], cells) < 0.7).double()
    g = P.Head("propagation", 0, 4, 4)

    def fast(x, x_plus, weight, bias):
        w = {"head_propagation.0.weight": weight, "head_propagation.0.bias": bias}
        return pixpro.loss(*(pixpro.propagate(v, P.head_forward(v, w, g, 1), 2) for v in (x, x_plus)), t, t_plus, near)

    def slow(x, x_plus, weight, bias):
        return slow_pixpro(*([slow_propagation(s, weight, bias, 2) for s in v] for v in (x, x_plus)), t, t_plus, places, 0.7, cells)
    differences("PixPro", fast, [x, x_plus, weight, bias], slow)


# ---------------------------------------------------------------- trainings with modules
class Network(nn.Module):
    """torchvision's ResNet-18 with output stride 8, and heads of linear layers (pooled) or 1x1 convolutions (maps)."""

    def __init__(self, heads, pooled, weights):
        super().__init__()
        self.backbone = torchvision.models.resnet18(weights=None)
        self.backbone.fc = nn.Identity()
        for layer, dilations in ((self.backbone.layer3, (1, 2)), (self.backbone.layer4, (2, 4))):
            for block, dilation in zip(layer, dilations):
                for conv in (block.conv1, block.conv2):
                    conv.stride, conv.dilation, conv.padding = (1, 1), (dilation, dilation), (dilation, dilation)
            layer[0].downsample[0].stride = (1, 1)
        self.heads = nn.ModuleDict()
        for head in heads:
            linear = nn.Linear if head.name in pooled else lambda i, o: nn.Conv2d(i, o, 1)
            norm = nn.BatchNorm1d if head.name in pooled else nn.BatchNorm2d
            inputs = head.input or 512
            self.heads[head.name] = linear(inputs, head.output) if head.hidden == 0 else nn.Sequential(
                linear(inputs, head.hidden), *([norm(head.hidden)] if head.normalised else []), nn.ReLU(), linear(head.hidden, head.output))
        self.double().train()
        self.single = {head.name for head in heads if head.hidden == 0}
        with torch.no_grad():
            for name, value in self.named_reference().items():
                value.copy_(weights[name].view_as(value))

    def named_reference(self):
        """Parameters and statistics by the reference's names."""
        found = {n: v for n, v in self.backbone.state_dict(keep_vars=True).items() if "num_batches" not in n}
        for head, module in self.heads.items():
            found.update({f"head_{head}.{'0.' if head in self.single else ''}{n}": v for n, v in module.state_dict(keep_vars=True).items() if "num_batches" not in n})
        return found

    def features(self, x):
        b = self.backbone
        x = b.maxpool(b.relu(b.bn1(b.conv1(x))))
        return b.layer4(b.layer3(b.layer2(b.layer1(x))))

    def pooled(self, f):
        return self.backbone.avgpool(f).flatten(1)


def compare(what, network, reference, statistics=True):
    pairs = [(n, v) for n, v in network.named_reference().items() if statistics or "running" not in n]
    worst = max((float((v.detach().view(-1) - reference[n].view(-1)).abs().max() / reference[n].abs().max()), n) for n, v in pairs)
    assert worst[0] < 1e-8, f"{what}: {worst}"
    print(f"{worst[0]:.1e}  {what}, the worst of {len(pairs)} tensors: {worst[1]}")


def adapt_gradients(network, cfg):
    for p in network.parameters():
        if p.ndim > 1:
            p.grad.add_(p.detach(), alpha=cfg["weight_decay"])
            p.grad.mul_(cfg["trust"] * torch.linalg.norm(p.detach()) / (torch.linalg.norm(p.grad) + cfg["eps"]))


class RateInside:
    """The momentum buffer holds steps, not directions."""

    def __init__(self, parameters):
        self.moving = [(p, torch.zeros_like(p)) for p in parameters]

    def step(self, rate):
        with torch.no_grad():
            for p, step in self.moving:
                step.mul_(0.9).add_(p.grad, alpha=rate)
                p.sub_(step)


def training(word, seed):
    method, cfg = M.settings(seed)[word]
    cfg = dict(cfg, backbone="resnet18", batch=BATCH, size=SIZE, seed=seed, total_steps=10, warmup_steps=2, bn_splits=1)
    rng = M.np.random.default_rng([seed, 7])
    batches = [M.named_batch(i, cfg, rng, seed) for i in range(STEPS)]
    state = M.starting_state(method, cfg, seed, torch.float64)
    pooled = {"global", "predictor"}
    online = Network(method.heads(cfg), pooled, state["query"])
    key = Network(method.key_heads(cfg), pooled, state["key"]) if state["key"] else None
    queues = {h: [list(q), at] for h, (q, at) in state["queues"].items()}
    sgd = torch.optim.SGD(online.parameters(), lr=1, momentum=0.9, weight_decay=cfg["weight_decay"] if cfg["optimiser"] == "sgd" else 0)
    inside = RateInside(online.parameters())
    for i, batch in enumerate(batches):
        rate = cfg["learning_rate"] * (i + 1) / 2 if i < 2 else cfg["learning_rate"] / 2 * (1 + math.cos(math.pi * (i - 2) / 8))
        total, rows = MODULES[word](online, key, batch, cfg, {h: torch.stack(q) for h, (q, _) in queues.items()})
        for p in online.parameters():
            p.grad = None
        total.backward()
        if cfg["optimiser"] == "lars":
            adapt_gradients(online, cfg)
        if cfg.get("rate_in_buffer"):
            inside.step(rate)
        else:
            sgd.param_groups[0]["lr"] = rate
            sgd.step()
        for h, vectors in rows.items():
            for vector in vectors:
                queues[h][0][queues[h][1]] = vector
                queues[h][1] = (queues[h][1] + 1) % len(queues[h][0])
        _, expected, _, _ = method.train_step(state, batch, cfg)
        close(f"{word} {seed}, step {i + 1}: loss", total, expected)
        if key and i + 1 < STEPS:                     # after a step here, before the next one in the reference
            m = cfg["momentum"] if method.QUEUES else 1 - (1 - cfg["momentum"]) * (math.cos(math.pi * (i + 1) / 10) + 1) / 2
            with torch.no_grad():
                own = dict(online.named_parameters())
                for n, p in key.named_parameters():
                    p.copy_(m * p + (1 - m) * own[n])
    # A pass for each view moves the running statistics twice; the reference moves them once, to the mean.
    one_pass = word in ("mocov2", "densecl", "simclr")
    compare(f"{word} {seed}: online network", online, state["query"], one_pass)
    if key:
        compare(f"{word} {seed}: key network", key, state["key"], one_pass)
    for h, (q, at) in queues.items():
        close(f"{word} {seed}: queue {h}", torch.stack(q), state["queues"][h][0])
        assert at == state["queues"][h][1]


def cross_entropy_to_queue(query, positive, queue, t):
    """query, positive [R,D]. log(1 + sum of e^(negative - positive)), as a softplus."""
    query, positive = (v / v.norm(dim=1, keepdim=True) for v in (query, positive))
    return nn.functional.softplus(torch.logsumexp(query @ queue.T / t, 1) - (query * positive).sum(1) / t).mean()


def module_mocov2(online, key, batch, cfg, queues):
    with torch.no_grad():
        z_plus = key.heads["global"](key.pooled(key.features(batch["x_plus"])))
    z = online.heads["global"](online.pooled(online.features(batch["x"])))
    return cross_entropy_to_queue(z, z_plus, queues["global"], cfg["temperature"]), {"global": z_plus / z_plus.norm(dim=1, keepdim=True)}


def module_densecl(online, key, batch, cfg, queues):
    with torch.no_grad():
        f_plus = key.features(batch["x_plus"])
        z_plus, d_plus = key.heads["global"](key.pooled(f_plus)), key.heads["dense"](f_plus)
        average = d_plus.flatten(2).mean(2)
    f = online.features(batch["x"])
    z, d = online.heads["global"](online.pooled(f)), online.heads["dense"](f)
    with torch.no_grad():
        index = torch.einsum("bci,bcj->bij", *(nn.functional.normalize(v.flatten(2), dim=1) for v in (f, f_plus))).max(2).indices
    positive = torch.cat([d_plus[b].flatten(1)[:, index[b]].T for b in range(len(d))])
    dense = cross_entropy_to_queue(torch.cat([v.flatten(1).T for v in d]), positive, queues["dense"], cfg["temperature"])
    total = cross_entropy_to_queue(z, z_plus, queues["global"], cfg["temperature"]) / 2 + dense / 2
    return total, {"global": z_plus / z_plus.norm(dim=1, keepdim=True), "dense": average / average.norm(dim=1, keepdim=True)}


def module_simclr(online, key, batch, cfg, queues):
    views = torch.stack([batch["x"], batch["x_plus"]], 1).flatten(0, 1)        # pair after pair
    z = online.heads["global"](online.pooled(online.features(views)))
    z = z / z.norm(dim=1, keepdim=True)
    total = 0
    for i in range(len(z)):
        others = torch.stack([z[i] @ z[k] for k in range(len(z)) if k != i]) / cfg["temperature"]
        total = total + torch.logsumexp(others, 0) - z[i] @ z[i ^ 1] / cfg["temperature"]
    return total / len(z), {}


def module_byol(online, key, batch, cfg, queues):
    def predicted(x):
        return online.heads["predictor"](online.heads["global"](online.pooled(online.features(x))))

    def target(x):
        with torch.no_grad():
            return key.heads["global"](key.pooled(key.features(x)))
    similar = nn.CosineSimilarity(dim=1)
    total = 4 - 2 * (similar(predicted(batch["x"]), target(batch["x_plus"])).mean() + similar(predicted(batch["x_plus"]), target(batch["x"])).mean())
    return total, {}


def module_pixpro(online, key, batch, cfg, queues):
    def propagated(x):
        x = online.heads["pixel"](online.features(x))
        value = nn.functional.normalize(online.heads["propagation"](x), dim=1).flatten(2)
        key_of = nn.functional.normalize(x, dim=1).flatten(2)
        return torch.einsum("bij,bcj->bci", torch.relu(torch.einsum("bci,bcj->bij", key_of, key_of)) ** 2, value)

    def target(x):
        with torch.no_grad():
            return key.heads["pixel"](key.features(x)).flatten(2)
    cells = SIZE // 8

    def one_way(y, t, box, flip, box_other, flip_other):
        total = 0
        for b in range(len(y)):
            here, there = (torch.stack([nn.functional.avg_pool2d(v[None, None], 8).flatten() for v in where_pixels_are(*place, SIZE)], 1) for place in
                           ((box[b], flip[b]), (box_other[b], flip_other[b])))
            diagonal = max(torch.linalg.norm(v[b, 2:].double() / cells) for v in (box, box_other))
            near = torch.cdist(here, there) < cfg["distance"] * diagonal
            cosines = nn.functional.cosine_similarity(y[b].T[:, None], t[b].T[None], dim=2)
            total = total - 2 * cosines[near].sum() / (near.double().sum() + 1e-6)
        return total / len(y)
    total = one_way(propagated(batch["x"]), target(batch["x_plus"]), batch["box"], batch["flip"], batch["box_plus"], batch["flip_plus"])
    return total + one_way(propagated(batch["x_plus"]), target(batch["x"]), batch["box_plus"], batch["flip_plus"], batch["box"], batch["flip"]), {}


MODULES = {"mocov2": module_mocov2, "densecl": module_densecl, "simclr": module_simclr, "byol": module_byol, "pixpro": module_pixpro}


if __name__ == "__main__":
    for seed in (1, 2):
        losses(seed)
    for word in MODULES:
        training(word, 1)
    training("simclr", 2)                             # with batch normalisation in the head
    print("Both formulations agree.")
