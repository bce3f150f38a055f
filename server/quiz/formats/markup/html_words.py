"""What stands within a line of HTML and is more than words: code, formulas, links, sub- and superscripts."""

from __future__ import annotations

import re
from collections.abc import Callable

from lxml.etree import _Element as Element

from server.quiz.formats.exchange import NotHeld
from server.quiz.formats.markup.escaping import code_span, formula
from server.quiz.formats.markup.html_tree import CODE, text_in

SUBSCRIPTS = str.maketrans("0123456789+-=()aeijklmnoprstuvx\u2212", "₀₁₂₃₄₅₆₇₈₉₊₋₌₍₎ₐₑᵢⱼₖₗₘₙₒₚᵣₛₜᵤᵥₓ₋")
SUPERSCRIPTS = str.maketrans("0123456789+-=()in\u2212", "⁰¹²³⁴⁵⁶⁷⁸⁹⁺⁻⁼⁽⁾ⁱⁿ⁻")
ADDRESS = re.compile(r"(?:https?://|mailto:)[^<>\s]+", re.IGNORECASE)


def code(element: Element) -> str:
    """Code within a line."""
    written = text_in(element)
    return code_span(written) if written.strip() else ""


def link(shown: str, address: str) -> str:
    """A link to a web page; what it shows alone where it leads elsewhere."""
    line = " ".join(shown.replace("\\\n", " ").split("\n"))
    return f"[{line}](<{address}>)" if line and ADDRESS.fullmatch(address) else line


def picture(element: Element) -> str:
    """Canvas shows formulas as pictures that carry their TeX; any other picture is refused. Raises NotHeld."""
    tex = element.get("data-equation-content") or element.get("alt", "").removeprefix("LaTeX:").strip()
    if "equation_image" in element.get("class", "").split() and tex:
        return _held(tex)
    if element.get("src"):
        alt = f" (“{element.get('alt')}”)" if element.get("alt") else ""
        raise NotHeld(f"It has a picture in it{alt}, which cannot come over.")
    return ""


def maths(element: Element) -> str:
    """MathML that carries its TeX. Raises NotHeld for one that does not."""
    tex = next((text_in(each) for each in element.iter() if "tex" in each.get("encoding", "").lower()), "")
    tex = tex or element.get("alttext", "")
    if not tex:
        raise NotHeld("It has a formula in MathML without its TeX, which cannot be read back.")
    return _held(tex)


def _held(tex: str) -> str:
    written = formula(tex, is_display=False)
    if not written:
        raise NotHeld("It has a formula with a dollar sign in it, which would end the formula.")
    return written


def subscript(element: Element) -> str:
    """Small digits and letters below the line, as a formula where there are no such characters."""
    return _raised(element, SUBSCRIPTS, "_")


def superscript(element: Element) -> str:
    """The same above the line."""
    return _raised(element, SUPERSCRIPTS, "^")


def _raised(element: Element, table: dict[int, int], sign: str) -> str:
    text = " ".join(text_in(element).split())
    if all(ord(character) in table for character in text):
        return text.translate(table)
    words = rf"\text{{{text}}}" if re.search(r"[^\W\d_]{2}", text) else text
    return _held(f"{{}}{sign}{{{words}}}")


READERS: dict[str, Callable[[Element], str]] = {
    "img": picture,
    "math": maths,
    "sub": subscript,
    "sup": superscript,
    **dict.fromkeys(CODE, code),
}
"""Elements within a line, each as Markdown."""
