"""`stride quiz analyse`: the item analysis of any table of marks."""

from __future__ import annotations

import json
import sys
from typing import BinaryIO

import click
from rich.box import SIMPLE_HEAD
from rich.console import Console
from rich.markup import escape
from rich.table import Table
from rich.text import Text

from server.commands.installation import InputRefused
from server.quiz.analysis import Analysis, QuizFigures, analyse
from server.quiz.analysis.readings import read_item, read_quiz
from server.quiz.analysis.rows import MarksError
from server.quiz.analysis.table import MarksTable, read_marks

COLUMNS = ("Facility", "SD", "Discrimi-\nnation", "Effi-\nciency", "Weight")
STYLES = {"bad": "red", "warn": "yellow", "good": "green", "quiet": "dim"}
UNITS = (
    "Facility: mean / maximum. SD: in marks. Discrimination: correlation with the rest, in percent. Efficiency: of "
    "what the marks allow, in percent. Weight: effective weight, in percent. All as Moodle defines them."
)


def read_maxima(_context: click.Context, _option: click.Parameter, given: tuple[str, ...]) -> dict[str, float]:
    """`COLUMN=VALUE` or `VALUE` (under the name ""), several times. Raises BadParameter."""
    maxima = {}
    for text in given:
        name, _, value = text.rpartition("=")
        try:
            maximum = float(value)
        except ValueError:
            raise click.BadParameter(f"{text!r} must be COLUMN=VALUE, such as q1=2, or a number for all.") from None
        if not 0 < maximum < float("inf"):
            raise click.BadParameter(f"{text!r}: a maximum is a number above 0.")
        maxima[name.strip()] = maximum
    return maxima


@click.command("analyse")
@click.argument("file", type=click.File("rb"), metavar="MARKS")
@click.option(
    "--max",
    "maxima",
    multiple=True,
    callback=read_maxima,
    metavar="COLUMN=VALUE",
    help="The most that an item gives; without COLUMN=, of every item. Else the largest mark stands for it.",
)
@click.option("--json", "as_json", is_flag=True, help="Print the figures as JSON on standard output alone.")
def analyse_marks(file: BinaryIO, maxima: dict[str, float], as_json: bool) -> None:
    """Item analysis of MARKS, a CSV or XLSX file (- for a pipe): rows are students, columns items.

    A header and a first column with student numbers are optional. An empty cell is an item that the student did not
    get.
    """
    try:
        table = read_marks(file.read(), {name: most for name, most in maxima.items() if name}, maxima.get(""))
    except MarksError as error:
        raise InputRefused(str(error)) from None
    found = analyse(table.marks, table.maxima, table.names)
    for note in table.notes:
        click.echo(note, err=True)
    if as_json:
        sys.stdout.write(json.dumps(found.to_dict(), indent=2, ensure_ascii=False, allow_nan=False) + "\n")
    else:
        _show(found, table)


def _show(found: Analysis, table: MarksTable) -> None:
    console = Console()
    shown = Table(title=f"{found.quiz.n} students, {len(table.names)} items", title_justify="left", box=SIMPLE_HEAD)
    shown.add_column("Item", overflow="fold", min_width=8)
    for name in COLUMNS:
        shown.add_column(name, justify="right", no_wrap=True)
    shown.add_column("Reading", overflow="fold", min_width=12)
    for item in found.items:
        reading = read_item(item)
        figures = [item.facility, item.sd, item.discrimination_index, item.discriminative_efficiency]
        shown.add_row(
            escape(item.name), *map(figure, [*figures, item.effective_weight]), Text(reading.word, STYLES[reading.tone])
        )
    console.print(shown)
    console.print(UNITS, style="dim", soft_wrap=True)
    console.print(whole(found.quiz), soft_wrap=True, highlight=False)


def whole(quiz: QuizFigures) -> str:
    """The figures of the whole, a line each."""
    most = "" if quiz.max is None else f" of {quiz.max:g}"
    consistency, ratio, error = figure(quiz.cic, " %"), figure(quiz.error_ratio, " %"), figure(quiz.standard_error)
    return "\n".join(
        [
            f"Mean {figure(quiz.mean)}{most}, median {figure(quiz.median)}, SD {figure(quiz.sd)} marks",
            f"Skewness {figure(quiz.skewness)}, kurtosis {figure(quiz.kurtosis)}",
            f"Internal consistency (alpha) {consistency}: {read_quiz(quiz).advice}",
            f"Error ratio {ratio}, standard error {error} marks",
        ]
    )


def figure(value: float | None, unit: str = "") -> str:
    """A figure with four significant digits."""
    return "undefined" if value is None else f"{value:.4g}{unit}"
