"""Program text with colours and line numbers."""

from __future__ import annotations

from dataclasses import dataclass

from markupsafe import Markup, escape
from pygments import highlight
from pygments.formatters import HtmlFormatter
from pygments.lexers import PythonLexer, get_lexer_by_name
from pygments.util import ClassNotFound

from grader.contract.cells import marks
from server.rendering.places import anchor
from server.rendering.plain_text import visible_source


@dataclass(frozen=True, slots=True)
class Row:
    """A highlighted line, its number as a reader counts (in a notebook within its cell), and its id on the page.

    A row with a `cell` begins that cell and has no number.
    """

    line: Markup
    number: int
    anchor: str
    cell: int = 0


@dataclass(frozen=True, slots=True)
class Listing:
    """A file to read."""

    name: str
    rows: list[Row]


def listing(name: str, text: str, position: int = 0) -> Listing:
    """A Python file as numbered, highlighted lines; `position` is its place among the submission's files."""
    lexer = PythonLexer(stripnl=False, ensurenl=False)
    # Tokens that span lines are closed and opened again at each break by `nowrap`, so a split keeps the markup whole.
    coloured = highlight(visible_source(text).rstrip("\n"), lexer, HtmlFormatter(nowrap=True))
    lines = coloured.rstrip("\n").split("\n")
    cells = {line: cell for cell, line in marks(text).items()}
    rows, start = [], 0
    for number, line in enumerate(lines, 1):
        if cells and number == 1:
            continue  # the title that says what the text is
        start = number if number in cells else start
        row = anchor(position, name, number)
        rows.append(Row(Markup(line), number - start, row, cells.get(number, 0)))  # noqa: S704 - Pygments escapes
    return Listing(name, rows)


def highlight_fragment(code: str, language: str) -> Markup:
    """A piece of code in a text, coloured if its language is known."""
    try:
        lexer = get_lexer_by_name(language) if language else None
    except ClassNotFound:
        lexer = None
    if lexer is None:
        return escape(code)
    return Markup(highlight(code, lexer, HtmlFormatter(nowrap=True)))  # noqa: S704 - Pygments escapes
