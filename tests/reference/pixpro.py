"""PixPro (Xie et al., CVPR 2021): pixels of two crops that lie near each other in the frame agree, one of them after its features were
propagated from similar pixels of its own view. Without the instance branch, whose published weight is 0."""
import torch
from cacl_reference import backbone_forward, learning_rate
from rival_parts import Head, descend, differentiable, ema_weight, follow, head_forward, lars, rows, unit

QUEUES = ()


def key_heads(cfg):
    """The projector at each position: C -> 4096, BN, ReLU, 4096 -> 256."""
    return [Head("pixel", cfg["hidden"], cfg["projection"], normalised=True)]


def heads(cfg):
    """On the online side the propagation's transformation g follows, one layer 256 -> 256."""
    return key_heads(cfg) + [Head("propagation", 0, cfg["projection"], cfg["projection"])]


def propagate(x, transformed, gamma):
    """y_i = sum_j max(cos(x_i, x_j), 0)^gamma g_j, where g_j is g(x_j) brought to length 1. x, transformed [B,D,h,w] -> [B,N,D]."""
    similar = rows(unit(x)) @ rows(unit(x)).transpose(1, 2)
    return similar.clamp_min(0) ** gamma @ rows(unit(transformed))


def centres(box, flip, cells):
    """Centres of a view's cells in the frame, in its pixels. box [B,4] left, top, width, height; flip [B]; -> x, y [B,N], row by row."""
    at = (torch.arange(cells, dtype=torch.float64) + 0.5) / cells          # (i + 0.5) * 8 / S
    across = torch.where(flip.bool()[:, None], 1 - at, at)                 # the view's first column shows the box's last
    left, top, width, height = box.double().unbind(1)
    x = left[:, None] + across * width[:, None]
    y = top[:, None] + at * height[:, None]
    return x[:, None, :].expand(-1, cells, -1).flatten(1), y[:, :, None].expand(-1, -1, cells).flatten(1)


def cell_diagonal(box, cells):
    """[B]: the diagonal of a cell, in pixels of the frame."""
    return torch.sqrt((box[:, 2].double() / cells) ** 2 + (box[:, 3].double() / cells) ** 2)


def distances(box, flip, box_plus, flip_plus, cells):
    """[B,N,N]: from cells of v (rows) to cells of v+ (columns), in diagonals of the larger view's cells."""
    (x, y), (x_plus, y_plus) = centres(box, flip, cells), centres(box_plus, flip_plus, cells)
    apart = torch.sqrt((x[:, :, None] - x_plus[:, None, :]) ** 2 + (y[:, :, None] - y_plus[:, None, :]) ** 2)
    return apart / torch.maximum(cell_diagonal(box, cells), cell_diagonal(box_plus, cells))[:, None, None]


def one_way(y, target, positive):
    """-2 times the mean over samples of the mean cosine of positive pairs; a sample without any counts as 0.
    y [B,N,D], target [B,N',D], positive [B,N,N'] of 0 and 1."""
    cosine = torch.nn.functional.normalize(y, dim=2) @ torch.nn.functional.normalize(target, dim=2).transpose(1, 2)
    return -2 * ((cosine * positive).sum((1, 2)) / (positive.sum((1, 2)) + 1e-6)).mean()


def loss(y, y_plus, t, t_plus, positive):
    """y, y_plus [B,N,D] propagated; t, t_plus [B,D,h,w] the target network's projections; positive [B,N,N] from v to v+."""
    return one_way(y, rows(t_plus), positive) + one_way(y_plus, rows(t), positive.transpose(1, 2))


def train_step(state, batch, cfg):
    query, key, groups = differentiable(state["query"]), state["key"], 2 * cfg["bn_splits"]
    projector, g = heads(cfg)
    follow(key, state["query"], ema_weight(state["step"], cfg["total_steps"], cfg["momentum"]))
    views = torch.cat([batch["x"], batch["x_plus"]])  # each view has groups of its own
    with torch.no_grad():
        t, t_plus = head_forward(backbone_forward(views, key, cfg["backbone"], groups), key, projector, groups).chunk(2)
    x = head_forward(backbone_forward(views, query, cfg["backbone"], groups), query, projector, groups)
    y, y_plus = propagate(x, head_forward(x, query, g, groups), cfg["gamma"]).chunk(2)

    near = distances(batch["box"], batch["flip"], batch["box_plus"], batch["flip_plus"], x.shape[3]) < cfg["distance"]
    total = loss(y, y_plus, t, t_plus, near.to(x.dtype))
    rate = learning_rate(state["step"], cfg["total_steps"], cfg["learning_rate"], cfg["warmup_steps"])
    grads = descend(state, query, total, lars, rate, cfg)
    return {"pixel": float(total)}, float(total), rate, grads
