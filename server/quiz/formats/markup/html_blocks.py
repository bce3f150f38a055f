"""The blocks of HTML as Markdown: code, quotations, lists and tables."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass, field

from lxml.etree import _Element as Element

from server.quiz.formats.exchange import NotHeld
from server.quiz.formats.markup.escaping import fenced
from server.quiz.formats.markup.html_inline import Line
from server.quiz.formats.markup.html_tree import name, text_in


@dataclass(slots=True)
class Blocks:
    """The blocks that were read, each with its kind, and the line that is being read."""

    done: list[tuple[str, str]] = field(default_factory=list)
    line: Line = field(default_factory=Line)

    def end_line(self) -> None:
        """Make the line a paragraph, where there is anything in it."""
        self.add("p", self.line.markdown())
        self.line = Line()

    def add(self, kind: str, markdown: str) -> None:
        """Add a block; one with nothing in it is left out."""
        if markdown:
            self.done.append((kind, markdown))

    @property
    def is_tight(self) -> bool:
        """Whether an item with these blocks needs no blank lines: a line of text, then at most a list."""
        kinds = [kind for kind, _ in self.done]
        return kinds in (["p"], ["p", "ul"]) or (kinds == ["p", "ol"] and self.done[1][1].startswith("1"))

    def markdown(self, between: str = "\n\n") -> str:
        """All blocks."""
        self.end_line()
        return between.join(markdown for _, markdown in self.done)


Inner = Callable[[Element], Blocks]
"""Reads what is in an element."""


def _fence(element: Element, blocks: Blocks, _: Inner) -> None:
    classes = " ".join(each.get("class", "") for each in element.iter() if isinstance(each.tag, str))
    language = re.search(r"\blanguage-([\w+#-]+)", classes)
    code = text_in(element).strip("\n")
    if code.strip():
        blocks.add("pre", fenced(code, language[1] if language else ""))


def _rule(_: Element, blocks: Blocks, __: Inner) -> None:
    blocks.add("hr", "***")


def _quotation(element: Element, blocks: Blocks, inner: Inner) -> None:
    blocks.add("quote", _prefixed(inner(element).markdown(), "> ", "> "))


def _prefixed(markdown: str, first: str, others: str) -> str:
    """A block with a sign before its first line and the others behind it."""
    lines = markdown.split("\n") if markdown else []
    return "\n".join(f"{first if index == 0 else others}{line}".rstrip(" ") for index, line in enumerate(lines))


def _list(element: Element, blocks: Blocks, inner: Inner) -> None:
    bodies = [body for child in element if (body := inner(child)).done]
    between = "\n" if all(body.is_tight for body in bodies) else "\n\n"
    heads = _heads(element, blocks, len(bodies))
    items = [_prefixed(body.markdown(between), head, " " * len(head)) for head, body in zip(heads, bodies, strict=True)]
    blocks.add(name(element), between.join(items))


def _heads(element: Element, blocks: Blocks, count: int) -> list[str]:
    """What stands before each item; a list that follows another of its kind has another sign, or they would be one."""
    follows = bool(blocks.done) and blocks.done[-1][0] == name(element)
    before = blocks.done[-1][1].split(" ", 1)[0][-1] if follows else ""
    if name(element) == "ul":
        return [f"{'*' if before == '-' else '-'} "] * count
    number = element.get("start", "1")
    first = int(number) if number.isdecimal() and len(number) < 8 else 1
    return [f"{first + index}{')' if before == '.' else '.'} " for index in range(count)]


def _table(element: Element, blocks: Blocks, inner: Inner) -> None:
    if sum(name(each) == "table" for each in element.iter()) > 1:
        raise NotHeld("It has a table within a table.")
    for caption in (each for each in element if name(each) == "caption"):
        blocks.add("p", inner(caption).markdown())
    rows = [[cell for cell in row if name(cell) in ("td", "th")] for row in element.iter() if name(row) == "tr"]
    rows = [row for row in rows if row]
    if not rows:
        return
    written = [[_cell(cell, inner) for cell in row] for row in rows]
    width = max(len(row) for row in written)
    has_head = all(name(cell) == "th" for cell in rows[0])
    lines = ([] if has_head else [[""] * width]) + [row + [""] * (width - len(row)) for row in written]
    lines.insert(1, ["---"] * width)
    blocks.add("table", "\n".join(f"| {' | '.join(line)} |" for line in lines))


def _cell(cell: Element, inner: Inner) -> str:
    if cell.get("colspan", "1") != "1" or cell.get("rowspan", "1") != "1":
        raise NotHeld("It has a table with cells that span several rows or columns.")
    body = inner(cell)
    if any(kind != "p" for kind, _ in body.done):
        raise NotHeld("It has a table with lists, code blocks or quotations in its cells.")
    return body.markdown(" ").replace("\\\n", " ").replace("\n", " ").replace("|", r"\|")


READERS: dict[str, Callable[[Element, Blocks, Inner], None]] = {
    "pre": _fence,
    "hr": _rule,
    "blockquote": _quotation,
    "ul": _list,
    "ol": _list,
    "table": _table,
}
"""Elements that are blocks of their own kind."""
