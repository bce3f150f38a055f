"""An assignment's statement: Markdown with maths, code and pictures, to HTML."""

from __future__ import annotations

import re
from functools import lru_cache
from typing import Any

from markdown_it import MarkdownIt
from markdown_it.renderer import RendererHTML
from markdown_it.rules_core import StateCore
from markdown_it.token import Token
from markupsafe import Markup
from mdit_py_plugins.anchors import anchors_plugin
from mdit_py_plugins.dollarmath import dollarmath_plugin
from mdit_py_plugins.footnote import footnote_plugin

from server.rendering.maths import mathml
from server.rendering.pictures import PictureError, figure, refused
from server.rendering.source import highlight_fragment

THOUSANDS = re.compile(r"(?<![\d.,])\d{1,3}(?: \d{3})+(?!\d)")
NARROW = "\N{NARROW NO-BREAK SPACE}"


@lru_cache(maxsize=64)
def statement_html(text: str, pictures: str) -> Markup:
    """The statement as HTML. `pictures` is the address below which the folder's pictures are.

    Raw HTML in the text is shown, not run. The page has its own `<h1>`: a first heading of level one is left out, and
    the others keep their level from two on.
    """
    body = re.sub(r"\A\s*# [^\n]*\n", "", text)
    return Markup(_parser().render(body, {"pictures": pictures}))  # noqa: S704 - the parser escapes; raw HTML is off


@lru_cache(maxsize=1)
def _parser() -> MarkdownIt:
    parser = fragment_parser()
    parser.enable(["image", "heading", "lheading"])
    parser.use(footnote_plugin)
    parser.core.ruler.push("lower_headings", _lower_headings)
    parser.use(anchors_plugin, min_level=2, max_level=4, permalink=True, permalinkSymbol="#")
    parser.add_render_rule("image", _image)
    return parser


def fragment_parser() -> MarkdownIt:
    """A parser for texts of which several stand on a page: no headings, no images, nothing with an address of its own.

    Formulas, code, tables and pictures by name are as in a statement; raw HTML is shown, not run.
    """
    parser = MarkdownIt("commonmark", {"html": False, "highlight": _highlight})
    parser.enable(["table", "strikethrough"])
    parser.disable(["image", "heading", "lheading"])
    parser.use(dollarmath_plugin, renderer=_formula, allow_digits=False, double_inline=True)
    parser.core.ruler.before("inline", "formula_first", _end_with_a_space)
    parser.core.ruler.after("inline", "thousands", _keep_thousands_together)
    parser.add_render_rule("fence", _fence)
    parser.add_render_rule("table_open", _table_open)
    parser.add_render_rule("table_close", _table_close)
    return parser


def _highlight(code: str, language: str, _attributes: str) -> str:
    return f'<pre class="code" tabindex="0"><code>{highlight_fragment(code, language)}</code></pre>'


def _formula(tex: str, options: dict[str, Any]) -> str:
    return mathml(tex.strip(), block=bool(options["display_mode"]))


def _end_with_a_space(state: StateCore) -> None:
    """Have a formula set that begins a paragraph.

    dollarmath looks at the character before it, and there takes the paragraph's last: after a digit it sees a price.
    """
    for token in state.tokens:
        if token.type == "inline" and token.content.startswith("$") and token.content[-1].isdigit():
            token.content += " "


def _keep_thousands_together(state: StateCore) -> None:
    """Have no line end within a number like 2 359 296. Code stays as it is: people copy it."""
    texts = (child for token in state.tokens for child in token.children or () if child.type == "text")
    for text in texts:
        text.content = THOUSANDS.sub(lambda number: number[0].replace(" ", NARROW), text.content)


def _lower_headings(state: Any) -> None:
    """A statement that goes on with headings of level one has them a level lower: the page's title is the only one."""
    headings = [token for token in state.tokens if token.type in ("heading_open", "heading_close")]
    if any(token.tag == "h1" for token in headings):
        for token in headings:
            token.tag = f"h{min(6, int(token.tag[1]) + 1)}"


def _image(renderer: RendererHTML, tokens: list[Token], index: int, options: Any, env: dict[str, Any]) -> str:
    token = tokens[index]
    source = str(token.attrs.get("src", ""))
    if "//" not in source and not source.startswith("/"):
        token.attrs["src"] = env["pictures"] + source.removeprefix("./")
    token.attrs["class"] = "img-fluid"
    token.attrs["loading"] = "lazy"
    return renderer.image(tokens, index, options, env)


def _fence(renderer: RendererHTML, tokens: list[Token], index: int, options: Any, env: dict[str, Any]) -> str:
    """Code, or a picture that is asked for by name."""
    token = tokens[index]
    if not re.match(r"picture\b", token.info):
        return renderer.fence(tokens, index, options, env)
    try:
        return figure(token.info, token.content)
    except PictureError as error:
        return refused(error)


def _table_open(*_: Any) -> str:
    return '<div class="table-scroll" tabindex="0" role="group" aria-label="Table"><table class="table table-sm">'


def _table_close(*_: Any) -> str:
    return "</table></div>"
