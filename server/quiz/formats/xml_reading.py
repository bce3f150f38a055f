"""XML from strangers: no document type, so no entities; nothing fetched; bounded in size, depth and elements."""

from __future__ import annotations

import re

from lxml import etree
from lxml.etree import _Element as Element

from server.quiz.formats.difference import Fields, read_note
from server.quiz.formats.exchange import LARGEST_FILE, FormatError

DEEPEST = 100
MOST_ELEMENTS = 250_000
NOTE = "stride"
"""The processing instruction that holds what a format does not say; every other program passes over it."""
BEFORE_THE_ROOT = re.compile(rb"\A(?:(?!<[A-Za-z_]).)*", re.DOTALL)
WIDE = (b"\xff\xfe", b"\xfe\xff", b"<\x00", b"\x00<")


def parse(data: bytes) -> Element:
    """The root element. Raises FormatError for what is no XML, is too large, or has a document type."""
    if len(data) > LARGEST_FILE:
        raise FormatError(f"The file has more than {LARGEST_FILE // 1024 // 1024} MB. Split it.")
    head = data.replace(b"\x00", b"") if data.startswith(WIDE) else data
    found = BEFORE_THE_ROOT.match(head)
    if found and re.search(rb"<!DOCTYPE|<!ENTITY", found.group(), re.IGNORECASE):
        raise _document_type()
    parser = etree.XMLParser(
        resolve_entities=False, no_network=True, load_dtd=False, dtd_validation=False, huge_tree=False, recover=False
    )
    try:
        root = etree.fromstring(data, parser)
    except etree.XMLSyntaxError as error:
        raise FormatError(f"The XML is broken: {error.msg}.") from None
    except ValueError as error:
        raise FormatError(f"The XML is broken: {error}.") from None
    if root.getroottree().docinfo.internalDTD is not None:
        raise _document_type()
    _check_size(root)
    return root


def _document_type() -> FormatError:
    return FormatError(
        "The XML has a document type (<!DOCTYPE …>). It is not read, as such a file can name other files and grow "
        "without bound. Remove that line: questions do not need it."
    )


def _check_size(root: Element) -> None:
    """Raise FormatError for a tree too deep or too large."""
    depth = count = 0
    for event, element in etree.iterwalk(root, events=("start", "end")):
        depth += 1 if event == "start" else -1
        count += event == "start"
        if depth > DEEPEST or count > MOST_ELEMENTS:
            raise FormatError(f"The XML is nested deeper than {DEEPEST} levels or has over {MOST_ELEMENTS:,} elements.")
        if isinstance(element, etree._Entity):  # noqa: SLF001 - lxml names its classes so
            raise FormatError("The XML has an entity that it does not define.")


def name(element: Element) -> str:
    """An element's name without its namespace; empty for comments and processing instructions."""
    return etree.QName(element).localname if isinstance(element.tag, str) else ""


def children(element: Element | None, *names: str) -> list[Element]:
    """The children with one of some names, whatever their namespace; all elements where no name is given."""
    if element is None:
        return []
    return [each for each in element if name(each) and (not names or name(each) in names)]


def child(element: Element | None, *names: str) -> Element | None:
    """The first of them."""
    return next(iter(children(element, *names)), None)


def below(element: Element, *names: str) -> list[Element]:
    """The elements with one of some names at any depth, in order."""
    return [each for each in element.iter() if name(each) in names]


def text(element: Element | None) -> str:
    """All text in an element; empty for None."""
    return "" if element is None else "".join(str(part) for part in element.itertext(with_tail=False))


def note_in(element: Element) -> Fields:
    """What Stride left beside a question; empty where there is nothing."""
    for each in element:
        if isinstance(each, etree._ProcessingInstruction) and each.target == NOTE:  # noqa: SLF001 - as above
            return read_note(each.text or "")
    return {}
