r"""HTML to Markdown: what quiz programs write in questions, read by what it shows.

Kept: paragraphs, line breaks, bold, italics, struck-out text, code, lists, tables, quotations, links, headings (bold),
sub- and superscripts, and formulas (`\(…\)`, `\[…\]`, `$$…$$`, Canvas's equation images, MathML with its TeX).
Colours, sizes and fonts are left behind. Pictures and other media are refused.
"""

from __future__ import annotations

from lxml.etree import _Element as Element

from server.quiz.formats.exchange import NotHeld
from server.quiz.formats.markup import html_blocks, html_words
from server.quiz.formats.markup.html_blocks import Blocks
from server.quiz.formats.markup.html_inline import Marks
from server.quiz.formats.markup.html_tree import BLOCKS, MARKS, MEDIA, SILENT, name, parse

DEEPEST = 60
HEADINGS = {"h1", "h2", "h3", "h4", "h5", "h6"}
HEADING = ("**",)
"""A question has no headings, as several stand on a page; one becomes a bold line."""


def from_html(text: str) -> str:
    """HTML as Markdown. Raises NotHeld for media."""
    return from_element(parse(text)) if text.strip() else ""


def from_element(element: Element) -> str:
    """What is in an element, as Markdown. Raises NotHeld for media."""
    return _blocks_in(element, 0).markdown()


def _blocks_in(element: Element, depth: int) -> Blocks:
    blocks = Blocks()
    _read_children(element, blocks, (), depth)
    blocks.end_line()
    return blocks


def _read_children(element: Element, blocks: Blocks, marks: Marks, depth: int) -> None:
    if depth > DEEPEST:
        raise NotHeld("Its HTML is nested too deeply.")
    blocks.line.add_text(element.text, marks)
    for child in element:
        _read(child, blocks, marks, depth + 1)
        blocks.line.add_text(child.tail, marks)


def _read(element: Element, blocks: Blocks, marks: Marks, depth: int) -> None:
    kind = name(element)
    if kind in MEDIA:
        raise NotHeld(f"It has {MEDIA[kind]} in it (<{kind}>), which cannot come over.")
    if kind in html_blocks.READERS:
        blocks.end_line()
        html_blocks.READERS[kind](element, blocks, lambda each: _part(each, element, depth + 1))
    elif kind in BLOCKS:
        blocks.end_line()
        _read_children(element, blocks, HEADING if kind in HEADINGS else marks, depth)
        blocks.end_line()
    elif kind == "br":
        blocks.line.add_break()
    elif kind == "a":
        shown = _blocks_in(element, depth).markdown(" ")
        blocks.line.add_markdown(html_words.link(shown, element.get("href", "").strip()), marks)
    elif kind in html_words.READERS:
        blocks.line.add_markdown(html_words.READERS[kind](element), marks)
    elif kind in MARKS and MARKS[kind] not in marks:
        _read_children(element, blocks, (*marks, MARKS[kind]), depth)
    elif kind and kind not in SILENT:
        _read_children(element, blocks, marks, depth)


def _part(element: Element, block: Element, depth: int) -> Blocks:
    """What is in a block or a part of it. A list within a list that is in no item of it is one itself."""
    if element is block or name(element) not in html_blocks.READERS:
        return _blocks_in(element, depth)
    blocks = Blocks()
    _read(element, blocks, (), depth)
    return blocks
