"""A line of HTML put together as Markdown: text, code, formulas and breaks, each with the marks around it."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field

from server.quiz.formats.markup.escaping import escape_line_starts
from server.quiz.formats.markup.plain import join_pieces, maths_pieces

BLANKS = re.compile(r"([ \t\r\n\f\u00a0]+)")
Marks = tuple[str, ...]
"""The signs around a piece, outermost first: `**`, `*`, `~~`."""


@dataclass(frozen=True, slots=True)
class Piece:
    """Text, or with `is_markdown` something that is Markdown already.

    A blank is a piece of its own, so that it may be left out: a space, or a line feed where the HTML's source has one.
    """

    text: str
    marks: Marks = ()
    is_markdown: bool = False

    @property
    def is_blank(self) -> bool:
        """Whether it only keeps its neighbours apart."""
        return self.text in (" ", "\n") and not self.is_markdown


BREAK = Piece("\n", is_markdown=True)


@dataclass(slots=True)
class Line:
    """The inline content of a block while it is read."""

    pieces: list[Piece] = field(default_factory=list)

    def add_text(self, text: str | None, marks: Marks) -> None:
        """Add text as it stands in HTML, where any run of blanks is one, and formulas are between `\\(` and `\\)`."""
        for is_markdown, part in maths_pieces(text or ""):
            if is_markdown:
                self.add_markdown(part, marks)
                continue
            for word in BLANKS.split(part):
                if word and BLANKS.fullmatch(word):
                    self.pieces.append(Piece("\n" if "\n" in word else " ", marks))
                elif word:
                    self.pieces.append(Piece(word, marks))

    def add_markdown(self, markdown: str, marks: Marks) -> None:
        """Add code, a formula or a link."""
        if markdown:
            self.pieces.append(Piece(markdown, marks, is_markdown=True))

    def add_break(self) -> None:
        """Begin a new line in the same block."""
        self.pieces.append(BREAK)

    def markdown(self) -> str:
        """The line, or the lines between its breaks; empty where there is nothing to see."""
        lines: list[list[Piece]] = [[]]
        for piece in self.pieces:
            if piece is BREAK:
                lines.append([])
            else:
                lines[-1].append(piece)
        written = [_written(_with_single_blanks(line)) for line in lines]
        return escape_line_starts("\\\n".join(line for line in written if line))


def _with_single_blanks(line: list[Piece]) -> list[Piece]:
    """The pieces with one blank between words, none at the ends, and each outside the marks that begin or end there."""
    tidy: list[Piece] = []
    blank = ""
    for piece in line:
        if piece.is_blank:
            blank = blank if blank == "\n" else piece.text
            continue
        if blank and tidy:
            tidy.append(Piece(blank, _shared(tidy[-1].marks, piece.marks)))
        tidy.append(piece)
        blank = ""
    return tidy


def _shared(one: Marks, other: Marks) -> Marks:
    length = 0
    while length < min(len(one), len(other)) and one[length] == other[length]:
        length += 1
    return one[:length]


@dataclass(slots=True, eq=False)
class _Sign:
    """One end of a mark in the line."""

    text: str
    is_opening: bool
    partner: _Sign | None = None


def _written(line: list[Piece]) -> str:
    items = list(_with_signs(line))
    while idle := _idle_signs(items):
        items = [item for item in items if not (isinstance(item, _Sign) and item in idle)]
    parts = [(True, item.text) if isinstance(item, _Sign) else (item.is_markdown, item.text) for item in items]
    return join_pieces(_merged(parts))


def _with_signs(line: list[Piece]) -> Iterator[Piece | _Sign]:
    """The pieces with their marks' signs between them."""
    stack: list[_Sign] = []
    for piece in [*line, Piece("")]:
        kept = len(_shared(tuple(sign.text for sign in stack), piece.marks))
        while len(stack) > kept:
            opening = stack.pop()
            opening.partner = _Sign(opening.text, is_opening=False, partner=opening)
            yield opening.partner
        for text in piece.marks[kept:]:
            stack.append(_Sign(text, is_opening=True))
            yield stack[-1]
        if piece.text:
            yield piece


def _idle_signs(items: list[Piece | _Sign]) -> set[_Sign]:
    """The signs that Markdown would show as they are, as in `a**(b)**`, each with its partner."""
    idle: set[_Sign] = set()
    for index, item in enumerate(items):
        if not isinstance(item, _Sign):
            continue
        outside, inside = (_beside(items, index, -1), _beside(items, index, 1))
        if not item.is_opening:
            outside, inside = inside, outside
        if _is_blank(inside) or (_is_mark(inside) and not _is_blank(outside) and not _is_mark(outside)):
            idle |= {item, item.partner or item}
    return idle


def _beside(items: list[Piece | _Sign], index: int, step: int) -> str:
    """The character before or behind a sign, past other signs."""
    index += step
    while 0 <= index < len(items) and isinstance(items[index], _Sign):
        index += step
    return items[index].text[0 if step > 0 else -1] if 0 <= index < len(items) else " "


def _is_blank(character: str) -> bool:
    return character.isspace()


def _is_mark(character: str) -> bool:
    return not character.isalnum() and not character.isspace()


def _merged(parts: list[tuple[bool, str]]) -> list[tuple[bool, str]]:
    """The parts with neighbouring texts as one, so that what they are together is escaped."""
    merged: list[tuple[bool, str]] = []
    for is_markdown, text in parts:
        if merged and not is_markdown and not merged[-1][0]:
            merged[-1] = (False, merged[-1][1] + text)
        else:
            merged.append((is_markdown, text))
    return merged
