"""A network's books, layer by layer: output shapes, parameters, multiply-accumulates; and a lecture's rules of sizing.

A network is a list of layers, each a dictionary with `name`, `type` and what the type needs:

    conv      out, kernel, stride 1, pad 0, groups 1, bias True
    pool      kind (max or mean), kernel, stride, pad 0
    fc        out, bias True; it reads all that comes in as one vector
    bn        nothing
    relu, dropout    nothing

`kernel` is an integer or a pair (height, width); what has a number here may be left out. (Rules R1 to R5: lecture notes
of CS231n, "Layer sizing patterns".)
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator, Mapping
from typing import Any, TypeAlias, TypedDict

from reference.parameters import conv_params, mlp_params
from reference.sizes import output_size, pair

Layer: TypeAlias = Mapping[str, Any]
Shape: TypeAlias = tuple[int, ...]

HALVINGS = 5
"""How often the sides of an input can be halved by rule R1: 32 is the smallest size that the lecture names."""


class Row(TypedDict):
    """One layer: the shape that comes out, its trainable parameters, its multiply-accumulates for one input."""

    name: str
    out: Shape
    params: int
    macs: int


def analyse(spec: Iterable[Layer], in_shape: Shape) -> list[Row]:
    """One row for each layer. in_shape: (C, H, W), or (features,) for a network of fc layers.

    Multiply-accumulates are those of convolutions and fc layers, without their biases. Raises ValueError for a window
    that does not fit, for groups that do not divide the channels, and for a type that is not known.
    """
    rows: list[Row] = []
    shape = tuple(in_shape)
    for layer in spec:
        out, params, macs = _account(layer, shape)
        rows.append({"name": layer["name"], "out": out, "params": params, "macs": macs})
        shape = out
    return rows


def _account(layer: Layer, shape: Shape) -> tuple[Shape, int, int]:
    """(output shape, parameters, multiply-accumulates) of one layer on an input of `shape`."""
    match layer["type"]:
        case "conv":
            groups = layer.get("groups", 1)
            params = conv_params(shape[0], layer["out"], layer["kernel"], layer.get("bias", True), groups)
            weights_of_a_kernel = shape[0] // groups * math.prod(pair(layer["kernel"], "kernel", 1))
            out = (layer["out"], *_window_sizes(layer, shape))
            return out, params, math.prod(out) * weights_of_a_kernel
        case "pool":
            return (shape[0], *_window_sizes(layer, shape)), 0, 0
        case "fc":
            inputs = math.prod(shape)
            return (layer["out"],), mlp_params([inputs, layer["out"]], layer.get("bias", True)), inputs * layer["out"]
        case "bn":
            return shape, 2 * shape[0], 0
        case "relu" | "dropout":
            return shape, 0, 0
    raise ValueError(f"a layer is conv, pool, fc, bn, relu or dropout, not {layer['type']!r}")


def _window_sizes(layer: Layer, shape: Shape, *, strict: bool = False) -> tuple[int, int]:
    """Height and width after a convolution or a pooling layer."""
    kernel, stride, pad = pair(layer["kernel"], "kernel", 1), layer.get("stride", 1), layer.get("pad", 0)
    height, width = (output_size(n, k, stride, pad, strict=strict) for n, k in zip(shape[1:], kernel, strict=True))
    return height, width


def lint(spec: Iterable[Layer], in_shape: Shape) -> list[tuple[int, str]]:
    """Where a network departs from the rules of layer sizing, as (index of the layer, rule), in order.

    R1 (index -1, the input): a side cannot be halved five times. R2: a convolution after layer 0 has a kernel side
    above 5. R3: a convolution changes height or width. R4: a max pooling layer is not 2x2 with stride 2 and no padding.
    R5: the output size of a convolution or pooling layer is not an integer. Raises ValueError as `analyse` does.
    """
    layers = list(spec)
    shape = tuple(in_shape)
    found = [(-1, "R1")] if any(side % 2**HALVINGS for side in shape[1:]) else []
    for index, (layer, row) in enumerate(zip(layers, analyse(layers, shape), strict=True)):
        found += [(index, rule) for rule in _broken_rules(index, layer, shape, row["out"])]
        shape = row["out"]
    return found


def _broken_rules(index: int, layer: Layer, before: Shape, after: Shape) -> Iterator[str]:
    if layer["type"] not in ("conv", "pool"):
        return
    kernel = pair(layer["kernel"], "kernel", 1)
    if layer["type"] == "conv" and index > 0 and max(kernel) > 5:
        yield "R2"
    if layer["type"] == "conv" and before[1:] != after[1:]:
        yield "R3"
    is_max = layer["type"] == "pool" and layer["kind"] == "max"
    if is_max and (kernel, layer["stride"], layer.get("pad", 0)) != ((2, 2), 2, 0):
        yield "R4"
    if _leaves_pixels_over(layer, before):
        yield "R5"


def _leaves_pixels_over(layer: Layer, before: Shape) -> bool:
    try:
        _window_sizes(layer, before, strict=True)
    except ValueError:
        return True
    return False
