"""SimCLR (Chen et al., ICML 2020): each view against its other view, with all other views of the batch as negatives. One network."""
import torch
import torch.nn.functional as F
from cacl_reference import backbone_forward, learning_rate
from rival_parts import CHANNELS, Head, average, descend, differentiable, head_forward, lars, unit

QUEUES = ()


def heads(cfg):
    """The projector: C -> C, ReLU, C -> 128, of the average over the map; with batch normalisation before the ReLU if asked for."""
    return [Head("global", CHANNELS[cfg["backbone"]], cfg["projection"], normalised=cfg["head_normalisation"] == "batch")]


def key_heads(cfg):
    return None


def loss(z, z_plus, temperature):
    """NT-Xent. z, z_plus [B,D] as the head gives them, both with gradient. Mean over the 2B views."""
    both = unit(torch.cat([z, z_plus]))
    similar = both @ both.T / temperature
    similar = similar.masked_fill(torch.eye(len(both), dtype=torch.bool), float("-inf"))   # a view is not its own negative
    other = torch.arange(len(both)).roll(len(z))
    return F.cross_entropy(similar, other)


def train_step(state, batch, cfg):
    query, splits = differentiable(state["query"]), cfg["bn_splits"]
    head, = heads(cfg)
    f = backbone_forward(torch.cat([batch["x"], batch["x_plus"]]), query, cfg["backbone"], splits)   # groups of all 2B views
    z, z_plus = head_forward(average(f), query, head, splits).flatten(1).chunk(2)

    total = loss(z, z_plus, cfg["temperature"])
    rate = learning_rate(state["step"], cfg["total_steps"], cfg["learning_rate"], cfg["warmup_steps"])
    grads = descend(state, query, total, lars, rate, cfg)
    return {"global": float(total)}, float(total), rate, grads
