"""Window arithmetic: how many positions a kernel has along one side of an image."""

from __future__ import annotations

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
