"""How well the items of a quiz measure one thing: Cronbach's alpha, and what follows from it."""

from __future__ import annotations

import math

import numpy as np

from server.quiz.analysis.moments import Values, variance


def slots(marks: Values) -> Values | None:
    """The marks (n, k) by place in the paper: each participant's own items in order, without those they did not get.

    Where questions are drawn from a pool, the first that somebody got from it stands in the first column of the pool,
    and so on, as Moodle counts a random question by its slot. None where participants got different numbers of items.
    """
    got = ~np.isnan(marks)
    counts = got.sum(axis=1)
    if not marks.size or np.ptp(counts):
        return None
    return marks[got].reshape(len(marks), counts[0])


def alpha(marks: Values) -> float | None:
    """Cronbach's alpha of complete marks (n, k): k / (k - 1) (1 - sum V(x) / V(T)), at most 1.

    For items that are right or wrong it is KR-20. None for one item, one participant, or totals that do not vary.
    Source: L. J. Cronbach, "Coefficient alpha and the internal structure of tests", Psychometrika 16 (1951).
    """
    k = marks.shape[1]
    of_total = variance(marks.sum(axis=1))
    if k < 2 or not of_total:
        return None
    of_items = sum(variance(marks[:, column]) or 0.0 for column in range(k))
    return float(k / (k - 1) * (1 - of_items / of_total))


def error_ratio(consistency: float | None) -> float | None:
    """100 sqrt(1 - CIC / 100): the part of the standard deviation, in percent, that is error. Source: Moodle."""
    return None if consistency is None else 100 * math.sqrt(max(0.0, 1 - consistency / 100))
