#!/usr/bin/python3
"""Writes golden files: make_golden.py OUT_DIR SEED [--small]. Inputs are float32 values, results are computed in float64.

README.md beside this file says what is in each of them. `--small` leaves out the files that need a whole backbone."""
import json, math, os, struct, sys
import numpy as np
import torch
import cacl_reference as R

NAMES = {torch.float32: "F32", torch.float64: "F64", torch.int64: "I64", torch.uint8: "U8"}


def save(path, tensors, **metadata):
    tensors = {n: t.float() if t.dtype == torch.float64 and t.numel() > 1000 else t for n, t in tensors.items()}  # large results need no more
    header, blobs, at = {"__metadata__": {k: v if isinstance(v, str) else json.dumps(v) for k, v in metadata.items()}}, [], 0
    for name in sorted(tensors):
        t = tensors[name].contiguous()
        raw = t.numpy().tobytes()
        header[name] = {"dtype": NAMES[t.dtype], "shape": list(t.shape), "data_offsets": [at, at + len(raw)]}
        blobs.append(raw); at += len(raw)
    text = json.dumps(header).encode()
    text += b" " * (-len(text) % 8)
    with open(path, "wb") as f:
        f.write(struct.pack("<Q", len(text)) + text + b"".join(blobs))


def uniform(name, shape, seed):
    """§10: the same numbers in [-1, 1) everywhere, from a name and a seed. float32-exact, returned as float64."""
    h = 0xCBF29CE484222325
    for byte in name.encode():
        h = ((h ^ byte) * 0x100000001B3) & 0xFFFFFFFFFFFFFFFF
    n = int(np.prod(shape)) if len(shape) else 1
    with np.errstate(over="ignore"):
        z = np.uint64((seed + h) & 0xFFFFFFFFFFFFFFFF) + (np.arange(1, n + 1, dtype=np.uint64)) * np.uint64(0x9E3779B97F4A7C15)
        z = (z ^ (z >> np.uint64(30))) * np.uint64(0xBF58476D1CE4E5B9)
        z = (z ^ (z >> np.uint64(27))) * np.uint64(0x94D049BB133111EB)
        z = z ^ (z >> np.uint64(31))
    return torch.from_numpy((z >> np.uint64(40)).astype(np.float64) / 2.0**23 - 1.0).view(*shape)


def weight(name, shape, seed):
    u = uniform(name, shape, seed)
    if len(shape) == 4:
        v = u * math.sqrt(6.0 / (shape[1] * shape[2] * shape[3]))
    elif name.startswith("head_") and name.endswith("bias"):
        v = u / 16
    elif name.endswith("running_var"):
        v = 1 + u / 2
    elif name.endswith("weight"):
        v = 1 + u / 4
    else:
        v = u / 4
    return v.float().double()


def weights(backbone, heads, seed):
    return {n: weight(n, s, seed) for n, s in R.parameter_shapes(backbone, heads).items()}


def f32(x):
    return x.float()


def rounded(x):
    return x.float().double()


def cycle_variants(tag, seed):
    rng = np.random.default_rng([seed, 0xC7C1E])
    normal = lambda *shape: torch.from_numpy(rng.normal(0, 1, shape))
    b, h, w, d, c, k = int(rng.integers(2, 5)), int(rng.integers(4, 8)), int(rng.integers(4, 8)), 32, 48, int(rng.integers(60, 200))
    t, tt = float(rng.choice([0.07, 0.2])), float(rng.choice([0.05, 0.1]))
    # Pixels have much in common, as trained heads' have: targets of a frame's own pixels are then not all but the identity.
    base, ins = normal(b, d, h, w) + 2 * normal(1, d, 1, 1), {}
    for head in ("u", "c"):
        ins[head] = rounded(base + 0.8 * normal(b, d, h, w) + 0.5)
        ins[f"{head}_plus"] = rounded(torch.roll(base, 1, 3) + 0.8 * normal(b, d, h, w) + 0.5)
    ins["f"], ins["f_plus"] = rounded((normal(b, c, h, w) + 1).clamp_min(0)), rounded((normal(b, c, h, w) + 1).clamp_min(0))
    ins["queue_c"] = rounded(torch.nn.functional.normalize(normal(k, d) + 0.2, dim=1))
    leaf = {n: ins[n].clone().requires_grad_(True) for n in ("c", "c_plus")}
    px = {n: R.pixels(ins[n]) for n in ("u", "u_plus", "f", "f_plus")}
    res = {}
    for kind in ("hard", "soft", "soft-self", "features", "features-self"):
        target = R.cycle_target(kind, px["u"], px["u_plus"], px["f"], px["f_plus"], tt)
        loss = R.cycle_loss(R.pixels(leaf["c"]), R.pixels(leaf["c_plus"]), ins["queue_c"], t, target)
        res[f"loss_{kind}"] = loss
        res[f"grad_c_{kind}"], res[f"grad_c_plus_{kind}"] = torch.autograd.grad(loss, (leaf["c"], leaf["c_plus"]))
        if target is not None:
            res[f"entropy_{kind}"] = R.entropy(target)
    for name in ("u", "c", "f"):
        res[f"spread_{name}"], res[f"frame_spread_{name}"] = R.spread_of_pixels(R.pixels(ins[name])), R.spread_of_frames(R.pixels(ins[name]))
    begin, growth = int(rng.integers(0, 5)), int(rng.integers(0, 6))
    res["shares"] = torch.tensor([R.ramp(i, begin, growth) for i in range(12)], dtype=torch.float64)
    save(tag("cycle"), {**{n: f32(v) for n, v in ins.items()}, **{n: v.detach() for n, v in res.items()}}, case="cycle", temperature=t,
         target_temperature=tt, begin=begin, growth=growth, tolerance="2e-5 relative to the largest value of each tensor")


def training(name, tag, rng, seed, **more):
    """Three training steps; `more` adds to the configuration."""
    b, s, k, mpx = 4, 64, 256, 4
    cfg = dict(backbone="resnet18", heads=["global", "pixel", "cycle"], momentum=0.9, bn_splits=2, temperature=0.07, pixel_shuffle=True, positives="global-head", soft_cycle=bool(seed % 2),
               total_steps=10, learning_rate=0.5, warmup_steps=2, weight_decay=1e-6, trust=0.001, batch=b, size=s, queue=k, enqueue_pixels=mpx, seed=seed, **more)
    sizes = {h: cfg.get("queues", {}).get(h, k) for h in cfg["heads"]}
    inputs, batches = {}, []
    for i in range(3):
        x = uniform(f"x{i}", (b, 3, s, s), seed)
        xp = rounded(0.7 * torch.roll(x, (8, -16), (2, 3)) + 0.6 * uniform(f"x_plus{i}", (b, 3, s, s), seed))
        x = rounded(x)
        bt = dict(x=x, x_plus=xp, shifts=torch.from_numpy(rng.integers(0, s // 8, (b, 2)) * 8), shifts_plus=torch.from_numpy(rng.integers(0, s // 8, (b, 2)) * 8),
                  permutation=torch.from_numpy(rng.permutation(b)), enqueue_pixels=torch.from_numpy(np.stack([rng.choice((s // 8) ** 2, mpx, replace=False) for _ in range(b)])))
        batches.append(bt)
        inputs.update({f"{n}.{i}": f32(v) if v.dtype == torch.float64 else v for n, v in bt.items()})

    def run(dtype):
        wts = {n: v.to(dtype) for n, v in weights("resnet18", cfg["heads"], seed).items()}
        st = dict(query=dict(wts), key={n: v.clone() for n, v in wts.items()}, buf={}, step=0,
                  queues={h: (torch.nn.functional.normalize(uniform(f"queue_{h}", (sizes[h], 128), seed), dim=1).to(dtype), sizes[h] - 6) for h in cfg["heads"]})
        rows = []
        for bt in batches:
            losses, loss, lr, grads = R.train_step(st, {n: v.to(dtype) if v.is_floating_point() else v for n, v in bt.items()}, cfg)
            rows.append([losses["global"], losses["pixel"], losses["cycle"], loss, lr] + [float(grads[n].norm()) for n in ("conv1.weight", "layer4.1.conv2.weight", "head_cycle.2.weight")])
        return st, torch.tensor(rows, dtype=torch.float64)

    st, rows = run(torch.float64)
    _, rough = run(torch.float32)
    save(tag(name), {**inputs, "rows": rows, **{f"queue_{h}": f32(st["queues"][h][0][: 32]) for h in cfg["heads"]}, "pointers": torch.tensor([st["queues"][h][1] for h in cfg["heads"]]),
                        "query.conv1.weight": f32(st["query"]["conv1.weight"]), "key.conv1.weight": f32(st["key"]["conv1.weight"]), "query.head_cycle.2.weight": f32(st["query"]["head_cycle.2.weight"]),
                        "query.layer2.0.bn1.bias": f32(st["query"]["layer2.0.bn1.bias"]), "query.bn1.running_var": f32(st["query"]["bn1.running_var"]), "key.bn1.running_mean": f32(st["key"]["bn1.running_mean"])},
         case="train", config=cfg, columns=["loss_global", "loss_pixel", "loss_cycle", "loss", "lr", "|grad conv1|", "|grad layer4.1.conv2|", "|grad head_cycle.2|"],
         tolerance="losses 5e-3 relative, gradient norms 2e-2 relative, tensors 2e-3 of their largest value", float32_error=[[f"{float(v):.1e}" for v in r] for r in ((rough - rows).abs() / rows.abs().clamp_min(1e-12))])
    print(seed, "float32 worst relative error by column:", [f"{v:.1e}" for v in ((rough - rows).abs() / rows.abs().clamp_min(1e-12)).max(0).values.tolist()])


def make(out, seed, small):
    os.makedirs(out, exist_ok=True)
    rng = np.random.default_rng(seed)
    torch.manual_seed(seed)
    pick = lambda *choices: choices[rng.integers(len(choices))]
    tag = lambda name: os.path.join(out, f"{name}_{seed}.safetensors")

    # photometry -----------------------------------------------------------------------------------
    b, s = 8, pick(48, 64, 96)
    coarse = torch.from_numpy(rng.uniform(0, 1, (b, 3, 6, 6)))
    img = torch.nn.functional.interpolate(coarse, size=(s, s), mode="bicubic").clamp(0, 1)
    img = ((img + torch.from_numpy(rng.normal(0, 0.03, img.shape))).clamp(0, 1) * 255).round().byte()
    params = []
    for i in range(b):
        params.append(dict(jitter=bool(rng.random() < 0.8), brightness=float(np.float32(rng.uniform(0.6, 1.4))), contrast=float(np.float32(rng.uniform(0.6, 1.4))),
                           saturation=float(np.float32(rng.uniform(0.6, 1.4))), hue=float(np.float32(rng.uniform(-0.1, 0.1))), order=[int(v) for v in rng.permutation(4)],
                           gray=bool(rng.random() < 0.25), blur=bool(rng.random() < 0.5), sigma=float(np.float32(rng.uniform(0.1, 2.0))), flip=bool(rng.random() < 0.5)))
    outs = torch.stack([R.photometry(img[i].double() / 255, **params[i]) for i in range(b)])
    col = lambda k, t: torch.tensor([p[k] for p in params], dtype=t)
    save(tag("photometry"), {"input": img, "output": outs.double(), **{k: col(k, torch.float32) for k in ("brightness", "contrast", "saturation", "hue", "sigma")},
                             **{k: col(k, torch.uint8) for k in ("jitter", "gray", "blur", "flip")}, "order": col("order", torch.int64)},
         case="photometry", tolerance="2e-5 absolute, 1e-6 mean")

    # losses ---------------------------------------------------------------------------------------
    b, h, w, d, k = int(rng.integers(2, 6)), pick(5, 7, 8), pick(5, 6, 8), pick(32, 64, 128), pick(96, 257, 512)
    t = pick(0.07, 0.2)
    ins = {}
    base = torch.from_numpy(rng.normal(0, 1, (b, d, h, w)))
    for head in ("u", "p", "c"):
        ins[head] = rounded(base + torch.from_numpy(rng.normal(0, 0.8, (b, d, h, w))) + 0.5)
        ins[f"{head}_plus"] = rounded(torch.roll(base, 1, 3) + torch.from_numpy(rng.normal(0, 0.8, (b, d, h, w))) + 0.5)
        ins[f"queue_{head}"] = rounded(torch.nn.functional.normalize(torch.from_numpy(rng.normal(0.2, 1, (k, d))), dim=1))
    leaf = {n: v.clone().requires_grad_(True) for n, v in ins.items() if n in ("u", "p", "c")}
    res = {}
    u_px, u_plus_px = R.pixels(ins["u"]), R.pixels(ins["u_plus"])
    res["loss_global"] = R.global_loss(R.pooled(leaf["u"]), R.pooled(ins["u_plus"]), ins["queue_u"], t)
    res["index"] = R.match(u_px, u_plus_px)
    same = torch.arange(h * w).expand(b, h * w)
    p_px, p_plus_px, c_px, c_plus_px = R.pixels(leaf["p"]), R.pixels(ins["p_plus"]), R.pixels(leaf["c"]), R.pixels(ins["c_plus"])
    res["loss_pixel"] = R.pixel_loss(p_px, p_plus_px, res["index"], ins["queue_p"], t)
    res["loss_pixel_same"] = R.pixel_loss(p_px, p_plus_px, same, ins["queue_p"], t)
    res["loss_cycle_hard"] = R.cycle_loss(c_px, c_plus_px, ins["queue_c"], t)
    res["target"] = R.soft_target(u_px, u_plus_px, t)
    res["loss_cycle_soft"] = R.cycle_loss(c_px, c_plus_px, ins["queue_c"], t, res["target"])
    g = lambda loss, n: torch.autograd.grad(res[loss], leaf[n], retain_graph=True)[0]
    res["grad_u_global"] = g("loss_global", "u"); res["grad_p_pixel"] = g("loss_pixel", "p"); res["grad_p_pixel_same"] = g("loss_pixel_same", "p")
    res["grad_c_hard"] = g("loss_cycle_hard", "c"); res["grad_c_soft"] = g("loss_cycle_soft", "c")
    res["cycle_matrix"] = R.cycle_matrix(c_px, c_plus_px, ins["queue_c"], t)
    save(tag("losses"), {**{n: f32(v) for n, v in ins.items()}, **{n: v.detach() for n, v in res.items()}}, case="losses", temperature=t, tolerance="2e-5 relative to the largest value of each tensor; index exact")

    # the cycle's variants, from numbers of their own, so that the other files stay what they were -------------------
    cycle_variants(tag, seed)

    # split batch normalisation -------------------------------------------------------------------
    groups, per, c = pick(1, 2, 4), pick(2, 3), pick(3, 8)
    x = rounded(torch.from_numpy(rng.normal(0.3, 2, (groups * per, c, 5, 4))))
    bnw = {f"bn.{n}": weight(f"bn.{n}", (c,), seed) for n in ("weight", "bias", "running_mean", "running_var")}
    start = {n.replace("bn.", "start_"): f32(v) for n, v in bnw.items()}
    out_train = R.split_batch_norm(x, bnw, "bn", groups, True)
    after = {n.replace("bn.", "after_"): v for n, v in bnw.items() if "running" in n}
    out_eval = R.split_batch_norm(x, bnw, "bn", groups, False)
    save(tag("splitbn"), {"x": f32(x), **start, "out_train": out_train, **after, "out_eval": out_eval}, case="splitbn", groups=groups, tolerance="1e-5 relative")

    # pixel shuffle --------------------------------------------------------------------------------
    b, hh, ww = 4, 48, 64
    x = rounded(torch.from_numpy(rng.normal(0, 1, (b, 3, hh, ww))))
    f = rounded(torch.from_numpy(rng.normal(0, 1, (b, 5, hh // 8, ww // 8))))
    shifts = torch.from_numpy(np.stack([rng.integers(0, hh // 8, b) * 8, rng.integers(0, ww // 8, b) * 8], 1))
    save(tag("pixelshuffle"), {"x": f32(x), "f": f32(f), "shifts": shifts, "x_rolled": f32(R.roll_in(x, shifts)), "f_rolled_back": f32(R.roll_back(f, shifts))}, case="pixelshuffle", tolerance="exact")

    # queue ----------------------------------------------------------------------------------------
    k, d, r = pick(10, 13, 16), 4, pick(3, 6, 7)
    queue, pointer, tens, pointers = rounded(torch.from_numpy(rng.normal(0, 1, (k, d)))), int(rng.integers(0, k)), {}, []
    tens["queue_0"] = f32(queue)
    pointers.append(pointer)
    for i in range(4):
        rows = rounded(torch.from_numpy(rng.normal(0, 1, (r, d))))
        queue, pointer = R.enqueue(queue, pointer, rows)
        tens[f"rows_{i + 1}"] = f32(rows); tens[f"queue_{i + 1}"] = f32(queue); pointers.append(pointer)
    save(tag("queue"), {**tens, "pointers": torch.tensor(pointers)}, case="queue", tolerance="exact")

    # LARS and schedule ----------------------------------------------------------------------------
    tens, steps = {}, 4
    total, base, warm = int(rng.integers(20, 60)), pick(1.0, 0.3), pick(0, 5)
    lrs = [R.learning_rate(i, total, base, warm) for i in range(total)]
    for name, shape in (("conv", (6, 4, 3, 3)), ("bias", (7,)), ("zero", (3, 5))):
        wt = rounded(torch.from_numpy(rng.normal(0, 0.5, shape))) * (0 if name == "zero" else 1)
        tens[f"{name}_w0"], buf = f32(wt), None
        for i in range(steps):
            gr = rounded(torch.from_numpy(rng.normal(0, 0.1, shape)))
            wt, buf = R.lars_step(wt, gr, buf, lrs[i])
            tens[f"{name}_g{i + 1}"], tens[f"{name}_w{i + 1}"] = f32(gr), wt
    save(tag("lars"), {**tens, "learning_rates": torch.tensor(lrs, dtype=torch.float64)}, case="lars", total_steps=total, base=base, warmup_steps=warm, momentum=0.9, weight_decay=1e-6, trust=0.001, eps=1e-8, tolerance="1e-6 relative")

    # evaluation -----------------------------------------------------------------------------------
    classes, hh, ww = pick(4, 11, 19), 37, 51
    logits = rounded(torch.from_numpy(rng.normal(0, 2, (2, classes, 5, 7))))
    up = R.upsample(logits, (hh, ww))
    label = torch.from_numpy(rng.integers(0, max(2, classes - 1), (2, hh, ww)))
    label[torch.from_numpy(rng.random((2, hh, ww)) < 0.1)] = 255
    label = torch.where(torch.from_numpy(rng.random((2, hh, ww)) < 0.4) & (label != 255), up.argmax(1), label)
    m = R.confusion(up.argmax(1), label, classes)
    sc = R.scores(m)
    ce = torch.nn.functional.cross_entropy(up, label, ignore_index=255)
    save(tag("evaluation"), {"logits": f32(logits), "label": label, "upsampled": up, "confusion": m, "iou": sc["iou"], "scores": torch.stack([sc["miou"], sc["macc"], sc["aacc"]]).double(), "cross_entropy": ce.double()},
         case="evaluation", classes=classes, ignore=255, tolerance="1e-5 relative; confusion exact up to pixels whose two best logits differ by less than 1e-5; NaN stands for a class that does not occur")

    # sample RNG of §10 ---------------------------------------------------------------------------
    save(tag("uniform"), {"layer1.0.conv1.weight": f32(uniform("layer1.0.conv1.weight", (64,), seed)), "x": f32(uniform("x", (3, 7), seed))}, case="uniform", seed=seed, tolerance="exact")
    if small:
        return

    # backbones ------------------------------------------------------------------------------------
    for backbone in ("resnet18", "resnet50"):
        b, s, groups = 4, pick(64, 72), pick(1, 2)
        wts = weights(backbone, (), seed)
        x = rounded(uniform("x", (b, 3, s, s), seed) * 2)
        with torch.no_grad():
            train = R.backbone_forward(x, wts, backbone, groups, True)
            stats = {n: v for n, v in wts.items() if n in ("bn1.running_mean", "bn1.running_var", "layer4.1.bn2.running_mean", "layer4.1.bn2.running_var")}
            ev = R.backbone_forward(x, wts, backbone, groups, False)
        save(tag(backbone), {"train": f32(train[:, :48]), "eval": f32(ev[:, :48]), **{f"after.{n}": f32(v) for n, v in stats.items()}},
             case="backbone", backbone=backbone, batch=b, size=s, bn_splits=groups, seed=seed, tolerance="2e-4 relative to the largest value")

    # three training steps, then three with the cycle's settings, which together are tried by seeds 1 to 3 ------------
    training("train", tag, rng, seed)
    training("traincycle", tag, np.random.default_rng([seed, 0x7EA1]), seed, cycle_target=("soft-self", "features", "features-self")[seed % 3],
             cycle_target_temperature=0.1, cycle_gradient=("both-frames", "first-frame")[(seed - 1) // 2 % 2], cycle_begin=1, cycle_growth=3,
             queues={"global": 32, "cycle": 96})
    training("trainpooling", tag, np.random.default_rng([seed, 0x9001]), seed, pooling="before-head")


if __name__ == "__main__":
    make(sys.argv[1], int(sys.argv[2]), "--small" in sys.argv)
