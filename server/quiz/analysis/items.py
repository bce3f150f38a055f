"""The figures of each item. x is an item's marks, T the totals, R = T - x the rest.

Where an item is not in everybody's paper, its figures are those of the participants who got it.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from server.quiz.analysis.consistency import alpha, slots
from server.quiz.analysis.moments import Values, correlation, covariance, deviation, mean


@dataclass(frozen=True, slots=True)
class ItemFigures:
    """What the marks say of one item; None is undefined.

    Attributes:
        n: how many participants got the item.
        max: the most that it gives, in marks.
        mean, sd: of its marks, in marks.
        facility: mean / max, 0 to 1: how easy it was.
        discrimination_index: 100 C(x, R) / sqrt(V(x) V(R)), -100 to 100.
        discriminative_efficiency: 100 C(x, R) / Cmax, the index as a part of what the marks at hand allow.
        effective_weight: its part of what makes participants differ, in percent.
        item_total: point-biserial correlation with the total, -1 to 1; the item is in its own total.
        item_rest: point-biserial correlation with the rest, the discrimination index / 100.
        alpha_if_deleted: Cronbach's alpha of the other items, at most 1.
    """

    name: str
    n: int
    max: float
    mean: float | None
    facility: float | None
    sd: float | None
    discrimination_index: float | None
    discriminative_efficiency: float | None
    effective_weight: float | None
    item_total: float | None
    item_rest: float | None
    alpha_if_deleted: float | None


def item_figures(marks: Values, maxima: Sequence[float], names: Sequence[str]) -> list[ItemFigures]:
    """The figures of every column of `marks` (n, k), NaN where a participant did not get the item."""
    weights = effective_weights(marks)
    columns = zip(names, maxima, weights, strict=True)
    return [_figures(marks, column, float(most), name, weight) for column, (name, most, weight) in enumerate(columns)]


def _figures(marks: Values, column: int, most: float, name: str, weight: float | None) -> ItemFigures:
    x, total, rest = scores_around(marks, column)
    average = mean(x)
    index = correlation(x, rest)
    others = np.delete(marks, column, axis=1)
    return ItemFigures(
        name=name,
        n=len(x),
        max=most,
        mean=average,
        facility=average / most if average is not None and most > 0 else None,
        sd=deviation(x),
        discrimination_index=None if index is None else 100 * index,
        discriminative_efficiency=_efficiency(x, rest),
        effective_weight=weight,
        item_total=correlation(x, total),
        item_rest=index,
        alpha_if_deleted=None if np.isnan(marks).any() else alpha(others),
    )


def scores_around(marks: Values, column: int) -> tuple[Values, Values, Values]:
    """An item's marks, the totals and the rest, of those who got it."""
    got = marks[~np.isnan(marks[:, column])]
    # The rest is added up anew: what a subtraction loses would make a constant rest vary.
    return got[:, column], np.nansum(got, axis=1), np.nansum(np.delete(got, column, axis=1), axis=1)


def _efficiency(x: Values, rest: Values) -> float | None:
    """100 C(x, R) / Cmax: Cmax is the covariance of the same marks, both sorted. Source: Moodle."""
    found, most = covariance(x, rest), covariance(np.sort(x), np.sort(rest))
    return 100 * found / most if found is not None and most else None


def effective_weights(marks: Values) -> list[float | None]:
    """100 sqrt(C(x, T)) / sum sqrt(C(x, T)) of each column, the sum over those where C(x, T) is not negative.

    Undefined for an item with a negative covariance, and for one that not everybody got: the sum is over places in the
    paper, and such an item has none of its own. Source: Moodle, "Quiz statistics calculations".
    """
    placed = slots(marks)
    if placed is None:
        return [None] * marks.shape[1]
    total = placed.sum(axis=1)
    whole = sum(_root(covariance(x, total)) or 0.0 for x in placed.T)
    if not whole:
        return [None] * marks.shape[1]
    roots = [None if np.isnan(x).any() else _root(covariance(x, total)) for x in marks.T]
    return [None if root is None else 100 * root / whole for root in roots]


def _root(value: float | None) -> float | None:
    return math.sqrt(value) if value is not None and value >= 0 else None
