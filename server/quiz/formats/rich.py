"""Texts that name their markup, as Moodle's formats and QTI have them, to Markdown."""

from __future__ import annotations

import html
import re

from server.quiz.formats.markup.html_reading import from_html
from server.quiz.formats.markup.html_tree import has_tags
from server.quiz.formats.markup.html_writing import to_html
from server.quiz.formats.markup.markdown import html_of, is_elsewhere
from server.quiz.formats.markup.plain import from_plain, to_plain

MARKUPS = ("moodle", "html", "plain", "markdown")


def to_markdown(text: str, markup: str) -> str:
    """A text in one of `MARKUPS` as Markdown. `moodle` is plain text in which HTML may be. Raises NotHeld for media."""
    text = re.sub(r"\r\n?", "\n", text)
    if markup == "html":
        return from_html(text).strip()
    if markup == "markdown":
        return (from_html(html_of(text)) if has_tags(text) or is_elsewhere(text) else text).strip()
    if markup == "moodle" and has_tags(text):
        return from_html(text.strip().replace("\n", "<br>")).strip()
    if markup == "moodle":
        text = re.sub(r"^[ \t]+", "", html.unescape(text), flags=re.MULTILINE)
    return from_plain(text).strip()


def simple(text: str) -> str | None:
    """The text as plain text, where it is no more than words and formulas and any program shows it so; else None."""
    plain = to_plain(text)
    is_simple = not (plain.lost or plain.has_code or re.search(r"[<>&]", plain.text))
    return plain.text if is_simple and to_markdown(plain.text, "moodle") == text else None


__all__ = ["MARKUPS", "simple", "to_html", "to_markdown"]
