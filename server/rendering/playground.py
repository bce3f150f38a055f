"""The playgrounds' results, arranged for a page: pictures with the chosen window drawn in, and its numbers."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from markupsafe import Markup

from server.rendering.maths import mathml
from server.rendering.pictures import heat_map, number
from server.rendering.raster import SCALES, data_uri, shade
from server.rendering.svg import Canvas
from server.services.playground import convolution, pooling
from server.services.playground.typed import Typed

WIDEST = 300
SMALLEST = 120
CELL = 40
BRIGHT = 235.0
MOST_LISTED = 64
FARTHEST = 1_000_000
CHANNELS = {1: ("",), 3: ("Red", "Green", "Blue")}
CONV_FORMULA = r"\left\lfloor \frac{n + 2p - d \cdot (k - 1) - 1}{s} \right\rfloor + 1"
POOL_FORMULA = r"\left\lfloor \frac{n - k}{s} \right\rfloor + 1"


@dataclass(frozen=True, slots=True)
class Box:
    """A rectangle over a picture, in the picture's pixels."""

    x: int
    y: int
    width: int
    height: int


@dataclass(frozen=True, slots=True)
class Picture:
    """An array as a picture, each value a square of `enlarged` screen pixels; `margin` is its border of padding."""

    uri: str
    height: int
    width: int
    enlarged: int
    legend: str
    margin: int = 0

    @property
    def size(self) -> str:
        """Height and width for people."""
        return f"{self.height} × {self.width}"


@dataclass(frozen=True, slots=True)
class Line:
    """The output-size formula for one side, with its numbers."""

    name: str
    formula: Markup
    text: str


@dataclass(frozen=True, slots=True)
class Cell:
    """A number of a window; `tone` is `padding`, `kept` or empty."""

    text: str
    tone: str = ""


@dataclass(frozen=True, slots=True)
class Working:
    """How one output value came about in one channel: tables under their titles, and the calculation as a line."""

    channel: str
    tables: list[tuple[str, list[list[Cell]]]]
    line: str
    result: str


@dataclass(frozen=True, slots=True)
class Shown:
    """Everything that a page shows of one computation."""

    image: Picture
    output: Picture
    formula: Markup
    lines: list[Line]
    row: int
    column: int
    window: Box
    taps: list[Box]
    workings: list[Working]
    kernels: list[tuple[str, Markup]]

    @property
    def value(self) -> str:
        """The chosen output value, for each channel."""
        return ", ".join(f"{working.channel} {working.result}".strip() for working in self.workings)

    @property
    def announcement(self) -> str:
        """What a screen reader says after a change."""
        return f"Output {self.output.size}. Row {self.row}, column {self.column}: {self.value}."


def picture(values: npt.NDArray[np.float64], scale: str, enlarged: int, margin: int = 0) -> Picture:
    """Values (C, H, W) as a picture."""
    shaded = shade(values, scale)
    return Picture(data_uri(shaded.pixels), *values.shape[1:], enlarged, shaded.legend, margin)


def enlargement(height: int, width: int) -> int:
    """How many times to enlarge an input of that size so that it fills its place."""
    return max(1, WIDEST // max(height, width))


def output_enlargement(common: int, height: int, width: int) -> int:
    """As the input, so that both can be compared, but never so small that a pixel cannot be chosen."""
    return max(common, SMALLEST // max(height, width))


def chosen(typed: Typed, telling: npt.NDArray[np.float64]) -> tuple[int, int]:
    """The output row and column that were asked for, the last where there are fewer.

    Where none was asked for, the place where `telling` (C, HO, WO) is largest: most happens there.
    """
    rows, columns = telling.shape[1:]
    row, column = np.unravel_index(int(telling.max(axis=0).argmax()), (rows, columns))
    asked = typed.whole("row", int(row), 0, FARTHEST), typed.whole("column", int(column), 0, FARTHEST)
    return min(asked[0], rows - 1), min(asked[1], columns - 1)


def show_convolution(typed: Typed, outcome: convolution.Outcome) -> Shown:
    """The page's view of a convolution."""
    settings, (down, across) = outcome.settings, outcome.sides
    scale = typed.choice("scale", SCALES, "auto")
    row, column = chosen(typed, np.abs(outcome.output))
    height, width = outcome.image.shape[1:]
    common = enlargement(height + 2 * settings.pad, width + 2 * settings.pad)
    top, left = outcome.corner(row, column)
    reach, d = settings.span, settings.dilation
    taps = [
        Box(left + v * d, top + u * d, 1, 1)
        for u in range(settings.weights.shape[0])
        for v in range(settings.weights.shape[1])
    ]
    return Shown(
        image=picture(outcome.image, "same", common, settings.pad),
        output=picture(outcome.output, scale, output_enlargement(common, down.outputs, across.outputs)),
        formula=mathml(CONV_FORMULA, block=True),
        lines=_lines(down, across),
        row=row,
        column=column,
        window=Box(left, top, reach[1], reach[0]),
        taps=taps,
        workings=[
            _sum(outcome, channel, name, row, column) for channel, name in enumerate(CHANNELS[len(outcome.image)])
        ],
        kernels=_kernels(settings),
    )


def _lines(down: convolution.Side | pooling.Side, across: convolution.Side | pooling.Side) -> list[Line]:
    """One line where height and width have the same numbers, else one each."""
    sides = [("Height and width", down)] if down == across else [("Height", down), ("Width", across)]
    return [Line(name, mathml(side.tex, block=True), side.formula) for name, side in sides]


def _kernels(settings: convolution.Settings) -> list[tuple[str, Markup]]:
    """The kernel as it was written, and turned as well where it is laid on that way."""
    shown = [("Kernel", _kernel(settings.weights, "Kernel"))]
    if settings.operation == "convolution":
        shown.append(("Turned, as it is laid on", _kernel(settings.laid, "The turned kernel")))
    return shown


def _kernel(weights: npt.NDArray[np.float64], label: str) -> Markup:
    canvas, rows = Canvas(), weights.tolist()
    longest = max(len(number(weight)) for row in rows for weight in row)
    heat_map(canvas, 0, 0, rows, max(CELL, 9 * longest + 10), CELL, with_numbers=True)
    spoken = "; ".join(" ".join(number(weight) for weight in row) for row in rows)
    return canvas.svg(f"{label}: {spoken}")


def _sum(outcome: convolution.Outcome, channel: int, name: str, row: int, column: int) -> Working:
    terms = outcome.terms(channel, row, column)
    result = number(float(outcome.output[channel, row, column]))
    products = [f"{number(term.value)}·{_signed(term.weight)}" for line in terms for term in line]
    return Working(
        name,
        [
            ("Pixels", [[Cell(number(t.value), "padding" if t.is_padding else "") for t in line] for line in terms]),
            ("Weights", [[Cell(number(t.weight)) for t in line] for line in terms]),
            ("Products", [[Cell(number(t.product)) for t in line] for line in terms]),
        ],
        f"{' + '.join(products)} = {result}",
        result,
    )


def _signed(value: float) -> str:
    return f"({number(value)})" if value < 0 else number(value)


def show_pooling(typed: Typed, outcome: pooling.Outcome) -> Shown:
    """The page's view of a pooling."""
    settings, (down, across) = outcome.settings, outcome.sides
    scale = typed.choice("scale", SCALES, "auto")
    row, column = chosen(
        typed, pooling.pool(outcome.image, settings, "max") - pooling.pool(outcome.image, settings, "mean")
    )
    common = enlargement(*outcome.image.shape[1:])
    top, left = outcome.corner(row, column)
    return Shown(
        image=picture(outcome.image, "same", common),
        output=picture(outcome.output, scale, output_enlargement(common, down.outputs, across.outputs)),
        formula=mathml(POOL_FORMULA, block=True),
        lines=_lines(down, across),
        row=row,
        column=column,
        window=Box(left, top, settings.width, settings.height),
        taps=[],
        workings=[
            _statistic(outcome, channel, name, row, column) for channel, name in enumerate(CHANNELS[len(outcome.image)])
        ],
        kernels=[],
    )


def _statistic(outcome: pooling.Outcome, channel: int, name: str, row: int, column: int) -> Working:
    values = outcome.window(channel, row, column)
    exact = float(outcome.output[channel, row, column])
    if values.size > MOST_LISTED:
        return Working(name, [], f"{outcome.settings.kind} of {values.size:,} values = {number(exact)}", number(exact))
    ordered = sorted(values.ravel().tolist())
    middle = ordered[(len(ordered) - 1) // 2 : len(ordered) // 2 + 1]
    kept = {"max": [exact], "median": middle}.get(outcome.settings.kind, [])
    cells = [[Cell(number(value), "kept" if value in kept else "") for value in line] for line in values.tolist()]
    line = f"{_calculation(outcome.settings, values.ravel().tolist(), ordered, middle)} = {number(exact)}"
    return Working(name, [("Window", cells)], line, number(exact))


def _calculation(settings: pooling.Settings, values: list[float], ordered: list[float], middle: list[float]) -> str:
    """What the statistic does with the values, number by number."""
    match settings.kind:
        case "max":
            return f"max({', '.join(map(number, values))})"
        case "mean":
            return f"({' + '.join(map(number, values))}) / {len(values)}"
        case "median":
            halves = f"({number(middle[0])} + {number(middle[-1])}) / 2" if len(middle) == 2 else number(middle[0])
            return f"sorted {', '.join(map(number, ordered))}; in the middle {halves}"
    p = number(settings.p)
    return f"({' + '.join(f'{number(abs(value))}^{p}' for value in values)})^(1/{p})"


@dataclass(frozen=True, slots=True)
class KeptShown:
    """How much of a pooled image stayed, in percent, and where it did not: dark places changed."""

    kind: str
    percent: str
    changed: Picture


def show_kept(found: pooling.Invariance) -> list[KeptShown]:
    """The shift experiment's rows."""
    rows = []
    for kept in found.kept:
        height, width = kept.changed.shape
        map_of_changes = picture(np.where(kept.changed, 0.0, BRIGHT)[None], "same", max(1, 160 // max(height, width)))
        rows.append(KeptShown(kept.kind, f"{100 * kept.share:.1f} %", map_of_changes))
    return rows
