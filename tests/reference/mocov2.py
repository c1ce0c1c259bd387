"""MoCo-v2 (He et al., CVPR 2020; Chen et al., arXiv 2003.04297): one vector an image against a queue of other images' vectors."""
import torch
from cacl_reference import backbone_forward, enqueue, learning_rate
from rival_parts import CHANNELS, Head, average, descend, differentiable, follow, head_forward, info_nce, sgd, unit

QUEUES = ("global",)


def heads(cfg):
    """The projector: C -> C, ReLU, C -> 128, of the average over the map."""
    return [Head("global", CHANNELS[cfg["backbone"]], cfg["projection"])]


key_heads = heads


def loss(z, z_plus, queue, temperature):
    """InfoNCE. z, z_plus [B,D] as the heads give them, z_plus without gradient; queue [K,D] of length 1."""
    return info_nce(unit(z), unit(z_plus), queue, temperature)


def train_step(state, batch, cfg):
    query, key, splits = differentiable(state["query"]), state["key"], cfg["bn_splits"]
    head, = heads(cfg)
    follow(key, state["query"], cfg["momentum"])
    with torch.no_grad():                             # shuffle-BN: the key's batch is permuted, so that its groups are others
        permutation = batch["permutation"]
        f_plus = backbone_forward(batch["x_plus"][permutation], key, cfg["backbone"], splits)
        z_plus = head_forward(average(f_plus), key, head, splits).flatten(1)[torch.argsort(permutation)]
    f = backbone_forward(batch["x"], query, cfg["backbone"], splits)
    z = head_forward(average(f), query, head, splits).flatten(1)

    total = loss(z, z_plus, state["queues"]["global"][0], cfg["temperature"])
    rate = learning_rate(state["step"], cfg["total_steps"], cfg["learning_rate"], cfg["warmup_steps"])
    grads = descend(state, query, total, sgd, rate, cfg)
    state["queues"]["global"] = enqueue(*state["queues"]["global"], unit(z_plus))
    return {"global": float(total)}, float(total), rate, grads
