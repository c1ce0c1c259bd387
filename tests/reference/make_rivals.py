#!/usr/bin/python3
"""Writes the rivals' golden files: make_rivals.py OUT_DIR SEED [CASE...]. Inputs are float32 values, results are computed in float64.

README.md beside this file says what is in each of them. CASE is such as byol or trainbyol; without any, all are made."""
import os, sys
import numpy as np
import torch
import cacl_reference as R
import rival_parts as P
import byol, densecl, mocov2, pixpro, simclr
from make_golden import f32, rounded, save, uniform, weight

DRAWS = 12                                            # trainings with weights moved by rounding, which show how far float32 may be off
RELATIVE = "2e-5 relative to the largest value of each tensor"


def scaled(name, shape, seed, size=2.0):
    return rounded(size * uniform(name, shape, seed))


def alike(first, name, seed):
    """A second view's vectors: the first's in part, so that positives are more similar than negatives."""
    return rounded(0.7 * first + 0.6 * scaled(name, first.shape, seed))


def unit_rows(name, count, width, seed):
    return rounded(torch.nn.functional.normalize(uniform(name, (count, width), seed), dim=1))


def differentiate(results, loss, leaves):
    for name, gradient in zip(leaves, torch.autograd.grad(results[loss], list(leaves.values()), retain_graph=True)):
        results[f"grad_{name}"] = gradient


def leaves_of(inputs, *names):
    return {n: inputs[n].clone().requires_grad_(True) for n in names}


def write(path, case, inputs, results, tolerance=RELATIVE, **metadata):
    stored = lambda v: f32(v) if v.dtype == torch.float64 else v
    save(path, {**{n: stored(v) for n, v in inputs.items()}, **{n: v.detach() for n, v in results.items()}}, case=case, tolerance=tolerance, **metadata)


# ---------------------------------------------------------------- losses alone
def mocov2_loss(path, rng, seed):
    b, d, k, t = int(rng.integers(4, 8)), 48, int(rng.integers(40, 90)), 0.2
    inputs = {"z": scaled("z", (b, d), seed), "queue": unit_rows("queue", k, d, seed)}
    inputs["z_plus"] = alike(inputs["z"], "z_plus", seed)
    leaf = leaves_of(inputs, "z")
    results = {"loss": mocov2.loss(leaf["z"], inputs["z_plus"], inputs["queue"], t), "enqueued": P.unit(inputs["z_plus"])}
    differentiate(results, "loss", leaf)
    write(path, "mocov2", inputs, results, temperature=t)


def simclr_loss(path, rng, seed):
    b, d, t = int(rng.integers(4, 8)), 48, float(rng.choice([0.1, 0.5]))
    inputs = {"z": scaled("z", (b, d), seed)}
    inputs["z_plus"] = alike(inputs["z"], "z_plus", seed)
    leaf = leaves_of(inputs, "z", "z_plus")
    results = {"loss": simclr.loss(leaf["z"], leaf["z_plus"], t)}
    differentiate(results, "loss", leaf)
    write(path, "simclr", inputs, results, temperature=t)


def byol_loss(path, rng, seed):
    b, d = int(rng.integers(4, 8)), 48
    inputs = {"p": scaled("p", (b, d), seed), "p_plus": scaled("p_plus", (b, d), seed)}
    inputs["t"], inputs["t_plus"] = alike(inputs["p_plus"], "t", seed), alike(inputs["p"], "t_plus", seed)
    leaf = leaves_of(inputs, "p", "p_plus")
    results = {"loss": byol.loss(leaf["p"], leaf["p_plus"], inputs["t"], inputs["t_plus"])}
    differentiate(results, "loss", leaf)
    base, total = 0.996, int(rng.integers(20, 50))
    results["ema_weights"] = torch.tensor([P.ema_weight(i, total, base) for i in range(total)], dtype=torch.float64)
    write(path, "byol", inputs, results, momentum=base, total_steps=total)


def densecl_loss(path, rng, seed):
    b, d, c, h, w, k, t, weight_of_dense = int(rng.integers(2, 5)), 32, 24, int(rng.integers(4, 7)), int(rng.integers(4, 7)), int(rng.integers(40, 90)), 0.2, 0.5
    inputs = {"z": scaled("z", (b, d), seed), "d": scaled("d", (b, d, h, w), seed), "f": rounded(scaled("f", (b, c, h, w), seed).clamp_min(0)),
              "queue_global": unit_rows("queue_global", k, d, seed), "queue_dense": unit_rows("queue_dense", k + 5, d, seed)}
    inputs["z_plus"] = alike(inputs["z"], "z_plus", seed)
    inputs["d_plus"], inputs["f_plus"] = (alike(torch.roll(inputs[n], 1, 3), f"{n}_plus", seed) for n in ("d", "f"))
    inputs["f_plus"] = inputs["f_plus"].clamp_min(0)
    best = (P.rows(P.unit(inputs["f"])) @ P.rows(P.unit(inputs["f_plus"])).transpose(1, 2)).topk(2, 2).values
    assert (best[..., 0] - best[..., 1]).min() > 1e-4, "two positions are nearly as similar: take another seed"
    leaf = leaves_of(inputs, "z", "d")
    results = {"index": densecl.match(inputs["f"], inputs["f_plus"]), "enqueued_dense": densecl.image_vector(inputs["d_plus"])}
    results["loss_global"] = densecl.global_loss(leaf["z"], inputs["z_plus"], inputs["queue_global"], t)
    results["loss_dense"] = densecl.dense_loss(leaf["d"], inputs["d_plus"], results["index"], inputs["queue_dense"], t)
    results["loss"] = (1 - weight_of_dense) * results["loss_global"] + weight_of_dense * results["loss_dense"]
    differentiate(results, "loss", leaf)
    write(path, "densecl", inputs, results, tolerance=RELATIVE + "; index exact", temperature=t, dense_weight=weight_of_dense)


def boxes(rng, count, cells, distance):
    """Two boxes and flips for each sample; the last sample's have no pair of near cells. No distance is so near the threshold that rounding decides."""
    while True:
        box, box_plus = (torch.from_numpy(np.concatenate([rng.integers(0, 60, (count, 2)), rng.integers(48, 120, (count, 2))], 1)) for _ in range(2))
        box_plus[-1, :2] += 200
        flip, flip_plus = (torch.from_numpy(rng.integers(0, 2, count).astype(np.uint8)) for _ in range(2))
        apart = pixpro.distances(box, flip, box_plus, flip_plus, cells)
        near = (apart < distance).sum((1, 2))
        if (apart - distance).abs().min() > 1e-4 and (near[:-1] > 0).all() and near[-1] == 0 and 0 < int(flip.sum()) < count:
            return {"box": box, "box_plus": box_plus, "flip": flip, "flip_plus": flip_plus}


def pixpro_loss(path, rng, seed):
    b, d, cells, gamma, distance = 3, 16, int(rng.integers(5, 8)), 2, 0.7
    inputs = {"x": scaled("x", (b, d, cells, cells), seed), "x_plus": scaled("x_plus", (b, d, cells, cells), seed), **boxes(rng, b, cells, distance)}
    inputs["t"], inputs["t_plus"] = alike(inputs["x"], "t", seed), alike(inputs["x_plus"], "t_plus", seed)
    inputs["head_propagation.0.weight"], inputs["head_propagation.0.bias"] = (weight(f"head_propagation.0.{n}", s, seed) for n, s in (("weight", (d, d, 1, 1)), ("bias", (d,))))
    leaf = leaves_of(inputs, "x", "x_plus", "head_propagation.0.weight", "head_propagation.0.bias")
    g = P.Head("propagation", 0, d, d)
    y, y_plus = (pixpro.propagate(x, P.head_forward(x, leaf, g, 1), gamma) for x in (leaf["x"], leaf["x_plus"]))
    positive = (pixpro.distances(inputs["box"], inputs["flip"], inputs["box_plus"], inputs["flip_plus"], cells) < distance)
    results = {"y": y, "y_plus": y_plus, "positive": positive.to(torch.uint8), "loss": pixpro.loss(y, y_plus, inputs["t"], inputs["t_plus"], positive.double())}
    differentiate(results, "loss", leaf)
    write(path, "pixpro", inputs, results, tolerance=RELATIVE + "; positive exact", gamma=gamma, distance=distance)


# ---------------------------------------------------------------- optimisers
OPTIMISERS = {                                        # with more decay than the methods have, so that it shows
    "sgd": (P.sgd, dict(optimiser_momentum=0.9, weight_decay=0.05)),
    "lars_simclr": (P.lars, dict(optimiser_momentum=0.9, weight_decay=0.05, trust=0.02, eps=0.0, rate_in_buffer=True)),
    "lars_byol": (P.lars, dict(optimiser_momentum=0.9, weight_decay=0.05, trust=0.02, eps=0.0, rate_in_buffer=False)),
    "lars_pixpro": (P.lars, dict(optimiser_momentum=0.9, weight_decay=0.05, trust=0.02, eps=1e-8, rate_in_buffer=False)),
}


def optimisers(path, rng, seed):
    """Four steps of each optimiser from the same weights along the same gradients, while the rate rises and falls."""
    inputs, results, steps = {}, {}, 4
    rates = [R.learning_rate(i, 8, 0.7, 2) for i in range(steps)]
    for name, shape in (("conv", (6, 4, 3, 3)), ("bias", (7,)), ("zero", (3, 5, 1, 1)), ("still", (4, 2, 1, 1))):   # zero weights; zero gradients at first
        inputs[f"{name}_w0"] = rounded(0.5 * uniform(f"{name}_w0", shape, seed)) * (0 if name == "zero" else 1)
        for i in range(1, steps + 1):
            inputs[f"{name}_g{i}"] = rounded(0.1 * uniform(f"{name}_g{i}", shape, seed)) * (0 if name == "still" and i < 3 else 1)
        for word, (step, cfg) in OPTIMISERS.items():
            w, buf = inputs[f"{name}_w0"], torch.zeros(shape, dtype=torch.float64)
            for i in range(1, steps + 1):
                w, buf = step(w, inputs[f"{name}_g{i}"], buf, rates[i - 1], cfg)
                results[f"{name}_{word}_w{i}"] = w
    write(path, "optimisers", inputs, {**results, "learning_rates": torch.tensor(rates, dtype=torch.float64)}, tolerance="1e-6 relative to the largest value of each tensor",
          optimisers={word: cfg for word, (_, cfg) in OPTIMISERS.items()})


# ---------------------------------------------------------------- solarisation
def solarize(path, rng, seed):
    """The case photometry with one more operation. The last two samples have neither jitter nor blur, and pixels of exactly 128."""
    b, s = 6, 40
    coarse = torch.from_numpy(rng.uniform(0, 1, (b, 3, 6, 6)))
    image = (torch.nn.functional.interpolate(coarse, size=(s, s), mode="bicubic").clamp(0, 1) * 255).round().byte()
    image[-2:, :, :4] = torch.tensor([127, 128, 129, 0], dtype=torch.uint8)[:, None]
    number = lambda low, high: float(np.float32(rng.uniform(low, high)))
    plans = [dict(jitter=i < 4, brightness=number(0.6, 1.4), contrast=number(0.6, 1.4), saturation=number(0.8, 1.2), hue=number(-0.1, 0.1), order=[int(v) for v in rng.permutation(4)],
                  gray=i == 1, blur=i in (0, 1, 3), sigma=number(0.1, 2), flip=bool(i % 2), solarize=i != 3) for i in range(b)]
    outputs = []
    for i, plan in enumerate(plans):
        before = R.photometry(image[i].double() / 255, **{**plan, "solarize": False, "flip": False}) * torch.tensor(R.STD).double().view(3, 1, 1) + torch.tensor(R.MEAN).double().view(3, 1, 1)
        assert not plan["jitter"] or (before - 128 / 255).abs().min() > 1e-6, "rounding decides whether a value is inverted: take another seed"
        outputs.append(R.photometry(image[i].double() / 255, **plan))
    column = lambda name, kind: torch.tensor([plan[name] for plan in plans], dtype=kind)
    inputs = {"input": image, **{n: column(n, torch.float64) for n in ("brightness", "contrast", "saturation", "hue", "sigma")},
              **{n: column(n, torch.uint8) for n in ("jitter", "gray", "blur", "flip", "solarize")}, "order": column("order", torch.int64)}
    write(path, "solarize", inputs, {"output": torch.stack(outputs)}, tolerance="2e-5 absolute, 1e-6 mean")


# ---------------------------------------------------------------- three training steps
SGD = dict(optimiser="sgd", optimiser_momentum=0.9, weight_decay=0.01, learning_rate=0.1)
LARS = dict(optimiser="lars", optimiser_momentum=0.9, trust=0.02, eps=0.0, rate_in_buffer=False, learning_rate=0.1)


def settings(seed):
    """What differs between methods; decay, trust and momentum are such that three steps show them."""
    return {
        "mocov2": (mocov2, dict(method="moco-v2", bn_splits=2, temperature=0.2, queue=40, momentum=0.9, projection=128, **SGD)),
        "densecl": (densecl, dict(method="densecl", bn_splits=2, temperature=0.2, queue=40, momentum=0.9, projection=128, dense_weight=0.5, **SGD)),
        "simclr": (simclr, dict(method="simclr", bn_splits=seed % 2 or 2, temperature=0.1, projection=128, head_normalisation=("batch", "none")[seed % 2], **{**LARS, "weight_decay": 0.02, "rate_in_buffer": True})),
        "byol": (byol, dict(method="byol", bn_splits=1, momentum=0.9, hidden=64, projection=256, **{**LARS, "weight_decay": 0.02})),
        "pixpro": (pixpro, dict(method="pixpro", bn_splits=2, momentum=0.9, hidden=64, projection=256, gamma=2, distance=0.7, **{**LARS, "weight_decay": 0.02, "eps": 1e-8})),
    }


def start(heads, cfg, seed, dtype):
    return {n: weight(n, s, seed).to(dtype) for n, s in P.network_shapes(cfg["backbone"], heads).items()}


def starting_state(method, cfg, seed, dtype):
    """Both networks from named weights; queues of named rows, whose pointers are 6 before the end."""
    key_heads, k = method.key_heads(cfg), cfg.get("queue")
    queues = {h: (unit_rows(f"queue_{h}", k, cfg["projection"], seed).to(dtype), k - 6) for h in method.QUEUES}
    return dict(query=start(method.heads(cfg), cfg, seed, dtype), key=start(key_heads, cfg, seed, dtype) if key_heads else {}, buf={}, queues=queues, step=0)


def named_batch(step, cfg, rng, seed):
    """Views whose samples differ by coarse patterns, and beside them a permutation or boxes and flips where the method looks at them."""
    b, s = cfg["batch"], cfg["size"]
    blocks = uniform(f"blocks{step}", (b, 3, 4, 4), seed).repeat_interleave(s // 4, 2).repeat_interleave(s // 4, 3)
    x = rounded(0.5 * uniform(f"x{step}", (b, 3, s, s), seed) + 1.5 * blocks)
    batch = {"x": x, "x_plus": rounded(0.7 * torch.roll(x, (8, -16), (2, 3)) + 0.6 * uniform(f"x_plus{step}", (b, 3, s, s), seed))}
    if cfg["method"] in ("moco-v2", "densecl"):
        batch["permutation"] = torch.from_numpy(rng.permutation(b))
    if cfg["method"] == "pixpro":
        batch.update(boxes(rng, b, s // 8, cfg["distance"]))
    return batch


def watched(method, cfg):
    """Parameters whose gradients' norms are written down: of the first and last layers, and of every head's layers."""
    names = ["conv1.weight", "bn1.bias", "layer4.1.conv2.weight"]
    for head in method.heads(cfg):
        names += [f"head_{head.name}.0.weight"] + [f"head_{head.name}.1.weight"] * head.normalised
        if head.hidden:
            names += [f"head_{head.name}.{P.last_layer(head)}.weight", f"head_{head.name}.{P.last_layer(head)}.bias"]
    return [n for n in names if moves(n, cfg)]


def moves(name, cfg):
    """BYOL's projector ends in a bias that the predictor's normalisation takes away again: its gradient is rounding alone."""
    return not (cfg["method"] == "byol" and name == "head_global.3.bias")


def excerpt(name, tensor):
    """The first rows of a tensor, up to some thousand numbers."""
    per_row = tensor.numel() // len(tensor)
    return f32(tensor[: max(1, 1200 // per_row)])


def kept(method, cfg, state):
    """What a file keeps of the state after the last step."""
    heads = [f"head_{head.name}.{part}" for head in method.heads(cfg) for part in
             ([f"{P.last_layer(head)}.weight", f"{P.last_layer(head)}.bias"] + ["1.weight", "1.bias", "1.running_mean", "1.running_var"] * head.normalised)]
    names = ["conv1.weight", "layer2.0.bn1.weight", "layer2.0.bn1.bias", "layer4.1.conv2.weight", "bn1.running_mean", "bn1.running_var", "layer4.1.bn2.running_var"] + heads
    tensors = {f"{owner}.{n}": excerpt(n, state[owner][n]) for owner in ("query", "key") for n in names if n in state[owner]}
    tensors.update({f"momentum.{n}": excerpt(n, state["buf"][n]) for n in names if n in state["buf"] and moves(n, cfg) and (n == "conv1.weight" or n.startswith("head_"))})
    return {**tensors, **{f"queue_{h}": f32(q) for h, (q, _) in state["queues"].items()}}


def move(state, seed, draw, step):
    """Moves each weight by what float32 arithmetic leaves uncertain: up to 2^-22 of it, four units of rounding."""
    generator = torch.Generator().manual_seed(1000 * seed + 10 * draw + step)
    for owner in ("query", "key"):
        for n, v in state[owner].items():
            if v.is_floating_point():
                state[owner][n] = (v.detach() * (1 + 2.0 ** -22 * (2 * torch.rand(v.shape, generator=generator, dtype=v.dtype) - 1))).requires_grad_(v.requires_grad)


def training(path, word, rng, seed):
    method, more = settings(seed)[word]
    cfg = dict(backbone="resnet18", batch=8, size=64, seed=seed, total_steps=10, warmup_steps=2, **more)
    batches = [named_batch(i, cfg, rng, seed) for i in range(3)]
    gradients = watched(method, cfg)

    def run(dtype, draw=None):
        state, table = starting_state(method, cfg, seed, dtype), []
        for number, batch in enumerate(batches):
            if draw is not None:
                move(state, seed, draw, number)
            losses, loss, rate, grads = method.train_step(state, {n: v.to(dtype) if v.is_floating_point() else v for n, v in batch.items()}, cfg)
            table.append([*losses.values(), loss, rate] + [float(grads[n].norm()) for n in gradients])
        return state, torch.tensor(table, dtype=torch.float64), list(losses)

    state, table, losses = run(torch.float64)
    _, rough, _ = run(torch.float32)
    relative = lambda other: (other - table).abs() / table.abs().clamp_min(1e-12)
    error, spread = relative(rough), torch.stack([relative(run(torch.float64, draw)[1]) for draw in range(DRAWS)]).amax((0, 1))
    columns = [f"loss_{h}" for h in losses] + ["loss", "lr"] + [f"|grad {n[:-7] if n.endswith('.weight') else n}|" for n in gradients]
    results = {"rows": table, **kept(method, cfg, state)}
    if method.QUEUES:
        results["pointers"] = torch.tensor([state["queues"][h][1] for h in method.QUEUES])
    write(path, f"train{word}", {f"{n}.{i}": v for i, batch in enumerate(batches) for n, v in batch.items()}, results, config=cfg, columns=columns,
          tolerance="losses 5e-3 relative, gradient norms 5e-2 relative, float64 rows 1e-5 relative, tensors 1e-5 of their largest value",
          float32_spread=[float(f"{float(v):.1e}") for v in spread], float32_error=[[f"{float(v):.1e}" for v in r] for r in error])
    print(word, seed, "losses", [f"{v:.4f}" for v in table[:, 0].tolist()], "float32 error by column:", {c: f"{float(v):.1e}" for c, v in zip(columns, error.max(0).values)})


CASES = {"mocov2": mocov2_loss, "simclr": simclr_loss, "byol": byol_loss, "densecl": densecl_loss, "pixpro": pixpro_loss, "optimisers": optimisers, "solarize": solarize,
         **{f"train{word}": lambda path, rng, seed, word=word: training(path, word, rng, seed) for word in settings(1)}}


def make(out, seed, cases):
    os.makedirs(out, exist_ok=True)
    for number, (case, maker) in enumerate(CASES.items()):
        if case in cases:                             # each has numbers of its own, so that the others stay what they are
            maker(os.path.join(out, f"{case}_{seed}.safetensors"), np.random.default_rng([seed, 0x41A1, number]), seed)


if __name__ == "__main__":
    make(sys.argv[1], int(sys.argv[2]), sys.argv[3:] or list(CASES))
