"""HTML from anywhere as a tree: which elements are known, and what text is in them."""

from __future__ import annotations

import re

import lxml.html
from lxml import etree
from lxml.etree import _Element as Element

from server.quiz.formats.exchange import NotHeld

LONGEST = 100_000
MARKS = {"b": "**", "strong": "**", "i": "*", "em": "*", "s": "~~", "strike": "~~", "del": "~~"}
CODE = {"code", "tt", "kbd", "samp", "var"}
SILENT = {"script", "style", "head", "title", "meta", "link", "template", "noscript"}
MEDIA = {
    **dict.fromkeys(("audio", "video", "object", "embed", "iframe", "applet"), "media"),
    **dict.fromkeys(("svg", "canvas", "map", "picture"), "a picture"),
    **dict.fromkeys(("input", "select", "textarea", "form", "button"), "a field to fill in"),
}
BLOCKS = {
    *("p", "div", "section", "article", "header", "footer", "main", "aside", "nav", "center", "address", "figure"),
    *("figcaption", "details", "summary", "dl", "dt", "dd", "fieldset", "body", "html", "prompt", "caption"),
    *("ul", "ol", "li", "pre", "blockquote", "table", "hr", "h1", "h2", "h3", "h4", "h5", "h6"),
}
TAGS = {*MARKS, *CODE, *SILENT, *MEDIA, *BLOCKS} | {
    *("a", "abbr", "big", "br", "cite", "font", "img", "ins", "label", "mark", "math", "q", "small", "span", "sub"),
    *("sup", "u", "tbody", "td", "tfoot", "th", "thead", "tr", "wbr", "nolink", "bdo", "bdi", "col", "colgroup"),
}
MATHML = {
    *("annotation", "annotation-xml", "menclose", "mfenced", "mfrac", "mi", "mmultiscripts", "mn", "mo", "mover"),
    *("mpadded", "mphantom", "mroot", "mrow", "mspace", "msqrt", "mstyle", "msub", "msubsup", "msup", "mtable", "mtd"),
    *("mtext", "mtr", "munder", "munderover", "semantics"),
}
KNOWN = "|".join(sorted(TAGS | MATHML))
NO_TAG = re.compile(rf"<(?!/?(?:{KNOWN})[\s/>]|!--)", re.IGNORECASE)
TAG = re.compile(rf"</?(?:{KNOWN})(?:\s[^<>]*)?/?>", re.IGNORECASE)


def has_tags(text: str) -> bool:
    """Whether a text is HTML rather than plain text that happens to have a `<`."""
    return TAG.search(text) is not None


def parse(text: str) -> Element:
    """An element with the HTML in it; a `<` that begins no known tag is text. Raises NotHeld."""
    if len(text) > LONGEST:
        raise NotHeld(f"A text of it is longer than {LONGEST:,} characters.")
    tidy = NO_TAG.sub("&lt;", text.replace("\r\n", "\n").replace("\x00", ""))
    try:
        return lxml.html.fragment_fromstring(tidy, create_parent="div", parser=lxml.html.HTMLParser(no_network=True))
    except (etree.ParserError, etree.XMLSyntaxError, ValueError):
        raise NotHeld("Its HTML cannot be read.") from None


def name(element: Element) -> str:
    """An element's name without its namespace; empty for comments and processing instructions."""
    return etree.QName(element).localname.lower() if isinstance(element.tag, str) else ""


def text_in(element: Element) -> str:
    """The text in an element, its line breaks kept."""
    parts = [element.text or ""]
    for child in element:
        kind = name(child)
        parts.append("\n" if kind == "br" else "" if not kind or kind in SILENT else text_in(child))
        parts.append(child.tail or "")
    return "".join(parts).replace("\u00a0", " ")
