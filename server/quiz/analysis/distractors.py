"""Who picks an option: for each one how many, how well they did, and whether it draws the right people."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from server.quiz.analysis.moments import Values, correlation, mean


@dataclass(frozen=True, slots=True)
class Choice:
    """What picking one option says; None is undefined.

    Attributes:
        shown: how many participants saw the option.
        count: how many of them picked it.
        share: count / shown, 0 to 1.
        mean_total: mean total of those who picked it, in marks.
        point_biserial: correlation of picking it (0 or 1) with the score of the other items, among those who saw it.
            A right option should have a positive one, a wrong option a negative one.
    """

    shown: int
    count: int
    share: float | None
    mean_total: float | None
    point_biserial: float | None


def distractors(picked: npt.ArrayLike, shown: npt.ArrayLike, total: Values, rest: Values) -> list[Choice]:
    """A `Choice` for each column of `picked` (n, options), true where a participant picked the option.

    `shown` (n, options) says who saw it. `total` and `rest` (n) are the participants' marks with and without the item.
    """
    choices, seen = np.asarray(picked, dtype=bool), np.asarray(shown, dtype=bool)
    return [_choice(*columns, total, rest) for columns in zip(choices.T, seen.T, strict=True)]


def _choice(picked: npt.NDArray[np.bool_], shown: npt.NDArray[np.bool_], total: Values, rest: Values) -> Choice:
    picked = picked & shown
    count, seen = int(picked.sum()), int(shown.sum())
    return Choice(
        shown=seen,
        count=count,
        share=count / seen if seen else None,
        mean_total=mean(total[picked]),
        point_biserial=correlation(picked[shown].astype(np.float64), rest[shown]),
    )
