"""Cases of normalisation: rescaling, and batch normalisation in both modes, forward and backward."""

from __future__ import annotations

from collections.abc import Callable
from fractions import Fraction
from typing import Any

import numpy as np

from reference import normalisation
from reference.oracles import normalisation as torch_normalisation
from scripts.reference_cases.trial import OBLONG, SINGLE, Rng, Trial, two


def rescaled(rng: Rng, solution: Callable[..., Any]) -> Trial:
    """A table of whole numbers, all of it or each row by itself, against exact fractions."""
    shape, by_rows = two(rng, 1, 6), bool(rng.integers(2))
    lo, hi = sorted(int(number) for number in rng.choice(np.arange(-5, 6), size=2, replace=False))
    x = rng.integers(-9, 10, size=shape)

    def one(values: list[int], among: list[int]) -> list[float]:
        span = max(among) - min(among) or 1
        return [float(lo + (hi - lo) * Fraction(value - min(among), span)) for value in values]

    def by_fractions() -> Any:
        rows = x.tolist()
        return np.array([one(row, row if by_rows else x.ravel().tolist()) for row in rows])

    features = frozenset({OBLONG} if shape[0] != shape[1] else ())
    axis = 1 if by_rows else None
    return Trial(
        f"x {shape}, to [{lo}, {hi}], axis {axis}", features, lambda: solution(x * 1.0, lo, hi, axis), by_fractions
    )


def _batch(rng: Rng) -> tuple[tuple[Any, ...], dict[str, Any], Any, frozenset[str], str]:
    n, c = two(rng, 1, 4)
    sides = two(rng, 1, 5) if rng.integers(3) else ()
    # One number alone has no variance: torch refuses to train on it.
    n = max(2, n) if n * int(np.prod(sides)) == 1 else n
    shape = (n, c, *sides)
    x = rng.normal(size=shape) * rng.choice([0.1, 1.0, 30.0]) + rng.normal()
    gamma, beta, dout = rng.normal(size=c), rng.normal(size=c), rng.normal(size=shape)
    running = (rng.normal(size=c), rng.uniform(0.1, 4, size=c)) if rng.integers(2) else None
    setting: dict[str, Any] = {"mode": "test" if running else "train", "eps": float(rng.choice([1e-5, 1e-3, 0.1]))}
    if running:
        setting |= dict(zip(("running_mean", "running_var"), running, strict=True))
    present = {SINGLE: n == 1, OBLONG: len(set(sides)) == 2}
    features = frozenset(name for name, is_there in present.items() if is_there)
    oracle = (x, gamma, beta, dout, running, setting["eps"])
    return oracle, setting, dout, features, f"x {shape}, {setting['mode']}, eps {setting['eps']}"


def batch_norm(rng: Rng, solution: Callable[..., Any]) -> Trial:
    """Batch normalisation, forward."""
    asked, setting, _, features, shown = _batch(rng)
    return Trial(
        shown, features, lambda: solution(*asked[:3], setting)[0], lambda: torch_normalisation.batch_norm(*asked)[0]
    )


def batch_norm_gradient(rng: Rng, solution: Callable[..., Any]) -> Trial:
    """Batch normalisation, backward."""
    asked, setting, dout, features, shown = _batch(rng)
    return Trial(
        shown,
        features,
        lambda: solution(dout, normalisation.batchnorm_forward(*asked[:3], setting)[1]),
        lambda: torch_normalisation.batch_norm(*asked)[1:],
    )
