"""DenseCL (Wang et al., CVPR 2021): MoCo-v2's loss, and the same for each position of the map, whose positive is the position of the
other view that is most similar under the backbone's features."""
import torch
from cacl_reference import backbone_forward, enqueue, learning_rate
from rival_parts import CHANNELS, Head, average, descend, differentiable, follow, head_forward, info_nce, rows, sgd, unit

QUEUES = ("global", "dense")


def heads(cfg):
    """The global head is MoCo-v2's, of the average; the dense head is applied at each position: C -> C, ReLU, C -> 128."""
    return [Head("global", CHANNELS[cfg["backbone"]], cfg["projection"]), Head("dense", CHANNELS[cfg["backbone"]], cfg["projection"])]


key_heads = heads


def match(f, f_plus):
    """f, f_plus [B,C,h,w] -> [B,N]: the position of f_plus with the highest cosine, for each position of f; the first on a tie."""
    return (rows(unit(f)) @ rows(unit(f_plus)).transpose(1, 2)).argmax(2)


def global_loss(z, z_plus, queue, temperature):
    return info_nce(unit(z), unit(z_plus), queue, temperature)


def dense_loss(d, d_plus, index, queue, temperature):
    """d, d_plus [B,D,h,w] as the heads give them, d_plus without gradient; index [B,N]; queue [K,D], a vector an image. Mean over B·N."""
    query, key = rows(unit(d)), rows(unit(d_plus))
    positive = key.gather(1, index[..., None].expand_as(key))
    return info_nce(query.flatten(0, 1), positive.flatten(0, 1), queue, temperature)


def image_vector(d_plus):
    """What enters the dense queue: the average of the dense head's map as it is, then brought to length 1. [B,D,h,w] -> [B,D]."""
    return unit(d_plus.mean((2, 3)))


def train_step(state, batch, cfg):
    query, key, splits, t = differentiable(state["query"]), state["key"], cfg["bn_splits"], cfg["temperature"]
    pooled, dense = heads(cfg)
    follow(key, state["query"], cfg["momentum"])
    with torch.no_grad():                             # shuffle-BN, as in MoCo-v2
        permutation = batch["permutation"]
        back = torch.argsort(permutation)
        f_plus = backbone_forward(batch["x_plus"][permutation], key, cfg["backbone"], splits)[back]
        z_plus = head_forward(average(f_plus), key, pooled, splits).flatten(1)
        d_plus = head_forward(f_plus, key, dense, splits)
    f = backbone_forward(batch["x"], query, cfg["backbone"], splits)
    z = head_forward(average(f), query, pooled, splits).flatten(1)
    d = head_forward(f, query, dense, splits)

    of_images = global_loss(z, z_plus, state["queues"]["global"][0], t)
    of_positions = dense_loss(d, d_plus, match(f.detach(), f_plus), state["queues"]["dense"][0], t)
    total = (1 - cfg["dense_weight"]) * of_images + cfg["dense_weight"] * of_positions
    rate = learning_rate(state["step"], cfg["total_steps"], cfg["learning_rate"], cfg["warmup_steps"])
    grads = descend(state, query, total, sgd, rate, cfg)
    state["queues"]["global"] = enqueue(*state["queues"]["global"], unit(z_plus))
    state["queues"]["dense"] = enqueue(*state["queues"]["dense"], image_vector(d_plus))
    return {"global": float(of_images), "dense": float(of_positions)}, float(total), rate, grads
