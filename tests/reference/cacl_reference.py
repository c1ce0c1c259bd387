"""A plain reference of CACL, written for reading, not for speed.

Every function is one rule of the method; the sections (§) are the first column of the table in docs/map.md, the equations the paper's.
Works in any dtype; the golden files are made in float64.
Needs only torch (1.13 or later); photometry also needs torchvision's tensor functionals, the public reference for them.
Shapes: B batch, C channels, H, W pixels, N = h*w positions of a feature map, D = 128, K queue length.
"""
import math
import torch
import torch.nn.functional as F

MEAN = (0.485, 0.456, 0.406)
STD = (0.229, 0.224, 0.225)


# ---------------------------------------------------------------- §2 photometry
def gaussian_kernel_size(size):
    return 2 * (size // 20) + 1                      # 224 -> 23, 112 -> 11, 64 -> 7


def gaussian_blur(x, sigma):
    """x [3,S,S]; separable, reflect padding, kernel of gaussian_kernel_size(S) taps."""
    k = gaussian_kernel_size(x.shape[-1])
    r = k // 2
    t = torch.arange(-r, r + 1, dtype=x.dtype)
    w = torch.exp(-0.5 * (t / sigma) ** 2)
    w = w / w.sum()
    y = F.pad(x[None], (r, r, r, r), mode="reflect")
    c = x.shape[0]
    y = F.conv2d(y, w.view(1, 1, 1, k).expand(c, 1, 1, k), groups=c)
    y = F.conv2d(y, w.view(1, 1, k, 1).expand(c, 1, k, 1), groups=c)
    return y[0]


def photometry(x, *, jitter, brightness, contrast, saturation, hue, order, gray, blur, sigma, flip, solarize=False):
    """One view. x [3,S,S] float in [0,1] -> normalised [3,S,S]. `order` is a permutation of 0..3 =
    brightness, contrast, saturation, hue: the order in which they are applied. Only BYOL and PixPro solarise: values from 128/255 on are inverted."""
    import torchvision.transforms.functional as T
    if jitter:
        for op in order:
            if op == 0: x = T.adjust_brightness(x, brightness)
            if op == 1: x = T.adjust_contrast(x, contrast)
            if op == 2: x = T.adjust_saturation(x, saturation)
            if op == 3: x = T.adjust_hue(x, hue)
    if gray:
        x = T.rgb_to_grayscale(x, 3)
    if blur:
        x = gaussian_blur(x, sigma)
    if solarize:
        x = T.solarize(x, 128 / 255)
    if flip:
        x = x.flip(-1)
    mean = torch.tensor(MEAN, dtype=x.dtype).view(3, 1, 1)
    std = torch.tensor(STD, dtype=x.dtype).view(3, 1, 1)
    return (x - mean) / std


# ---------------------------------------------------------------- §3 pixel shuffle
def roll_in(x, shifts):
    """Equation 7: out[b,:,i,j] = x[b,:,(i+a) mod H,(j+b) mod W]. shifts [B,2], multiples of 8."""
    return torch.stack([torch.roll(s, (-int(a), -int(b)), (-2, -1)) for s, (a, b) in zip(x, shifts)])


def roll_back(f, shifts, stride=8):
    return torch.stack([torch.roll(s, (int(a) // stride, int(b) // stride), (-2, -1)) for s, (a, b) in zip(f, shifts)])


# ---------------------------------------------------------------- §4 backbone, output stride 8
SPEC = {"resnet18": ("basic", (2, 2, 2, 2)), "resnet50": ("bottleneck", (3, 4, 6, 3))}


def layers(backbone):
    """Yields (prefix, cin, planes, stride, dilation, has_downsample) block by block, torchvision's naming."""
    kind, blocks = SPEC[backbone]
    expansion = 1 if kind == "basic" else 4
    cin, dilation = 64, 1
    for s, n in enumerate(blocks):
        planes = 64 << s
        stride = 1 if s == 0 else 2
        first = dilation
        if s >= 2:                                   # stages 3 and 4: dilation instead of stride
            dilation *= 2
            stride = 1
        for b in range(n):
            down = b == 0 and (stride != 1 or cin != planes * expansion)
            yield f"layer{s + 1}.{b}", cin, planes, stride if b == 0 else 1, first if b == 0 else dilation, down
            cin = planes * expansion


def parameter_shapes(backbone, heads=("global", "pixel", "cycle"), dim=128):
    kind, _ = SPEC[backbone]
    shapes = {}

    def bn(p, c):
        for n in ("weight", "bias", "running_mean", "running_var"):
            shapes[f"{p}.{n}"] = (c,)

    shapes["conv1.weight"] = (64, 3, 7, 7)
    bn("bn1", 64)
    c = 64
    for p, cin, planes, _, _, down in layers(backbone):
        if kind == "basic":
            shapes[f"{p}.conv1.weight"] = (planes, cin, 3, 3); bn(f"{p}.bn1", planes)
            shapes[f"{p}.conv2.weight"] = (planes, planes, 3, 3); bn(f"{p}.bn2", planes)
            c = planes
        else:
            shapes[f"{p}.conv1.weight"] = (planes, cin, 1, 1); bn(f"{p}.bn1", planes)
            shapes[f"{p}.conv2.weight"] = (planes, planes, 3, 3); bn(f"{p}.bn2", planes)
            shapes[f"{p}.conv3.weight"] = (planes * 4, planes, 1, 1); bn(f"{p}.bn3", planes * 4)
            c = planes * 4
        if down:
            shapes[f"{p}.downsample.0.weight"] = (c, cin, 1, 1); bn(f"{p}.downsample.1", c)
    for h in heads:
        shapes[f"head_{h}.0.weight"] = (c, c, 1, 1); shapes[f"head_{h}.0.bias"] = (c,)
        shapes[f"head_{h}.2.weight"] = (dim, c, 1, 1); shapes[f"head_{h}.2.bias"] = (dim,)
    return shapes


def split_batch_norm(x, w, prefix, groups, training, momentum=0.1, eps=1e-5):
    """§6: statistics per group of consecutive samples; running statistics take the mean over groups."""
    g, b = w[f"{prefix}.weight"], w[f"{prefix}.bias"]
    if not training:
        return F.batch_norm(x, w[f"{prefix}.running_mean"], w[f"{prefix}.running_var"], g, b, False, 0.0, eps)
    out, means, variances = [], [], []
    for part in x.chunk(groups):
        n = part.numel() / part.shape[1]
        m = part.mean((0, 2, 3))
        v = part.var((0, 2, 3), unbiased=False)
        out.append((part - m.view(1, -1, 1, 1)) / torch.sqrt(v.view(1, -1, 1, 1) + eps) * g.view(1, -1, 1, 1) + b.view(1, -1, 1, 1))
        means.append(m.detach()); variances.append(v.detach() * n / (n - 1))
    for name, new in (("running_mean", torch.stack(means).mean(0)), ("running_var", torch.stack(variances).mean(0))):
        key = f"{prefix}.{name}"
        w[key] = (1 - momentum) * w[key] + momentum * new
    return torch.cat(out)


def backbone_forward(x, w, backbone, groups=1, training=True):
    """x [B,3,S,S] -> [B,C,S/8,S/8]. Running statistics in w are replaced when training."""
    kind, _ = SPEC[backbone]
    bn = lambda y, p: split_batch_norm(y, w, p, groups, training)
    x = F.relu(bn(F.conv2d(x, w["conv1.weight"], stride=2, padding=3), "bn1"))
    x = F.max_pool2d(x, 3, 2, 1)
    for p, _, _, stride, d, down in layers(backbone):
        if kind == "basic":                           # both 3x3 convolutions carry the dilation
            y = F.relu(bn(F.conv2d(x, w[f"{p}.conv1.weight"], stride=stride, padding=d, dilation=d), f"{p}.bn1"))
            y = bn(F.conv2d(y, w[f"{p}.conv2.weight"], padding=d, dilation=d), f"{p}.bn2")
        else:                                         # torchvision: stride and dilation on the 3x3
            y = F.relu(bn(F.conv2d(x, w[f"{p}.conv1.weight"]), f"{p}.bn1"))
            y = F.relu(bn(F.conv2d(y, w[f"{p}.conv2.weight"], stride=stride, padding=d, dilation=d), f"{p}.bn2"))
            y = bn(F.conv2d(y, w[f"{p}.conv3.weight"]), f"{p}.bn3")
        if down:
            x = bn(F.conv2d(x, w[f"{p}.downsample.0.weight"], stride=stride), f"{p}.downsample.1")
        x = F.relu(x + y)
    return x


def head_forward(f, w, head):
    """f [B,C,h,w] -> [B,128,h,w], not normalised."""
    y = F.relu(F.conv2d(f, w[f"head_{head}.0.weight"], w[f"head_{head}.0.bias"]))
    return F.conv2d(y, w[f"head_{head}.2.weight"], w[f"head_{head}.2.bias"])


# ---------------------------------------------------------------- §5 losses
def pixels(m):
    """[B,D,h,w] -> [B,N,D], l2-normalised per pixel; row-major positions."""
    return F.normalize(m.flatten(2).transpose(1, 2), dim=2)


def pooled(m):
    """[B,D,h,w] -> [B,D]: mean over the map, then l2-normalised."""
    return F.normalize(m.mean((2, 3)), dim=1)


def frame_vector(m, f, w, pooling):
    """The global head's vector of each frame [B,D], from its map m [B,D,h,w]; before-head: from the mean of the features f, one position."""
    return pooled(m) if pooling == "after-head" else pooled(head_forward(f.mean((2, 3), keepdim=True), w, "global"))


def global_loss(u, u_plus, queue, t=0.07):
    """u, u_plus [B,D] normalised, queue [K,D]. Equation 3."""
    pos = (u * u_plus).sum(1, keepdim=True)
    logits = torch.cat([pos, u @ queue.T], 1) / t
    return F.cross_entropy(logits, torch.zeros(len(u), dtype=torch.long))


def match(u_px, u_plus_px):
    """[B,N,D] x2 -> [B,N] index of the most similar pixel of the second frame. Equation 4. First index wins a tie."""
    return (u_px @ u_plus_px.transpose(1, 2)).argmax(2)


def pixel_loss(p, p_plus, index, queue, t=0.07):
    """p, p_plus [B,N,D] normalised, index [B,N], queue [K,D]."""
    pos = (p * p_plus.gather(1, index[..., None].expand_as(p_plus))).sum(2, keepdim=True)
    neg = p @ queue.T
    logits = torch.cat([pos, neg], 2).flatten(0, 1) / t
    return F.cross_entropy(logits, torch.zeros(len(logits), dtype=torch.long))


def cycle_matrix(c, c_plus, queue, t=0.07):
    """Equation 5 with negatives on the way back: rows are pixels of the first frame, columns those same pixels
    (the K further columns, the negatives, are dropped after the softmax)."""
    there = torch.softmax(c @ c_plus.transpose(1, 2) / t, 2)
    back = torch.cat([c_plus @ c.transpose(1, 2), c_plus @ queue.T], 2) / t
    return there @ torch.softmax(back, 2)[:, :, : c.shape[1]]


def cycle_loss(c, c_plus, queue, t=0.07, target=None, eps=1e-12):
    """Equation 6 (target None: identity), or KL(target || M), the soft cycle. target [B,N,N], rows sum to 1."""
    log_m = torch.log(cycle_matrix(c, c_plus, queue, t) + eps)
    if target is None:
        return -log_m.diagonal(dim1=1, dim2=2).mean()
    return (torch.special.xlogy(target, target) - target * log_m).sum(2).mean()


def soft_target(u_px, u_plus_px, t=0.07):
    return torch.softmax(u_px @ u_plus_px.transpose(1, 2) / t, 2)


def cycle_target(kind, u_px, u_plus_px, f_px, f_plus_px, t=0.07):
    """The cycle's target by its name in the settings; None: hard. Of the global head's pixels u or the backbone's features f, [B,N,D or C],
    from the first frame to the second or within the first."""
    sources = {"soft": (u_px, u_plus_px), "soft-self": (u_px, u_px), "features": (f_px, f_plus_px), "features-self": (f_px, f_px)}
    return None if kind == "hard" else soft_target(*sources[kind], t)


def ramp(step, begin, growth):
    """The share of its weight that a loss has which begins after `begin` steps and grows over `growth`."""
    if step < begin:
        return 0.0
    return min(1.0, (step - begin + 1) / growth) if growth > 0 else 1.0


def entropy(target):
    """Mean entropy of a target's rows as a share of ln N, the uniform distribution's."""
    return -torch.special.xlogy(target, target).sum(2).mean() / math.log(target.shape[2])


def spread(x):
    """1 - the mean cosine of two different vectors of x [N,D], which are normalised. Near 0 a head has collapsed."""
    cosines = x @ x.T
    n = len(x)
    return 1 - (cosines.sum() - cosines.diagonal().sum()) / (n * (n - 1))


def spread_of_pixels(px):
    """[B,N,D] normalised: the spread of a frame's pixels, mean over the frames."""
    return torch.stack([spread(frame) for frame in px]).mean()


def spread_of_frames(px):
    """[B,N,D] normalised: the spread of the frames, each its pixels' mean, normalised again."""
    return spread(F.normalize(px.mean(1), dim=1))


# ---------------------------------------------------------------- §6 queues, momentum network
def enqueue(queue, pointer, rows):
    """queue [K,D], rows [R,D], R <= K -> new queue, new pointer. A ring: wraps in the middle of rows if need be."""
    k = len(queue)
    at = (torch.arange(len(rows)) + pointer) % k
    queue = queue.clone()
    queue[at] = rows
    return queue, (pointer + len(rows)) % k


def momentum_update(key, query, names, m=0.999):
    for n in names:
        key[n] = key[n] * m + query[n].detach() * (1 - m)


# ---------------------------------------------------------------- §7 LARS, schedule
def lars_step(w, g, buf, lr, momentum=0.9, weight_decay=1e-6, trust=0.001, eps=1e-8):
    """Parameters of one dimension (biases, normalisation) take neither weight decay nor the trust ratio."""
    if w.dim() > 1:
        wn, gn = w.norm(), g.norm()
        ratio = trust * wn / (gn + weight_decay * wn + eps) if wn > 0 and gn > 0 else 1.0
        g = (g + weight_decay * w) * ratio
    buf = g if buf is None else momentum * buf + g
    return w - lr * buf, buf


def learning_rate(step, total, base, warmup=0):
    if step < warmup:
        return base * (step + 1) / warmup
    return base * 0.5 * (1 + math.cos(math.pi * (step - warmup) / max(1, total - warmup)))


# ---------------------------------------------------------------- one training step
def train_step(state, batch, cfg):
    """state: query, key (name -> tensor), queues {head: (tensor, pointer)}, buf, step. batch: x, x_plus [B,3,S,S] normalised,
    shifts, shifts_plus [B,2], permutation [B], enqueue_pixels [B,m]. Returns losses; mutates state. What cfg may leave out: cycle_target
    (soft or hard, as soft_cycle says), cycle_target_temperature (temperature), cycle_gradient (first-frame), cycle_begin and cycle_growth
    (0, in steps), pooling (after-head)."""
    q, k, heads = state["query"], state["key"], cfg["heads"]
    trainable = [n for n in q if "running" not in n]
    momentum_update(k, q, trainable, cfg["momentum"])
    with torch.no_grad():
        perm = batch["permutation"]
        x_plus = roll_in(batch["x_plus"], batch["shifts_plus"])[perm] if cfg["pixel_shuffle"] else batch["x_plus"][perm]
        f_plus = backbone_forward(x_plus, k, cfg["backbone"], cfg["bn_splits"])
        inverse = torch.argsort(perm)
        f_plus = f_plus[inverse]
        if cfg["pixel_shuffle"]:
            f_plus = roll_back(f_plus, batch["shifts_plus"])
        z_plus = {h: head_forward(f_plus, k, h) for h in heads}
    leaf = {n: q[n].detach().requires_grad_(True) for n in trainable}
    work = {**{n: v for n, v in q.items() if "running" in n}, **leaf}
    x = roll_in(batch["x"], batch["shifts"]) if cfg["pixel_shuffle"] else batch["x"]
    f = backbone_forward(x, work, cfg["backbone"], cfg["bn_splits"])
    if cfg["pixel_shuffle"]:
        f = roll_back(f, batch["shifts"])
    z = {h: head_forward(f, work, h) for h in heads}
    both = cfg.get("cycle_gradient", "first-frame") == "both-frames" and "cycle" in heads
    if both:                                          # the online network sees v+, too, permuted as for the other
        f_online = backbone_forward(x_plus, work, cfg["backbone"], cfg["bn_splits"])[inverse]
        if cfg["pixel_shuffle"]:
            f_online = roll_back(f_online, batch["shifts_plus"])
        c_plus = head_forward(f_online, work, "cycle")
    losses, t = {}, cfg["temperature"]
    queue = {h: state["queues"][h][0] for h in heads}
    u_px = u_plus_px = None
    if "global" in heads:
        pooling = cfg.get("pooling", "after-head")
        frame_plus = frame_vector(z_plus["global"], f_plus, k, pooling)
        losses["global"] = global_loss(frame_vector(z["global"], f, work, pooling), frame_plus, queue["global"], t)
        u_px, u_plus_px = pixels(z["global"]).detach(), pixels(z_plus["global"])
    if "pixel" in heads:
        n = z["pixel"].shape[2] * z["pixel"].shape[3]
        index = match(u_px, u_plus_px) if cfg["positives"] == "global-head" else torch.arange(n).expand(len(x), n)
        losses["pixel"] = pixel_loss(pixels(z["pixel"]), pixels(z_plus["pixel"]), index, queue["pixel"], t)
    if "cycle" in heads:
        kind = cfg.get("cycle_target") or ("soft" if cfg["soft_cycle"] else "hard")
        target = cycle_target(kind, u_px, u_plus_px, pixels(f).detach(), pixels(f_plus), cfg.get("cycle_target_temperature", t))
        losses["cycle"] = cycle_loss(pixels(z["cycle"]), pixels(c_plus if both else z_plus["cycle"]), queue["cycle"], t, target)
    share = ramp(state["step"], cfg.get("cycle_begin", 0), cfg.get("cycle_growth", 0))
    loss = sum(v * share if h == "cycle" else v for h, v in losses.items())
    grads = dict(zip(leaf, torch.autograd.grad(loss, list(leaf.values()))))
    for h in heads:
        if h == "global":
            rows = frame_plus
        else:
            px = pixels(z_plus[h])
            rows = px.gather(1, batch["enqueue_pixels"][..., None].expand(-1, -1, px.shape[2])).flatten(0, 1)
        state["queues"][h] = enqueue(*state["queues"][h], rows)
    lr = learning_rate(state["step"], cfg["total_steps"], cfg["learning_rate"], cfg["warmup_steps"])
    for n in trainable:
        q[n], state["buf"][n] = lars_step(q[n].detach(), grads[n], state["buf"].get(n), lr, 0.9, cfg["weight_decay"], cfg["trust"])
    for n in q:
        if "running" in n:
            q[n] = work[n].detach()
    state["step"] += 1
    return {h: float(v) for h, v in losses.items()}, float(loss), lr, grads


# ---------------------------------------------------------------- §8 evaluation
def confusion(prediction, label, classes, ignore=255):
    keep = label != ignore
    return torch.bincount(label[keep].long() * classes + prediction[keep].long(), minlength=classes * classes).view(classes, classes)


def scores(matrix):
    """rows label, columns prediction. A class that occurs in neither has no IoU (NaN) and does not count in the means."""
    m = matrix.double()
    tp = m.diagonal()
    union = m.sum(0) + m.sum(1) - tp
    iou = torch.where(union > 0, tp / union, torch.full_like(tp, float("nan")))
    acc = torch.where(m.sum(1) > 0, tp / m.sum(1), torch.full_like(tp, float("nan")))
    return {"iou": iou, "miou": torch.nanmean(iou), "macc": torch.nanmean(acc), "aacc": tp.sum() / m.sum()}


def upsample(logits, size):
    return F.interpolate(logits, size=size, mode="bilinear", align_corners=False)
