"""Made the files beside it with PyTorch 1.13: python3 make.py. They are tiny, and a test can compute their numbers: element k of a storage that starts at s is (s + k) / 8."""
import collections
import io
import zipfile

import torch


def numbers(start, *shape, dtype=torch.float32):
    count = 1
    for size in shape:
        count *= size
    return ((start + torch.arange(count)) / 8).to(dtype).reshape(shape)


def state_dict(prefix, start):
    tensors = collections.OrderedDict()
    tensors[prefix + "conv1.weight"] = numbers(start, 2, 3, 1, 1)
    tensors[prefix + "bn1.weight"] = numbers(start + 10, 2)
    tensors[prefix + "bn1.running_mean"] = numbers(start + 20, 2)
    tensors[prefix + "bn1.num_batches_tracked"] = torch.tensor(7)
    tensors[prefix + "fc.0.weight"] = numbers(start + 30, 2, 2)
    return tensors


def moco():
    """Returns what main_moco.py saves, for a network of one convolution."""
    tensors = collections.OrderedDict()
    tensors.update(state_dict("module.encoder_q.", 0))
    tensors.update(state_dict("module.encoder_k.", 100))
    tensors["module.queue"] = numbers(200, 2, 4)
    tensors["module.queue_ptr"] = torch.zeros(1, dtype=torch.long)
    tensors._metadata = collections.OrderedDict([("", {"version": 1}), ("module.encoder_q.bn1", {"version": 2})])
    parameter = torch.nn.Parameter(numbers(300, 2))
    optimizer = torch.optim.SGD([parameter], lr=0.03, momentum=0.9, weight_decay=1e-4)
    parameter.grad = torch.ones(2)
    optimizer.step()
    return {"epoch": 200, "arch": "resnet50", "state_dict": tensors, "optimizer": optimizer.state_dict(), "best": 67.5, "none": None, "big": 1 << 70}


def views():
    """Returns tensors that share, skip and repeat elements of a storage, in every floating-point type."""
    shared = numbers(0, 24)
    return {
        "row": shared[4:8],
        "transposed": shared[:6].reshape(2, 3).t(),
        "every_second": shared[1:12:2],
        "repeated": shared[3:4].expand(2, 2),
        "channels_last": numbers(0, 1, 2, 2, 3).contiguous(memory_format=torch.channels_last),
        "scalar": torch.tensor(1.5),
        "empty": torch.zeros(0, 3),
        "half": numbers(0, 3, dtype=torch.float16),
        "brain": numbers(0, 3, dtype=torch.bfloat16),
        "double": numbers(0, 3, dtype=torch.float64),
        "parameter": torch.nn.Parameter(numbers(0, 3)),
        "size": torch.Size([1, 2]),
        "dtype": torch.float16,
        "device": torch.device("cpu"),
        "counter": collections.Counter([3, 3, 5]),
        "set": {1, 2},
        "list": [numbers(8, 2), {"inner": numbers(16, 2)}],
        "long": torch.tensor([1, 2]),
        "bytes": b"abc",
    }


def zip64(source, target):
    """Writes the same archive with every size and offset in 64 bits, as in archives above 4 GB."""
    limit = zipfile.ZIP64_LIMIT
    with zipfile.ZipFile(source) as old:
        zipfile.ZIP64_LIMIT = 1
        with zipfile.ZipFile(target, "w") as new:
            for entry in old.infolist():
                with new.open(zipfile.ZipInfo(entry.filename), "w", force_zip64=True) as out:
                    out.write(old.read(entry))
        zipfile.ZIP64_LIMIT = limit


for protocol in (2, 3, 4, 5):
    torch.save(moco(), f"moco-protocol{protocol}.pth", pickle_protocol=protocol)
torch.save(moco(), "moco-before-1.6.pth", _use_new_zipfile_serialization=False)
torch.save(views(), "views.pth", pickle_protocol=4)
torch.save(views(), "views-before-1.6.pth", _use_new_zipfile_serialization=False, pickle_protocol=4)
zip64("moco-protocol2.pth", "moco-zip64.pth")
