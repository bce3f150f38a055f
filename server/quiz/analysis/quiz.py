"""The figures of the whole quiz, and everything at once."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from server.quiz.analysis.consistency import alpha, error_ratio, slots
from server.quiz.analysis.items import ItemFigures, item_figures
from server.quiz.analysis.moments import Values, deviation, kurtosis, mean, median, skewness


@dataclass(frozen=True, slots=True)
class QuizFigures:
    """What the totals say; None is undefined. Marks are in the items' units.

    Attributes:
        n: how many participants.
        max: the most that anybody could reach; None where papers differ in it.
        mean, median, sd: of the totals, in marks.
        skewness: k3 / k2^1.5; negative where the long tail is of low totals.
        kurtosis: k4 / k2², 0 for a normal distribution.
        cic: coefficient of internal consistency, Cronbach's alpha in percent, at most 100.
        error_ratio: 100 sqrt(1 - cic / 100), in percent.
        standard_error: error_ratio sd / 100, in marks.
    """

    n: int
    max: float | None
    mean: float | None
    median: float | None
    sd: float | None
    skewness: float | None
    kurtosis: float | None
    cic: float | None
    error_ratio: float | None
    standard_error: float | None


@dataclass(frozen=True, slots=True)
class Analysis:
    """The figures of the items, in the order of their columns, and of the whole."""

    items: tuple[ItemFigures, ...]
    quiz: QuizFigures

    def to_dict(self) -> dict[str, Any]:
        """As JSON-ready values: undefined is null."""
        return {"items": [asdict(item) for item in self.items], "quiz": asdict(self.quiz)}


def analyse(marks: npt.ArrayLike, maxima: Sequence[float], names: Sequence[str] | None = None) -> Analysis:
    """Everything about marks (n, k): a row a participant, a column an item, NaN where somebody did not get the item.

    `maxima` (k) are what the items give at most. Raises ValueError for shapes that do not fit and infinite marks.
    """
    table = np.asarray(marks, dtype=np.float64)
    names = [f"item {column}" for column in range(1, len(maxima) + 1)] if names is None else names
    if table.ndim != 2 or table.shape[1] != len(maxima) or len(names) != len(maxima):
        raise ValueError(f"marks of shape {table.shape} do not fit {len(maxima)} maxima and {len(names)} names")
    if np.isinf(table).any():
        raise ValueError("a mark is infinite")
    return Analysis(tuple(item_figures(table, maxima, names)), _quiz_figures(table, maxima))


def _quiz_figures(marks: Values, maxima: Sequence[float]) -> QuizFigures:
    totals = np.nansum(marks, axis=1)
    placed = slots(marks)
    consistency = alpha(placed) if placed is not None else None
    cic = None if consistency is None else 100 * consistency
    ratio, sd = error_ratio(cic), deviation(totals)
    return QuizFigures(
        n=len(marks),
        max=_most(marks, maxima),
        mean=mean(totals),
        median=median(totals),
        sd=sd,
        skewness=skewness(totals),
        kurtosis=kurtosis(totals),
        cic=cic,
        error_ratio=ratio,
        standard_error=None if ratio is None or sd is None else ratio * sd / 100,
    )


def _most(marks: Values, maxima: Sequence[float]) -> float | None:
    reachable = (~np.isnan(marks)) @ np.asarray(maxima, dtype=np.float64)
    return float(reachable[0]) if len(reachable) and np.allclose(reachable, reachable[0], rtol=1e-12) else None
