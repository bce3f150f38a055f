r"""Plain text to Markdown that shows the same, and Markdown to the plain text that a reader would copy.

In plain text, formulas stand between `\(…\)`, and code between backticks, as people write both there.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from markdown_it.token import Token

from server.quiz.formats.markup.escaping import (
    JOINER,
    code_span,
    escape_line_starts,
    escape_text,
    formulas,
    without_joiners,
)
from server.quiz.formats.markup.markdown import tokens

CODE = re.compile(r"(?<!`)(`+)(?!`)([^\n]+?)(?<!`)\1(?!`)")
BLANK_LINES = re.compile(r"\n[ \t]*(?:\n[ \t]*)+")
NO_BREAK_SPACE = "\u00a0"
INDENT = re.compile(f"^{NO_BREAK_SPACE}+", re.MULTILINE)


@dataclass(frozen=True, slots=True)
class Plain:
    """A text without markup. `lost` says what markup had to go; `has_code` whether backticks stand for code."""

    text: str
    lost: frozenset[str]
    has_code: bool


def from_plain(text: str) -> str:
    """Plain text as Markdown: its lines stay lines, and nothing in it is markup but formulas and code."""
    paragraphs = BLANK_LINES.split(text.strip("\n").rstrip())
    return "\n\n".join("\\\n".join(_line(line) for line in paragraph.split("\n")) for paragraph in paragraphs)


def _line(line: str) -> str:
    bare = line.strip(" \t")
    indent = len(line.rstrip(" \t")) - len(bare)
    return NO_BREAK_SPACE * indent + escape_line_starts(join_pieces(list(_pieces(bare))))


Piece = tuple[bool, str]
"""Whether it is Markdown already, and the text."""


def _pieces(text: str) -> Iterator[Piece]:
    end = 0
    for found in CODE.finditer(text):
        yield from maths_pieces(text[end : found.start()])
        yield True, code_span(_between_ticks(found[2]))
        end = found.end()
    yield from maths_pieces(text[end:])


def _between_ticks(code: str) -> str:
    """Code without the blank that keeps it from its backticks, as Markdown reads it."""
    is_padded = code[0] == code[-1] == " " and code.strip()
    return code[1:-1] if is_padded else code


def maths_pieces(text: str) -> Iterator[Piece]:
    """Text with its formulas taken out and written between dollars."""
    end = 0
    for start, stop, written in formulas(text):
        yield False, text[end:start]
        yield True, written
        end = stop
    yield False, text[end:]


def join_pieces(pieces: list[Piece]) -> str:
    """The pieces of a line with the text among them escaped, and formulas kept off digits and dollars."""
    line = ""
    pieces = [piece for piece in pieces if piece[1]]
    for index, (is_markdown, text) in enumerate(pieces):
        after = pieces[index + 1][1][0] if index + 1 < len(pieces) else ""
        if not is_markdown:
            line += escape_text(text, line[-1:], after)
            continue
        if text[0] == "$" and line and (line[-1].isdigit() or line[-1] == "$"):
            line += JOINER
        line += text
        if text[-1] == "$" and after.isdigit():
            line += JOINER
    return line


def to_plain(text: str) -> Plain:
    """The text without its markup. Raises NotHeld for a picture."""
    writer = _Writer()
    writer.blocks(tokens(text))
    text = INDENT.sub(lambda found: " " * len(found.group()), without_joiners(writer.text.strip("\n")))
    return Plain(text, frozenset(writer.lost), writer.has_code)


LOSSES = {
    "strong_open": "bold type",
    "em_open": "italics",
    "s_open": "struck-out text",
    "link_open": "links",
    "bullet_list_open": "lists",
    "ordered_list_open": "lists",
    "blockquote_open": "quotations",
    "table_open": "tables",
    "fence": "code blocks",
    "code_block": "code blocks",
    "hr": "rules",
}


class _Writer:
    """Collects the text of tokens."""

    def __init__(self) -> None:
        self.text = ""
        self.lost: set[str] = set()
        self.has_code = False

    def blocks(self, found: list[Token]) -> None:
        for token in found:
            if token.type in LOSSES:
                self.lost.add(LOSSES[token.type])
            if token.type == "inline":
                self.inline(token.children or [])
            elif token.type in ("fence", "code_block"):
                self.text += f"{token.content.rstrip(chr(10))}\n\n"
            elif token.type in ("math_block", "math_block_label"):
                self.text += f"\\[{' '.join(token.content.split())}\\]\n\n"
            elif token.type in ("th_close", "td_close"):
                self.text += " | "
            elif token.type == "paragraph_close":
                self.text += "\n" if token.hidden else "\n\n"
            elif token.type == "tr_close":
                self.text = f"{self.text.removesuffix(' | ')}\n"
            elif token.type == "list_item_open":
                self.text += f"{token.info}{token.markup} " if token.info else "- "

    def inline(self, found: list[Token]) -> None:
        for token in found:
            if token.type in LOSSES:
                self.lost.add(LOSSES[token.type])
            if token.type == "softbreak":
                self.text += " "
            elif token.type == "hardbreak":
                self.text += "\n"
            elif token.type == "code_inline":
                self.has_code = True
                self.text += code_span(token.content)
            elif token.type == "math_inline":
                self.text += rf"\({token.content.strip()}\)"
            elif token.type == "math_inline_double":
                self.text += rf"\[{token.content.strip()}\]"
            elif token.type == "link_close":
                pass
            else:
                self.text += token.content
