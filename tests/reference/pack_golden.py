#!/usr/bin/python3
"""Packs golden files for the repository: pack_golden.py FOLDER NAME... writes golden/NAME.safetensors.gz and its line of golden/SHA256SUMS.

Other files stay as they are. FOLDER is one that make_golden.py or make_rivals.py wrote, NAME is such as losses_1. A training's images are
functions of their names and of the seed (x.N and x_plus.N of a file with a config), so their bytes are packed as zeros; who unpacks computes
them and compares the file's SHA-256 with the sum that is written here, which is that of the file as it was made. Needs Python alone.
"""
import gzip, hashlib, json, os, re, struct, sys

HERE = os.path.join(os.path.dirname(os.path.abspath(__file__)), "golden")


def without_named_inputs(data):
    """Returns the file with zeros in place of numbers that a name and a seed determine."""
    length = struct.unpack("<Q", data[:8])[0]
    header = json.loads(data[8:8 + length])
    if "config" not in header["__metadata__"]:
        return data
    data = bytearray(data)
    for name, tensor in header.items():
        if re.fullmatch(r"x(_plus)?\.\d+", name):
            begin, end = (8 + length + offset for offset in tensor["data_offsets"])
            data[begin:end] = bytes(end - begin)
    return bytes(data)


def pack(folder, names):
    os.makedirs(HERE, exist_ok=True)
    listed = os.path.join(HERE, "SHA256SUMS")
    sums = {}
    if os.path.exists(listed):
        with open(listed) as f:
            sums = {line.split()[1]: line for line in f}
    for name in names:
        with open(os.path.join(folder, name + ".safetensors"), "rb") as f:
            data = f.read()
        sums[f"{name}.safetensors"] = f"{hashlib.sha256(data).hexdigest()}  {name}.safetensors\n"
        with open(os.path.join(HERE, name + ".safetensors.gz"), "wb") as f:
            f.write(gzip.compress(without_named_inputs(data), 9, mtime=0))
    with open(listed, "w") as f:
        f.write("".join(sums[name] for name in sorted(sums)))


if __name__ == "__main__":
    pack(sys.argv[1], sys.argv[2:])
