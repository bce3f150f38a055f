"""Markdown read as a question's pages read it, so that what is written elsewhere says the same."""

from __future__ import annotations

import re
from functools import lru_cache

from markdown_it import MarkdownIt
from markdown_it.token import Token

from server.quiz.formats.exchange import NotHeld
from server.rendering.markdown import fragment_parser

ELSEWHERE = re.compile(r"^ {0,3}#{1,6}[ \t]|!\[|^ {0,3}(?:=+|-+)[ \t]*$", re.MULTILINE)


@lru_cache(maxsize=1)
def parser() -> MarkdownIt:
    """The pages' own."""
    return fragment_parser()


def tokens(text: str) -> list[Token]:
    """The text's tokens. Raises NotHeld for one with a picture, which no other format can hold."""
    found = parser().parse(text)
    if any(token.type == "fence" and token.info.split()[:1] == ["picture"] for token in found):
        raise NotHeld("It has a picture that Stride draws, which only Stride's own format holds.")
    return found


def is_elsewhere(text: str) -> bool:
    """Whether a text has Markdown that other programs know and questions here do not: headings and images."""
    return ELSEWHERE.search(text) is not None


def html_of(text: str) -> str:
    """Markdown as other programs read it, with HTML in it, as HTML. Formulas are left as they are written."""
    return str(MarkdownIt("commonmark", {"html": True}).enable(["table", "strikethrough"]).render(text))
