"""XML written: elements with text, and files of them."""

from __future__ import annotations

import re

from lxml import etree
from lxml.etree import _Element as Element

from server.quiz.formats.exchange import NotHeld
from server.quiz.formats.xml_reading import NOTE, parse

UNHELD = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff\ud800-\udfff]")
"""Characters that XML has no way to write."""


def add(parent: Element, name: str, words: str = "", **attributes: str) -> Element:
    """A new last child in the parent's namespace. Raises NotHeld for a text that XML cannot hold."""
    space = etree.QName(parent).namespace
    values = {key: checked(value) for key, value in attributes.items()}
    element = etree.SubElement(parent, f"{{{space}}}{name}" if space else name, values)
    if checked(words):
        element.text = etree.CDATA(words) if re.search("[<&]", words) and "]]>" not in words else words
    return element


def checked(words: str) -> str:
    """The text. Raises NotHeld for one that XML cannot hold."""
    if UNHELD.search(words):
        raise NotHeld("It has a character in it that XML cannot hold.")
    return words


def put_note(element: Element, note: str) -> Element:
    """The question's element with what the format does not say, where every other program passes over it."""
    element.insert(0, etree.ProcessingInstruction(NOTE, note))
    return element


def document(root: Element, *, is_indented: bool = True) -> bytes:
    """The file. One with words and elements mixed is not indented: blanks would come into its texts."""
    if is_indented:
        etree.indent(root)
    else:
        root.text = "\n"
        for each in root:
            each.tail = "\n"
    return etree.tostring(root, xml_declaration=True, encoding="UTF-8")


def reparsed(element: Element) -> Element:
    """The element as a reader of the file finds it."""
    return parse(etree.tostring(element, with_tail=False, encoding="UTF-8"))
