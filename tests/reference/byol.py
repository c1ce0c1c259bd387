"""BYOL (Grill et al., NeurIPS 2020): the online network predicts the target network's projection of the other view. No negatives."""
import torch
from cacl_reference import backbone_forward, learning_rate
from rival_parts import Head, average, descend, differentiable, ema_weight, follow, head_forward, lars, unit

QUEUES = ()


def key_heads(cfg):
    """The projector: C -> 4096, BN, ReLU, 4096 -> 256, of the average over the map."""
    return [Head("global", cfg["hidden"], cfg["projection"], normalised=True)]


def heads(cfg):
    """On the online side the predictor follows: 256 -> 4096, BN, ReLU, 4096 -> 256."""
    return key_heads(cfg) + [Head("predictor", cfg["hidden"], cfg["projection"], cfg["projection"], True)]


def regression(prediction, target):
    """The squared distance of vectors of length 1, 2 - 2 cos. [B,D] as the heads give them; mean over B."""
    return (2 - 2 * (unit(prediction) * unit(target)).sum(1)).mean()


def loss(p, p_plus, t, t_plus):
    """Predictions p, p_plus of v and v+, projections t, t_plus of v and v+ by the target network, without gradient. Both ways summed."""
    return regression(p, t_plus) + regression(p_plus, t)


def train_step(state, batch, cfg):
    query, key, groups = differentiable(state["query"]), state["key"], 2 * cfg["bn_splits"]
    projector, predictor = heads(cfg)
    follow(key, state["query"], ema_weight(state["step"], cfg["total_steps"], cfg["momentum"]))
    views = torch.cat([batch["x"], batch["x_plus"]])  # each view has groups of its own
    with torch.no_grad():
        t, t_plus = head_forward(average(backbone_forward(views, key, cfg["backbone"], groups)), key, projector, groups).flatten(1).chunk(2)
    z = head_forward(average(backbone_forward(views, query, cfg["backbone"], groups)), query, projector, groups)
    p, p_plus = head_forward(z, query, predictor, groups).flatten(1).chunk(2)

    total = loss(p, p_plus, t, t_plus)
    rate = learning_rate(state["step"], cfg["total_steps"], cfg["learning_rate"], cfg["warmup_steps"])
    grads = descend(state, query, total, lars, rate, cfg)
    return {"global": float(total)}, float(total), rate, grads
