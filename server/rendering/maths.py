"""TeX formulas to MathML, which browsers set themselves: no script, no font, no other host."""

from __future__ import annotations

import inspect
from functools import lru_cache

import nh3
from latex2mathml import exceptions
from latex2mathml.converter import convert
from markupsafe import Markup, escape

REFUSALS = tuple(kind for _, kind in inspect.getmembers(exceptions, inspect.isclass) if issubclass(kind, Exception))
ELEMENTS = {
    *("math", "merror", "mfrac", "mi", "mmultiscripts", "mn", "mo", "mover", "mpadded", "mphantom", "mprescripts"),
    *("mroot", "mrow", "ms", "mspace", "msqrt", "mstyle", "msub", "msubsup", "msup", "mtable", "mtd", "mtext", "mtr"),
    *("munder", "munderover", "none", "semantics"),
}
ATTRIBUTES = {
    *("columnalign", "columnlines", "columnspacing", "display", "displaystyle", "fence", "form", "largeop"),
    *("linethickness", "lspace", "mathcolor", "mathvariant", "maxsize", "minsize", "movablelimits", "rowlines"),
    *("rowspacing", "rspace", "scriptlevel", "separator", "stretchy", "symmetric", "width"),
}


@lru_cache(maxsize=2048)
def mathml(tex: str, *, block: bool) -> Markup:
    """The formula as `<math>`. One that cannot be read is shown as its source, so that nothing silently disappears.

    latex2mathml passes markup inside `\\text{}` through unescaped, so its output is cleaned down to MathML.
    """
    try:
        converted = convert(tex, display="block" if block else "inline")
    except REFUSALS:
        return _source(tex)
    # An unknown command comes back as its own name in an identifier.
    if ">\\" in converted:
        return _source(tex)
    cleaned = nh3.clean(converted, tags=ELEMENTS, attributes=dict.fromkeys(ELEMENTS, ATTRIBUTES), link_rel=None)
    return Markup(cleaned)  # noqa: S704 - cleaned in the line above


def _source(tex: str) -> Markup:
    return Markup('<code class="formula-source" title="This formula cannot be set">{}</code>').format(escape(tex))
