"""You let convolutions keep the size whatever their stride is."""

import math


def pair(value):
    return tuple(value) if isinstance(value, (tuple, list)) else (value, value)


def slide(layer, side, n):
    room = n + 2 * layer.get("pad", 0) - pair(layer["kernel"])[side]
    if room < 0:
        raise ValueError("the window does not fit")
    return room // layer.get("stride", 1) + 1


def analyse(spec, in_shape):
    rows, shape = [], tuple(in_shape)
    for layer in spec:
        kind, params, macs = layer["type"], 0, 0
        if kind == "conv":
            kh, kw = pair(layer["kernel"])
            groups, c_out = layer.get("groups", 1), layer["out"]
            if shape[0] % groups or c_out % groups:
                raise ValueError("the groups do not divide the channels")
            weights = c_out * (shape[0] // groups) * kh * kw
            biases = c_out if layer.get("bias", True) else 0
            dense = {**layer, "stride": 1}
            shape = (c_out, slide(dense, 0, shape[1]), slide(dense, 1, shape[2]))
            params = weights + biases
            macs = weights * shape[1] * shape[2]
        elif kind == "pool":
            shape = (shape[0], slide(layer, 0, shape[1]), slide(layer, 1, shape[2]))
        elif kind == "fc":
            inputs = math.prod(shape)
            biases = layer["out"] if layer.get("bias", True) else 0
            params = inputs * layer["out"] + biases
            macs = inputs * layer["out"]
            shape = (layer["out"],)
        elif kind == "bn":
            params = 2 * shape[0]
        rows.append({"name": layer["name"], "out": shape, "params": params, "macs": macs})
    return rows


def lint(spec, in_shape):
    found = []
    if in_shape[1] % 32 or in_shape[2] % 32:
        found.append((-1, "R1"))
    shape = tuple(in_shape)
    for index, (layer, row) in enumerate(zip(spec, analyse(spec, in_shape))):
        kind = layer["type"]
        if kind in ("conv", "pool"):
            kernel, stride, pad = pair(layer["kernel"]), layer.get("stride", 1), layer.get("pad", 0)
            if kind == "conv" and index > 0 and max(kernel) > 5:
                found.append((index, "R2"))
            if kind == "conv" and row["out"][1:] != shape[1:]:
                found.append((index, "R3"))
            if kind == "pool" and layer["kind"] == "max" and (kernel, stride, pad) != ((2, 2), 2, 0):
                found.append((index, "R4"))
            if any((n + 2 * pad - k) % stride for n, k in zip(shape[1:], kernel)):
                found.append((index, "R5"))
        shape = row["out"]
    return found
