"""Cases of the layers that slide a window: convolution and pooling, forward and backward."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import numpy.typing as npt

from reference import definition, pooling
from reference.oracles import conv as torch_conv
from reference.oracles import pooling as torch_pooling
from scripts.reference_cases.trial import EMPTY, Rng, Shape, Side, Trial, batch, draw_windows, filled


def _layer(rng: Rng) -> tuple[tuple[Any, Any, Any], dict[str, Side], frozenset[str], str]:
    at = draw_windows(rng)
    n, c, f, features = batch(rng, at)
    shapes: tuple[Shape, Shape, Shape] = (n, c, *at.image), (f, c, *at.kernel), (f,)
    x, w, b = (rng.normal(size=shape) for shape in shapes)
    settings = {"stride": at.stride, "pad": at.pad, "dilation": at.dilation}
    return (x, w, b), settings, features, f"x {shapes[0]}, w {shapes[1]}, {settings}"


def conv_by_torch(rng: Rng, solution: Callable[..., Any]) -> Trial:
    """A convolution layer, forward."""
    arrays, settings, features, shown = _layer(rng)
    return Trial(
        shown, features, lambda: solution(*arrays, settings)[0], lambda: torch_conv.convolve(*arrays, **settings)
    )


def conv_by_definition(rng: Rng, solution: Callable[..., Any]) -> Trial:
    """The same against sums of Python numbers."""
    arrays, settings, features, shown = _layer(rng)
    lists = [array.tolist() for array in arrays]
    return Trial(
        shown,
        features,
        lambda: solution(*arrays, settings)[0],
        lambda: filled(definition.convolve(*lists, **settings)),
    )


def conv_gradient(rng: Rng, solution: Callable[..., Any]) -> Trial:
    """A convolution layer, backward; without a result there is no gradient to give it."""
    arrays, settings, features, shown = _layer(rng)
    seed = int(rng.integers(2**32))

    def gradient() -> npt.NDArray[Any]:
        maps = torch_conv.convolve(*arrays, **settings)
        return np.random.default_rng(seed).normal(size=maps.shape)

    def by_reference() -> Any:
        dout = np.ones((1, 1, 1, 1)) if EMPTY in features else gradient()
        return solution(dout, (*arrays, settings))

    return Trial(shown, features, by_reference, lambda: torch_conv.gradients(gradient(), *arrays, **settings))


def _pooled(rng: Rng, kinds: tuple[str, ...]) -> tuple[Any, dict[str, Any], tuple[Any, ...], frozenset[str], str]:
    at = draw_windows(rng, pads=False, dilates=False)
    n, c, _, features = batch(rng, at)
    kind, p = str(rng.choice(kinds)), float(rng.choice([1.0, 2.0, 2.5, 3.0, 8.0]))
    shape = (n, c, *at.image)
    # Few different values: ties are common.
    x = rng.integers(-3, 4, size=shape) / 2 if rng.integers(2) else rng.normal(size=shape)
    setting = {"pool_height": at.kernel[0], "pool_width": at.kernel[1], "stride": at.stride, "type": kind, "p": p}
    return x, setting, (kind, at.kernel, at.stride, p), features, f"x {shape}, {setting}"


def pool_by_torch(rng: Rng, solution: Callable[..., Any]) -> Trial:
    """A pooling layer, forward."""
    x, setting, asked, features, shown = _pooled(rng, pooling.KINDS)
    return Trial(shown, features, lambda: solution(x, setting)[0], lambda: torch_pooling.pool(x, *asked))


def pool_by_definition(rng: Rng, solution: Callable[..., Any]) -> Trial:
    """The same against Python's own statistics."""
    x, setting, asked, features, shown = _pooled(rng, pooling.KINDS)
    return Trial(shown, features, lambda: solution(x, setting)[0], lambda: filled(definition.pool(x.tolist(), *asked)))


def pool_gradient(rng: Rng, solution: Callable[..., Any]) -> Trial:
    """A pooling layer, backward: max and mean."""
    x, setting, asked, features, shown = _pooled(rng, ("max", "mean"))
    seed = int(rng.integers(2**32))

    def by_reference() -> Any:
        out, cache = pooling.pool_forward(x, setting)
        return solution(np.random.default_rng(seed).normal(size=out.shape), cache)

    def by_torch() -> Any:
        out = torch_pooling.pool(x, *asked)
        return torch_pooling.gradient(np.random.default_rng(seed).normal(size=out.shape), x, *asked[:3])

    return Trial(shown, features, by_reference, by_torch)
