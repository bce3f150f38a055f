"""The functions on grids (lists of rows of numbers): the small images, kernels and tables of a question."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from server.quiz.figures import Place, shown

LONGEST_SIDE = 16

Number = int | float
Grid = list[list[Number]]


def _grid(rows: Any) -> Grid:
    """`rows` when they are a grid. Raises TypeError or ValueError."""
    if not isinstance(rows, list) or not rows or not all(isinstance(row, list) and row for row in rows):
        raise TypeError("a grid is needed: a list of rows of numbers")
    if len({len(row) for row in rows}) != 1:
        raise ValueError("the rows of the grid have different lengths")
    if max(len(rows), len(rows[0])) > LONGEST_SIDE:
        raise ValueError(f"a grid has at most {LONGEST_SIDE} rows and columns")
    if not all(isinstance(value, int | float) for row in rows for value in row):
        raise TypeError("a grid holds numbers alone")
    return rows


def matrix(grid: Any) -> str:
    """The grid as a LaTeX matrix, for inside `$...$`."""
    rows = r" \\ ".join(" & ".join(shown(value, Place.MATHS) for value in row) for row in _grid(grid))
    return rf"\begin{{bmatrix}} {rows} \end{{bmatrix}}"


def table(grid: Any) -> str:
    """The grid as a Markdown table, for a paragraph of its own."""
    rows = _grid(grid)
    lines = ["|" + " |" * len(rows[0]), "|" + ":-:|" * len(rows[0])]
    lines += ["| " + " | ".join(shown(value) for value in row) + " |" for row in rows]
    return "\n".join(lines)


def rotated(grid: Any) -> Grid:
    """The grid turned by 180°."""
    return [row[::-1] for row in reversed(_grid(grid))]


def flipped_rows(grid: Any) -> Grid:
    """The grid upside down: its last row first."""
    return _grid(grid)[::-1]


def flipped_columns(grid: Any) -> Grid:
    """The grid mirrored: each row from right to left."""
    return [row[::-1] for row in _grid(grid)]


def transposed(grid: Any) -> Grid:
    """The grid with rows and columns exchanged."""
    return [list(column) for column in zip(*_grid(grid), strict=True)]


def correlate(image: Any, kernel: Any) -> Grid:
    """The cross-correlation of two grids, stride 1, without padding; for a convolution turn the kernel first."""
    rows, weights = _grid(image), _grid(kernel)
    high, wide = len(rows) - len(weights) + 1, len(rows[0]) - len(weights[0]) + 1
    if high < 1 or wide < 1:
        raise ValueError("the kernel is larger than the image")
    return [[_product(rows, weights, i, j) for j in range(wide)] for i in range(high)]


def _product(rows: Grid, weights: Grid, i: int, j: int) -> Number:
    return sum(weight * rows[i + u][j + v] for u, line in enumerate(weights) for v, weight in enumerate(line))


def window(grid: Any, i: Any, j: Any, h: Any, w: Any) -> Grid:
    """The h × w part of the grid whose upper left corner is in row i and column j, both counted from 0."""
    rows, whole = _grid(grid), all(isinstance(number, int) for number in (i, j, h, w))
    if not whole or not (0 <= i < i + h <= len(rows) and 0 <= j < j + w <= len(rows[0])):
        raise ValueError("the window reaches beyond the grid")
    return [row[j : j + w] for row in rows[i : i + h]]


def pooled(grid: Any, size: Any, stride: Any, kind: Any) -> Grid:
    """Each size × size window's "max", "min", "mean", "sum", "median" or "lower_median", at every stride-th place."""
    rows = _grid(grid)
    if kind not in STATISTICS:
        raise ValueError(f"there is no pooling {kind!r}; there are {', '.join(STATISTICS)}")
    if not isinstance(size, int) or not isinstance(stride, int) or stride < 1:
        raise ValueError("size and stride are whole numbers above 0")
    if not 1 <= size <= min(len(rows), len(rows[0])):
        raise ValueError("the window does not fit into the grid")
    down, across = range(0, len(rows) - size + 1, stride), range(0, len(rows[0]) - size + 1, stride)
    return [[STATISTICS[kind](_values(rows, i, j, size)) for j in across] for i in down]


def _values(rows: Grid, i: int, j: int, size: int) -> list[Number]:
    return [value for row in rows[i : i + size] for value in row[j : j + size]]


def median(values: list[Number]) -> Number:
    """The middle of at least one number; of an even count the mean of the two in the middle."""
    ordered, middle = sorted(values), len(values) // 2
    return ordered[middle] if len(values) % 2 else (ordered[middle - 1] + ordered[middle]) / 2


def _lower_median(values: list[Number]) -> Number:
    return sorted(values)[(len(values) - 1) // 2]


def _mean(values: list[Number]) -> float:
    return sum(values) / len(values)


STATISTICS: dict[str, Callable[[list[Number]], Number]] = {
    "max": max,
    "min": min,
    "mean": _mean,
    "sum": sum,
    "median": median,
    "lower_median": _lower_median,
}
FUNCTIONS: dict[str, Callable[..., Any]] = {
    "matrix": matrix,
    "table": table,
    "rotated": rotated,
    "flipped_rows": flipped_rows,
    "flipped_columns": flipped_columns,
    "transposed": transposed,
    "correlate": correlate,
    "window": window,
    "pooled": pooled,
}
