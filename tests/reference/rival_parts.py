"""What the rivals share: heads, optimisers and the momentum's schedule. Their backbone is CACL's, from cacl_reference.py.

Shapes: B pairs, C channels of the backbone, N = h*w positions of a map, D the length of a head's vectors, K rows of a queue.
A network is a dictionary from tensors' names to tensors; those with "running" in their name are statistics, the others parameters.
"""
import math
from collections import namedtuple
import torch
import torch.nn.functional as F
from cacl_reference import parameter_shapes, split_batch_norm

CHANNELS = {"resnet18": 512, "resnet50": 2048}

# input None: the backbone's channels. hidden 0: a single layer. normalised: batch normalisation before the ReLU.
Head = namedtuple("Head", "name hidden output input normalised", defaults=(None, False))


def network_shapes(backbone, heads):
    shapes = parameter_shapes(backbone, ())
    for head in heads:
        def layer(number, inputs, outputs):
            shapes[f"head_{head.name}.{number}.weight"] = (outputs, inputs, 1, 1)
            shapes[f"head_{head.name}.{number}.bias"] = (outputs,)

        inputs = head.input or CHANNELS[backbone]
        if head.hidden == 0:
            layer(0, inputs, head.output)
            continue
        layer(0, inputs, head.hidden)
        if head.normalised:
            for n in ("weight", "bias", "running_mean", "running_var"):
                shapes[f"head_{head.name}.1.{n}"] = (head.hidden,)
        layer(last_layer(head), head.hidden, head.output)
    return shapes


def last_layer(head):
    """The number of a head's last layer: layers are counted as in a Sequential of layer, normalisation, ReLU, layer."""
    return 0 if head.hidden == 0 else 3 if head.normalised else 2


def head_forward(x, w, head, groups):
    """x [B,inputs,h,w] -> [B,output,h,w]. Running statistics in w are replaced."""
    layer = lambda y, number: F.conv2d(y, w[f"head_{head.name}.{number}.weight"], w[f"head_{head.name}.{number}.bias"])
    y = layer(x, 0)
    if head.hidden == 0:
        return y
    if head.normalised:
        y = split_batch_norm(y, w, f"head_{head.name}.1", groups, True)
    return layer(F.relu(y), last_layer(head))


def average(f):
    """Global average pooling, which keeps the map's two dimensions: [B,C,h,w] -> [B,C,1,1]."""
    return f.mean((2, 3), keepdim=True)


def unit(v):
    """Vectors of length 1 along the second dimension."""
    return F.normalize(v, dim=1)


def rows(m):
    """[B,D,h,w] -> [B,N,D], positions row by row."""
    return m.flatten(2).transpose(1, 2)


def info_nce(query, positive, queue, temperature):
    """-log of the positive's share; query, positive [R,D] and queue [K,D] of length 1. Mean over the R queries."""
    logits = torch.cat([(query * positive).sum(1, keepdim=True), query @ queue.T], 1) / temperature
    return F.cross_entropy(logits, torch.zeros(len(query), dtype=torch.long))


# ---------------------------------------------------------------- the momentum network
def ema_weight(step, total, base):
    """base -> 1 by half a cosine; step counts from 0."""
    return 1 - (1 - base) * (math.cos(math.pi * step / total) + 1) / 2


def follow(key, query, m):
    """key <- m key + (1 - m) query for the parameters that the key network has; its running statistics are its own."""
    for n in key:
        if "running" not in n:
            key[n] = m * key[n] + (1 - m) * query[n]


# ---------------------------------------------------------------- optimisers: w, g, buf -> new w, new buf. buf starts at zero.
def sgd(w, g, buf, rate, cfg):
    """Weight decay on every parameter."""
    buf = cfg["optimiser_momentum"] * buf + g + cfg["weight_decay"] * w
    return w - rate * buf, buf


def adapted(w, g, cfg):
    """LARS's direction with the joint norm |g + decay w|. Parameters of one dimension have neither decay nor trust ratio."""
    if w.dim() == 1:
        return g
    g = g + cfg["weight_decay"] * w
    norm_w, norm_g = w.norm(), g.norm()
    return g * (cfg["trust"] * norm_w / (norm_g + cfg["eps"])) if norm_w > 0 and norm_g > 0 else g


def lars(w, g, buf, rate, cfg):
    """The rate outside the momentum buffer, or inside it: two optimisers as soon as the rate changes."""
    if cfg["rate_in_buffer"]:
        buf = cfg["optimiser_momentum"] * buf + rate * adapted(w, g, cfg)
        return w - buf, buf
    buf = cfg["optimiser_momentum"] * buf + adapted(w, g, cfg)
    return w - rate * buf, buf


# ---------------------------------------------------------------- a step's frame
def differentiable(network):
    """The network with parameters that have a gradient. A forward pass replaces running statistics in what is returned."""
    return {n: v if "running" in n else v.detach().clone().requires_grad_(True) for n, v in network.items()}


def descend(state, work, loss, optimiser, rate, cfg):
    """The loss's gradient, the optimiser's step, the new running statistics. Returns the gradients by their parameters' names."""
    names = [n for n in work if "running" not in n]
    grads = dict(zip(names, torch.autograd.grad(loss, [work[n] for n in names])))
    for n in work:
        if "running" in n:
            state["query"][n] = work[n].detach()
            continue
        buf = state["buf"].get(n, torch.zeros_like(grads[n]))
        state["query"][n], state["buf"][n] = optimiser(work[n].detach(), grads[n], buf, rate, cfg)
    state["step"] += 1
    return grads
