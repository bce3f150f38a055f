"""Window arithmetic: how many positions a kernel has along one side of an image, and how far a stack of layers sees."""

from __future__ import annotations

from collections.abc import Iterable
from numbers import Integral
from typing import TypeAlias

Pair: TypeAlias = int | tuple[int, int]


def pair(value: object, name: str, least: int) -> tuple[int, int]:
    """(along the height, along the width) of a setting that is one integer for both or a pair of integers.

    Raises ValueError, naming the setting, for anything else and for an integer below `least`.
    """
    both = tuple(value) if isinstance(value, tuple | list) else (value, value)
    if len(both) != 2 or not all(isinstance(side, Integral) and not isinstance(side, bool) for side in both):
        raise ValueError(f"{name} must be an integer or a pair of integers, not {value!r}")
    if min(both) < least:
        raise ValueError(f"{name} must be at least {least}, not {value!r}")
    return int(both[0]), int(both[1])


def extent(kernel: int, dilation: int = 1) -> int:
    """The pixels that a dilated kernel spans: d(k - 1) + 1."""
    return dilation * (kernel - 1) + 1


def output_size(
    n: int, kernel: int, stride: int = 1, padding: int = 0, dilation: int = 1, *, strict: bool = False
) -> int:
    """How many outputs a window of `kernel` taps gives along a side of `n` pixels: (n + 2p - d(k - 1) - 1) / s + 1.

    The division is rounded down: the last pixels stay uncovered when the windows do not fit exactly. Raises ValueError
    when the kernel does not fit at all, and, if `strict`, when the windows do not fit exactly.
    """
    for name, value, least in (
        ("n", n, 1),
        ("kernel", kernel, 1),
        ("stride", stride, 1),
        ("padding", padding, 0),
        ("dilation", dilation, 1),
    ):
        if value < least:
            raise ValueError(f"{name} must be at least {least}, not {value}")
    room = n + 2 * padding - extent(kernel, dilation)
    if room < 0:
        spanned, available = extent(kernel, dilation), n + 2 * padding
        raise ValueError(f"a kernel that spans {spanned} pixels does not fit into {available}")
    if strict and room % stride:
        raise ValueError(f"the output size is not an integer: {room} / {stride} + 1 = {room / stride + 1:g}")
    return room // stride + 1


def same_pad(kernel: int, dilation: int = 1) -> int:
    """The padding on each side with which a window of stride 1 gives as many outputs as pixels: d(k - 1) / 2.

    Raises ValueError when d(k - 1) is odd, since both sides get the same, and for a setting below 1.
    """
    for name, value in (("kernel", kernel), ("dilation", dilation)):
        if value < 1:
            raise ValueError(f"{name} must be at least 1, not {value}")
    lost = extent(kernel, dilation) - 1
    if lost % 2:
        raise ValueError(f"a kernel that spans {lost + 1} pixels takes {lost} away: no padding restores half of it")
    return lost // 2


def receptive_field(layers: Iterable[tuple[int, int, int]]) -> int:
    """How many pixels of the input, along one side, one output of the last layer depends on.

    layers: (kernel, stride, dilation) of each layer, the input's first; pooling layers count as well. A layer adds
    d(k - 1) steps, each as wide as the strides before it multiplied: r = 1 + sum_l d_l (k_l - 1) prod_{i<l} s_i.
    (A. Araujo, W. Norris, J. Sim, "Computing receptive fields of convolutional neural networks", Distill 2019, without
    its dilation.) Without layers it is 1. Raises ValueError for a setting below 1.
    """
    field, step = 1, 1
    for kernel, stride, dilation in layers:
        if min(kernel, stride, dilation) < 1:
            raise ValueError(f"kernel, stride and dilation must be at least 1, not {kernel}, {stride} and {dilation}")
        field += (extent(kernel, dilation) - 1) * step
        step *= stride
    return field
