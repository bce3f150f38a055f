"""The pictures that statements ask for by name, drawn when the page is: a fenced block `picture NAME key=value ...`.

    ```picture window n=5 k=3 stride=2 pad=1
    The 3×3 window moves in steps of two over the image and its border of zeros.
    ```

Numbers in them are computed by the references that grade.
"""

from __future__ import annotations

import math
import shlex
from collections.abc import Callable, Sequence

import numpy as np
from markupsafe import Markup, escape

from reference.pooling import pool_forward
from reference.sizes import output_size
from server.rendering.svg import Canvas

CELL = 28
GAP = 34
Matrix = list[list[float]]


class PictureError(ValueError):
    """A picture that cannot be drawn; the message is for the statement's author."""


def figure(info: str, caption: str) -> Markup:
    """The figure that a fence's info string asks for. Raises PictureError."""
    try:
        _, name, *settings = shlex.split(info)
        options = dict(setting.split("=", 1) for setting in settings)
    except ValueError as error:
        raise PictureError(f"a picture needs a name and key=value settings, not {info!r}") from error
    if name not in PICTURES:
        raise PictureError(f"there is no picture {name!r}; there are {', '.join(PICTURES)}")
    try:
        canvas = PICTURES[name](options)
    except KeyError as error:
        raise PictureError(f"the picture {name!r} needs {error}") from error
    except ValueError as error:
        raise PictureError(f"the picture {name!r}: {error}") from error
    if options:
        raise PictureError(f"the picture {name!r} does not know {', '.join(options)}")
    text = caption.strip()
    shown = Markup("<figcaption>{}</figcaption>").format(text) if text else Markup()
    return Markup('<figure class="picture-figure" tabindex="0">{}{}</figure>').format(canvas.svg(text or name), shown)


def _whole(options: dict[str, str], name: str, default: int | None = None) -> int:
    if default is None and name not in options:
        raise KeyError(name)
    number = int(options.pop(name, str(default)))
    if not 0 <= number <= 64:
        raise ValueError(f"{name} must be from 0 to 64")
    return number


def matrix(text: str) -> Matrix:
    """Rows between semicolons, numbers between blanks. Raises ValueError."""
    rows = [[float(number) for number in row.split()] for row in text.split(";")]
    if len({len(row) for row in rows}) != 1 or not rows[0]:
        raise ValueError("the rows of a table have different lengths")
    return rows


def number(value: float) -> str:
    """A number as short as it can be read: three decimals at most."""
    if math.isnan(value) or math.isinf(value):
        return {"nan": "nan", "inf": "∞", "-inf": "-∞"}[str(float(value))].replace("-", "−")
    return f"{value:.3f}".rstrip("0").rstrip(".").replace("-0", "0" if round(value, 3) == 0 else "-0").replace("-", "−")


def grid(canvas: Canvas, x: float, y: float, rows: int, columns: int, style: Callable[[int, int], str]) -> None:
    """Cells, each with the classes that `style` gives it."""
    for i in range(rows):
        for j in range(columns):
            canvas.rectangle(x + j * CELL, y + i * CELL, CELL, CELL, style(i, j))


def _window(options: dict[str, str]) -> Canvas:
    """The first and the second position of a window on an n × n image with its padding, and the output."""
    n, k = _whole(options, "n"), _whole(options, "k")
    stride, pad, dilation = _whole(options, "stride", 1), _whole(options, "pad", 0), _whole(options, "dilation", 1)
    out = output_size(n, k, stride, pad, dilation)
    side, span = n + 2 * pad, dilation * (k - 1) + 1
    first = {(u * dilation, v * dilation) for u in range(k) for v in range(k)}
    canvas = Canvas()

    def style(i: int, j: int) -> str:
        inside = pad <= i < pad + n and pad <= j < pad + n
        return ("p-tap" if (i, j) in first else "p-cell" if inside else "p-padding") + ("" if inside else " p-zero")

    top = 24
    canvas.text(side * CELL / 2, 8, f"{n} × {n}" + (f", padding {pad}" if pad else ""), "p-label")
    grid(canvas, 0, top, side, side, style)
    for i in range(side):
        for j in range(side):
            if not (pad <= i < pad + n and pad <= j < pad + n):
                canvas.text((j + 0.5) * CELL, top + (i + 0.5) * CELL, "0", "p-small")
    if out > 1:
        canvas.rectangle(stride * CELL, top, span * CELL, span * CELL, "p-next")
    canvas.rectangle(0, top, span * CELL, span * CELL, "p-first")
    middle, right = top + side * CELL / 2, side * CELL + 64
    canvas.arrow(side * CELL + 14, middle, right - 14)
    above = middle - out * CELL / 2
    canvas.text(right + out * CELL / 2, above - 16, f"{out} × {out}", "p-label")
    grid(canvas, right, above, out, out, lambda i, j: "p-tap" if (i, j) == (0, 0) else "p-cell")
    if out > 1:
        canvas.rectangle(right + CELL, above, CELL, CELL, "p-next")
    canvas.rectangle(right, above, CELL, CELL, "p-first")
    terms = f"{n} + 2·{pad} − {dilation}·({k} − 1) − 1"
    canvas.text(0, top + side * CELL + 22, f"⌊({terms}) / {stride}⌋ + 1 = {out}", "p-text", "start")
    return canvas


def _pooling(options: dict[str, str]) -> Canvas:
    """A table cut into windows, and what pooling keeps of each."""
    kind, k = options.pop("kind", "max"), _whole(options, "k", 2)
    stride, p = _whole(options, "stride", k), _whole(options, "p", 2)
    table = np.array(matrix(options.pop("table")))
    param = {"pool_height": k, "pool_width": k, "stride": stride, "type": kind, "p": p}
    pooled = pool_forward(table[None, None], param)[0][0, 0]
    canvas, top = Canvas(), 24

    def style(i: int, j: int) -> str:
        a, b = i // stride, j // stride
        inside = a < pooled.shape[0] and b < pooled.shape[1] and i % stride < k and j % stride < k
        return f"p-window-{(a + b) % 2}" if inside and stride >= k else "p-cell"

    rows, columns = table.shape
    canvas.text(columns * CELL / 2, 8, f"{rows} × {columns}", "p-label")
    _table(canvas, 0, top, table.tolist(), style)
    middle, right = top + rows * CELL / 2, columns * CELL + 96
    canvas.arrow(columns * CELL + 14, middle, right - 14)
    canvas.text(columns * CELL + 48, middle - 14, f"{kind} {k}×{k}", "p-small")
    above = middle - len(pooled) * CELL / 2
    canvas.text(right + pooled.shape[1] * CELL * 0.75, above - 16, f"{pooled.shape[0]} × {pooled.shape[1]}", "p-label")
    _table(
        canvas, right, above, pooled.tolist(), lambda i, j: f"p-window-{(i + j) % 2}" if stride >= k else "p-cell", 1.5
    )
    return canvas


def _table(
    canvas: Canvas, x: float, y: float, rows: Matrix, style: Callable[[int, int], str], stretch: float = 1.0
) -> None:
    for i, row in enumerate(rows):
        for j, value in enumerate(row):
            width = CELL * stretch
            canvas.rectangle(x + j * width, y + i * CELL, width, CELL, style(i, j))
            canvas.text(x + (j + 0.5) * width, y + (i + 0.5) * CELL, number(value), "p-number")


def _arrays(options: dict[str, str]) -> Canvas:
    """An equation of matrices: names in `expr` that have a matrix are drawn, all else is written."""
    return _equation(options, heat=False)


def _heat(options: dict[str, str]) -> Canvas:
    """The same with each number as a colour."""
    return _equation(options, heat=True)


def _equation(options: dict[str, str], *, heat: bool) -> Canvas:
    expression = options.pop("expr").split()
    tables = {name: matrix(options.pop(name)) for name in dict.fromkeys(expression) if name in options}
    if not tables:
        raise ValueError("no name of expr has a matrix")
    tallest = max(len(rows) for rows in tables.values())
    canvas, x, top = Canvas(), 0.0, 24
    middle = top + tallest * CELL / 2
    for word in expression:
        if word not in tables:
            canvas.text(x + 6 + 4 * len(word), middle, word, "p-operator")
            x += 18 + 8 * len(word)
            continue
        rows = tables[word]
        stretch = max(1.0, max(len(number(value)) for row in rows for value in row) * 8.4 / CELL + 0.25)
        above, width = middle - len(rows) * CELL / 2, len(rows[0]) * CELL * stretch
        canvas.text(x + width / 2, above - 14, word, "p-label")
        if heat:
            heat_map(canvas, x, above, rows, CELL * stretch, CELL, with_numbers=True)
        else:
            _table(canvas, x, above, rows, lambda *_: "p-cell", stretch)
        x += width + 12
    return canvas


def heat_map(
    canvas: Canvas,
    x: float,
    y: float,
    rows: Sequence[Sequence[float]],
    width: float,
    height: float,
    *,
    with_numbers: bool,
) -> None:
    """Values as colours: from white to blue for non-negative ones, from red over white to blue where signs differ."""
    finite = [abs(value) for row in rows for value in row if math.isfinite(value)]
    largest = max(finite, default=0.0) or 1.0
    for i, row in enumerate(rows):
        for j, value in enumerate(row):
            canvas.filled(x + j * width, y + i * height, width, height, colour(value / largest))
            if with_numbers:
                strong = math.isfinite(value) and abs(value) / largest > 0.55
                canvas.text(
                    x + (j + 0.5) * width,
                    y + (i + 0.5) * height,
                    number(value),
                    "p-on-dark" if strong else "p-on-light",
                )


def colour(share: float) -> str:
    """The colour of a value in [-1, 1]: blue for positive, red for negative, grey for what is no number."""
    if not math.isfinite(share):
        return "#9aa1b2"
    far = (36, 82, 196) if share >= 0 else (190, 48, 38)
    strength = min(1.0, abs(share))
    return "#" + "".join(f"{round(255 - (255 - channel) * strength):02x}" for channel in far)


def _layers(options: dict[str, str]) -> Canvas:
    """A chain of boxes, one a layer's output, broken into lines."""
    names = [name.strip() for name in options.pop("chain").split("->")]
    canvas, x, y = Canvas(), 0.0, 0.0
    for position, name in enumerate(names):
        width = 18 + 8 * len(name)
        if x and x + width > 660:
            x, y = 0.0, y + 58
        if position:
            canvas.arrow(x, y + 20, x + 26)
            x += 30
        canvas.rectangle(x, y, width, 40, "p-box", radius=8)
        canvas.text(x + width / 2, y + 20, name, "p-text")
        x += width + 4
    return canvas


FUNCTIONS: dict[str, tuple[Callable[[float], float], float, float, str]] = {
    "relu": (lambda z: max(0.0, z), -4, 4, "max(0, z)"),
    "sigmoid": (lambda z: 1 / (1 + math.exp(-z)), -6, 6, "1 / (1 + e⁻ᶻ)"),
    "tanh": (math.tanh, -4, 4, "tanh z"),
    "softmax": (lambda z: math.exp(z) / (math.exp(z) + 1 + math.e), -6, 6, "share of z beside scores 0 and 1"),
}


def _function(options: dict[str, str]) -> Canvas:
    """A function's curve over its axes."""
    name = options.pop("name")
    if name not in FUNCTIONS:
        raise ValueError(f"there is no curve {name!r}; there are {', '.join(FUNCTIONS)}")
    function, left, right, label = FUNCTIONS[name]
    inputs = [left + (right - left) * step / 120 for step in range(121)]
    values = [function(z) for z in inputs]
    low, high = min(0.0, *values), max(1.0, *values)
    width, height, top = 320, 150, 14

    def place(z: float, value: float) -> tuple[float, float]:
        return 20 + (z - left) / (right - left) * width, top + (high - value) / (high - low) * height

    canvas = Canvas()
    canvas.line(*place(left, 0), *place(right, 0), "p-axis")
    canvas.line(*place(0, low), *place(0, high), "p-axis")
    canvas.curve([place(z, value) for z, value in zip(inputs, values, strict=True)])
    for z in (left, right):
        canvas.text(place(z, 0)[0], place(z, 0)[1] + 12, number(z), "p-small")
    canvas.text(place(0, high)[0] - 8, place(0, high)[1], number(high), "p-small", "end")
    canvas.text(place(right, 0)[0], top + height + 26, label, "p-label", "end")
    return canvas


def _connections(options: dict[str, str]) -> Canvas:
    """Which inputs a unit is wired to: all, its neighbours, or its neighbours with the same weights everywhere."""
    kind = options.pop("kind")
    if kind not in ("dense", "local", "shared"):
        raise ValueError("kind must be dense, local or shared")
    units, canvas = 7, Canvas()
    for unit in range(units):
        for source in range(units):
            offset = source - unit
            if kind == "dense" or abs(offset) <= 1:
                shade = f"p-weight-{offset + 1}" if kind == "shared" else "p-wire"
                canvas.line(20 + source * 46, 130, 20 + unit * 46, 20, shade)
    for unit in range(units):
        canvas.dot(20 + unit * 46, 20, 10, "p-unit")
        canvas.dot(20 + unit * 46, 130, 10, "p-input")
    canvas.text(20 + units * 46, 20, "units", "p-label", "start")
    canvas.text(20 + units * 46, 130, "inputs", "p-label", "start")
    return canvas


def _mask(options: dict[str, str]) -> Canvas:
    """Two dropout masks of an n × n layer: which elements are dropped in one step, and in the next."""
    share, n = float(options.pop("p", "0.5")), _whole(options, "n", 6)
    if not 0 <= share <= 1:
        raise ValueError("p must be from 0 to 1")
    draws, canvas = np.random.default_rng(7).random((2, n, n)), Canvas()
    for step in range(2):
        x = step * (n * CELL + 48)
        canvas.text(x + n * CELL / 2, 8, ("one step", "the next step")[step], "p-label")
        dropped = draws[step] < share
        grid(canvas, x, 24, n, n, lambda i, j, dropped=dropped: "p-cell" if dropped[i, j] else "p-tap")  # type: ignore[misc]
        for i, j in zip(*np.nonzero(dropped), strict=True):
            canvas.text(x + (j + 0.5) * CELL, 24 + (i + 0.5) * CELL, "0", "p-small")
    return canvas


PICTURES: dict[str, Callable[[dict[str, str]], Canvas]] = {
    "window": _window,
    "pooling": _pooling,
    "arrays": _arrays,
    "heat": _heat,
    "layers": _layers,
    "function": _function,
    "connections": _connections,
    "mask": _mask,
}


def refused(error: PictureError) -> Markup:
    """What stands in the place of a picture that cannot be drawn."""
    return Markup('<p class="picture-refused">{}</p>').format(escape(f"A picture cannot be drawn: {error}"))
