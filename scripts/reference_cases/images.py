"""Cases of one kernel on one image, and of what a layer of kernels makes of it."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from reference import feature_maps, kernels
from reference.oracles import feature_maps as torch_maps
from reference.oracles import invariance as counted
from reference.oracles import kernels as torch_kernels
from scripts.reference_cases.trial import EMPTY, OBLONG, SINGLE, STRIDE, Rng, Shape, Trial, batch, draw_windows, two


def _plane(rng: Rng) -> tuple[Any, Any, frozenset[str], str]:
    at = draw_windows(rng, pads=False, dilates=False)
    x, k = rng.normal(size=at.image), rng.normal(size=at.kernel)
    return x, k, at.features - {STRIDE}, f"image {at.image}, kernel {at.kernel}"


def correlation(rng: Rng, solution: Callable[..., Any]) -> Trial:
    """One kernel on one image."""
    x, k, features, shown = _plane(rng)
    return Trial(shown, features, lambda: solution(x, k), lambda: torch_kernels.correlate(x, k))


def convolution(rng: Rng, solution: Callable[..., Any]) -> Trial:
    """True convolution in its three modes: `same` and `valid` are parts of `full`."""
    x, k, features, shown = _plane(rng)
    mode = str(rng.choice(kernels.MODES))
    before = {"full": (0, 0), "same": [(side - 1) // 2 for side in k.shape], "valid": [side - 1 for side in k.shape]}
    shapes = {"full": None, "same": x.shape, "valid": [n - m + 1 for n, m in zip(x.shape, k.shape, strict=True)]}

    def part_of_full() -> Any:
        full, wanted = torch_kernels.convolve(x, k), shapes[mode]
        if wanted is None:
            return full
        if min(wanted) < 1:
            raise ValueError("an empty result")
        (top, left), (height, width) = before[mode], wanted
        return full[top : top + height, left : left + width]

    features = features if mode == "valid" else features - {EMPTY}
    return Trial(f"{shown}, {mode}", features, lambda: solution(x, k, mode), part_of_full)


def gradients_of_an_image(rng: Rng, solution: Callable[..., Any]) -> Trial:
    """Sobel's two gradients and their magnitude."""
    shape = two(rng, 3, 12)
    x = rng.normal(size=shape)

    def by_differences() -> Any:
        gx, gy = torch_maps.gradients(x)
        return gx, gy, np.sqrt(gx**2 + gy**2)

    return Trial(f"image {shape}", _oblong(shape), lambda: solution(x), by_differences)


def maps_of_an_image(rng: Rng, solution: Callable[..., Any]) -> Trial:
    """The feature maps of one image."""
    at = draw_windows(rng, pads=False, dilates=False)
    _, c, f, _ = batch(rng, at)
    x, w, relu = rng.normal(size=(c, *at.image)), rng.normal(size=(f, c, *at.kernel)), bool(rng.integers(2))
    return Trial(
        f"image {x.shape}, kernels {w.shape}, relu {relu}",
        at.features - {STRIDE},
        lambda: solution(x, w, relu),
        lambda: torch_maps.maps(x, w, relu=relu),
    )


def levels(rng: Rng, solution: Callable[..., Any]) -> Trial:
    """Grey levels before rounding, against exact fractions."""
    shape = (int(rng.integers(1, 4)), *two(rng, 1, 6))
    maps = rng.integers(-9, 10, size=shape) * int(rng.integers(0, 3))
    mode = str(rng.choice(feature_maps.DISPLAY_MODES))
    return Trial(
        f"maps {shape}, {mode}",
        _oblong(shape[1:]),
        lambda: solution(maps.astype(float), mode),
        lambda: np.array([torch_maps.grey(plane, mode) for plane in maps.tolist()], dtype=float),
    )


def _oblong(shape: Shape) -> frozenset[str]:
    return frozenset({OBLONG} if shape[0] != shape[1] else ())


def shifted_pooling(rng: Rng, solution: Callable[..., Any]) -> Trial:
    """How much of the pooled values stays when images of few different numbers move, against exact fractions."""
    n, c, k, stride = (int(number) for number in rng.integers(1, 4, size=4))
    (height, width), (down, right) = two(rng, 4, 10), two(rng, -3, 3)
    planes = rng.integers(-2, 3, size=(n * c, height, width))
    kind = str(rng.choice(["max", "mean", "median"]))

    def by_fractions() -> float:
        if min(height - abs(down), width - abs(right)) < k:
            raise ValueError("no room for a window")
        return float(counted.shift_agreement(planes.tolist(), kind, k, stride, right, down))

    x = planes.reshape(n, c, height, width).astype(float)
    features = {STRIDE: stride > 1, OBLONG: height != width, SINGLE: n == 1}
    return Trial(
        f"x {x.shape}, {kind} {k}x{k}, stride {stride}, moved {(right, down)}",
        frozenset(name for name, is_there in features.items() if is_there),
        lambda: solution(x, kind, k, stride, right, down),
        by_fractions,
    )
