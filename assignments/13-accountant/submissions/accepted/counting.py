"""Lists the places of every window, and lets NumPy say how large arrays of such shapes would be."""

import numpy as np


def sides(kernel):
    return tuple(int(k) for k in np.broadcast_to(kernel, 2))


def places(n, kernel, stride, pad):
    found = [start for start in range(-pad, n + pad, stride) if start + kernel <= n + pad]
    if not found:
        raise ValueError("no place for the window")
    return found


def slide(layer, shape):
    stride, pad = layer.get("stride", 1), layer.get("pad", 0)
    return [places(n, k, stride, pad) for n, k in zip(shape[1:], sides(layer["kernel"]))]


def size(*shape):
    return int(np.prod(shape, dtype=np.int64))


def outcome(layer, shape):
    kind = layer["type"]
    if kind == "conv":
        groups = layer.get("groups", 1)
        if shape[0] % groups or layer["out"] % groups:
            raise ValueError("channels cannot be dealt out")
        weights = (layer["out"], shape[0] // groups, *sides(layer["kernel"]))
        out = (layer["out"], *(len(found) for found in slide(layer, shape)))
        return out, size(*weights) + layer.get("bias", True) * layer["out"], size(*weights, *out[1:])
    if kind == "pool":
        return (shape[0], *(len(found) for found in slide(layer, shape))), 0, 0
    if kind == "fc":
        weights = size(*shape, layer["out"])
        return (layer["out"],), weights + layer.get("bias", True) * layer["out"], weights
    return shape, 2 * shape[0] if kind == "bn" else 0, 0


def analyse(spec, in_shape):
    rows = []
    for layer in spec:
        before = rows[-1]["out"] if rows else tuple(in_shape)
        out, params, macs = outcome(layer, before)
        rows.append(dict(name=layer["name"], out=out, params=params, macs=macs))
    return rows


def lint(spec, in_shape):
    halved = [side / 2**5 for side in in_shape[1:]]
    findings = set() if all(side == int(side) for side in halved) else {(-1, "R1")}
    shapes = [tuple(in_shape)] + [row["out"] for row in analyse(spec, in_shape)]
    for index, layer in enumerate(spec):
        before, after = shapes[index], shapes[index + 1]
        if layer["type"] == "conv":
            if index and max(sides(layer["kernel"])) >= 6:
                findings.add((index, "R2"))
            if before[1] != after[1] or before[2] != after[2]:
                findings.add((index, "R3"))
        if layer["type"] == "pool" and layer["kind"] == "max":
            if sides(layer["kernel"]) != (2, 2) or layer["stride"] != 2 or layer.get("pad", 0):
                findings.add((index, "R4"))
        if layer["type"] in ("conv", "pool"):
            for n, k, found in zip(before[1:], sides(layer["kernel"]), slide(layer, before)):
                if found[-1] + k != n + layer.get("pad", 0):
                    findings.add((index, "R5"))
    return sorted(findings)
