"""What a check shows, for a terminal: a small line for each curve, a row for each layer."""

from __future__ import annotations

from rich.console import Console
from rich.padding import Padding
from rich.table import Table
from rich.text import Text

from grader.contract.figure import Chart, Curve, FeatureMaps, Figure

BARS = "▁▂▃▄▅▆▇█"
WIDEST = 32


def show_figure(figure: Figure, console: Console) -> None:
    """Print a figure below its check."""
    table = _chart(figure) if isinstance(figure, Chart) else _maps(figure)
    console.print(Text(f"    {figure.title}", style="bold"))
    console.print(Padding(table, (0, 0, 0, 4)))
    if figure.note:
        console.print(Padding(Text(figure.note, style="dim"), (0, 0, 0, 4)))


def sparkline(curve: Curve) -> str:
    """The curve's course in at most 32 letters, a blank for each gap."""
    count = min(WIDEST, len(curve.y))
    picked = [curve.y[number * len(curve.y) // count] for number in range(count)]
    known = [value for value in picked if value is not None]
    low, half = min(known, default=0.0), max(known, default=0.0) / 2 - min(known, default=0.0) / 2
    return "".join(" " if value is None else BARS[_step(value / 2 - low / 2, half)] for value in picked)


def _step(above: float, half: float) -> int:
    return min(len(BARS) - 1, int(above / half * len(BARS))) if half > 0 else 0


def _chart(chart: Chart) -> Table:
    table = Table(box=None, pad_edge=False, header_style="dim")
    table.add_column(f"{chart.y_label} over {chart.x_label}", overflow="fold")
    table.add_column("", no_wrap=True)
    table.add_column("first", justify="right")
    table.add_column("last", justify="right")
    for curve in chart.curves:
        known = [f"{value:.4g}" for value in curve.y if value is not None] or ["no value"]
        table.add_row(Text(curve.name), sparkline(curve), known[0], known[-1])
    if chart.limit is not None:
        table.add_row("asked for", "", "", f"{chart.limit:.4g}")
    return table


def _maps(maps: FeatureMaps) -> Table:
    table = Table(box=None, pad_edge=False, header_style="dim")
    for name in ("layer", "shape", "smallest", "largest"):
        table.add_column(name, justify="left" if name == "layer" else "right", overflow="fold")
    for layer in maps.layers:
        ends = (f"{end:.4g}" for end in (layer.maps.low, layer.maps.high))
        table.add_row(Text(layer.name), " × ".join(map(str, layer.shape)), *ends)
    return table
