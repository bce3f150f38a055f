"""Program text with colours and line numbers."""

from __future__ import annotations

from dataclasses import dataclass

from markupsafe import Markup, escape
from pygments import highlight
from pygments.formatters import HtmlFormatter
from pygments.lexers import PythonLexer, get_lexer_by_name
from pygments.util import ClassNotFound

from server.rendering.plain_text import visible_source


@dataclass(frozen=True, slots=True)
class Listing:
    """A file to read: `rows` are (line number, highlighted line)."""

    name: str
    rows: list[tuple[int, Markup]]


def listing(name: str, text: str) -> Listing:
    """A Python file as numbered, highlighted lines."""
    lexer = PythonLexer(stripnl=False, ensurenl=False)
    # Tokens that span lines are closed and opened again at each break by `nowrap`, so a split keeps the markup whole.
    coloured = highlight(visible_source(text).rstrip("\n"), lexer, HtmlFormatter(nowrap=True))
    lines = coloured.rstrip("\n").split("\n")
    return Listing(name, [(number, Markup(line)) for number, line in enumerate(lines, 1)])  # noqa: S704 - Pygments escapes


def highlight_fragment(code: str, language: str) -> Markup:
    """A piece of code in a text, coloured if its language is known."""
    try:
        lexer = get_lexer_by_name(language) if language else None
    except ClassNotFound:
        lexer = None
    if lexer is None:
        return escape(code)
    return Markup(highlight(code, lexer, HtmlFormatter(nowrap=True)))  # noqa: S704 - Pygments escapes
