"""Means, variances and what follows from them; every variance and covariance divides by n - 1."""

from __future__ import annotations

import math

import numpy as np
import numpy.typing as npt

Values = npt.NDArray[np.float64]

CONSTANT = 1e-12
"""Values that differ by no more than this part of the largest are one value: sums of floats differ in a last bit."""


def is_constant(values: Values) -> bool:
    """Whether all values are the same number."""
    return values.size == 0 or bool(np.ptp(values) <= CONSTANT * np.abs(values).max())


def mean(values: Values) -> float | None:
    """The arithmetic mean; None without values."""
    return float(values.mean()) if values.size else None


def covariance(first: Values, second: Values) -> float | None:
    """C(x, y) = sum((x - mean x)(y - mean y)) / (n - 1); None for fewer than two pairs, exactly 0 for a constant."""
    if len(first) < 2:
        return None
    if is_constant(first) or is_constant(second):
        return 0.0
    return float((first - first.mean()) @ (second - second.mean())) / (len(first) - 1)


def variance(values: Values) -> float | None:
    """V(x) = C(x, x); None for fewer than two values."""
    return covariance(values, values)


def deviation(values: Values) -> float | None:
    """The standard deviation, the root of the variance; None for fewer than two values."""
    found = variance(values)
    return None if found is None else math.sqrt(found)


def correlation(first: Values, second: Values) -> float | None:
    """Pearson's correlation C(x, y) / sqrt(V(x) V(y)), -1 to 1; None where either does not vary.

    Of an item that is right or wrong with a score it is called the point-biserial correlation.
    """
    both, own, other = covariance(first, second), variance(first), variance(second)
    if both is None or not own or not other:
        return None
    return max(-1.0, min(1.0, both / math.sqrt(own * other)))


def median(values: Values) -> float | None:
    """The middle value, or the mean of the two middle ones; None without values."""
    return float(np.median(values)) if values.size else None


def skewness(values: Values) -> float | None:
    """k3 / k2^1.5 with Fisher's k-statistics; None for fewer than three values, or where they do not vary.

    k2 = n m2 / (n - 1) and k3 = n² m3 / ((n - 1)(n - 2)), where m2 and m3 are the central moments. Source: Moodle,
    "Quiz statistics calculations".
    """
    n = len(values)
    if n < 3 or is_constant(values):
        return None
    m2, m3, _ = _central_moments(values)
    k2 = n * m2 / (n - 1)
    k3 = n**2 * m3 / ((n - 1) * (n - 2))
    return float(k3 / k2**1.5)


def kurtosis(values: Values) -> float | None:
    """k4 / k2² with Fisher's k-statistics, 0 for a normal distribution; None for fewer than four or constant values.

    k4 = n² ((n + 1) m4 - 3 (n - 1) m2²) / ((n - 1)(n - 2)(n - 3)). Source: as `skewness`.
    """
    n = len(values)
    if n < 4 or is_constant(values):
        return None
    m2, _, m4 = _central_moments(values)
    k2 = n * m2 / (n - 1)
    k4 = n**2 * ((n + 1) * m4 - 3 * (n - 1) * m2**2) / ((n - 1) * (n - 2) * (n - 3))
    return k4 / k2**2


def _central_moments(values: Values) -> tuple[float, float, float]:
    """m2, m3 and m4."""
    from_mean = values - values.mean()
    return float((from_mean**2).mean()), float((from_mean**3).mean()), float((from_mean**4).mean())
