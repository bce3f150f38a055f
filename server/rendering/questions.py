"""A question's texts for pages, and as plain text for files that know no Markdown."""

from __future__ import annotations

import re
from functools import lru_cache

from markdown_it import MarkdownIt
from markdown_it.token import Token
from markupsafe import Markup

from server.rendering.markdown import fragment_parser

ONE_PARAGRAPH = re.compile(r"<p>((?:(?!<p>).)*)</p>\s*", re.DOTALL)
FAILED = ("picture-refused", "formula-source")
"""Classes of what stands where a picture or a formula could not be shown."""


@lru_cache(maxsize=2048)
def show_text(text: str) -> Markup:
    """A stem or an explanation as HTML blocks; `text` is Markdown with formulas, code and pictures by name."""
    return Markup(_parser().render(text))  # noqa: S704 - the parser escapes; raw HTML is off


@lru_cache(maxsize=4096)
def show_inline(text: str) -> Markup:
    """An option or a reason: without a paragraph around it where it is one, so that it can stand in a line."""
    html = show_text(text)
    only = ONE_PARAGRAPH.fullmatch(html)
    return Markup(only.group(1)) if only else html  # noqa: S704 - a part of what is safe


def failures(text: str) -> list[str]:
    """What of a text cannot be shown: formulas that cannot be set, and pictures that cannot be drawn."""
    html = show_text(text)
    found = re.findall(rf'<(\w+) class="(?:{"|".join(FAILED)})"[^>]*>(.*?)</\1>', html, re.DOTALL)
    return [str(Markup(inner).striptags()) for _, inner in found]  # noqa: S704 - its tags are taken out


@lru_cache(maxsize=4096)
def plain_text(text: str) -> str:
    """The text without Markdown's marks: formulas as TeX, tables as lines, a picture as its caption."""
    return "\n\n".join(part for part in _blocks(_parser().parse(text)) if part)


@lru_cache(maxsize=1)
def _parser() -> MarkdownIt:
    return fragment_parser()


def _blocks(tokens: list[Token]) -> list[str]:
    """One text for each paragraph, formula, piece of code or table."""
    blocks: list[str] = []
    cells: list[str] | None = None
    for token in tokens:
        if token.type == "tr_open":
            cells = []
        elif token.type == "tr_close" and cells is not None:
            blocks.append(" | ".join(cells))
            cells = None
        elif token.type == "inline" and cells is not None:
            cells.append(_line(token.children or []))
        elif token.type == "inline":
            blocks.append(_line(token.children or []))
        elif token.type in ("fence", "code_block", "math_block"):
            blocks.append(_apart(token))
    return blocks


def _apart(token: Token) -> str:
    content = token.content.strip("\n")
    return f"[{content.strip() or token.info}]" if token.info.startswith("picture") else content


def _line(tokens: list[Token]) -> str:
    return "".join("\n" if token.type in ("softbreak", "hardbreak") else token.content for token in tokens)
