r"""Markdown to HTML as other quiz programs show it, with formulas between `\(…\)` and `\[…\]` for their MathJax."""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache
from html import escape
from typing import Any

from markdown_it import MarkdownIt
from markdown_it.renderer import RendererHTML
from markdown_it.token import Token
from markdown_it.utils import OptionsDict

from server.quiz.formats.markup.escaping import without_joiners
from server.quiz.formats.markup.markdown import tokens


def to_html(text: str) -> str:
    """A Markdown text as XHTML; a text of one paragraph is one `<p>`. Raises NotHeld for a picture."""
    return without_joiners(_renderer().render(tokens(text), _options(), {}).strip())


class _Renderer(RendererHTML):
    """The usual HTML, but formulas stay TeX."""

    def math_inline(self, found: Sequence[Token], index: int, options: Any, env: Any) -> str:
        return rf"\({escape(found[index].content.strip(), quote=False)}\)"

    def math_inline_double(self, found: Sequence[Token], index: int, options: Any, env: Any) -> str:
        return rf"\[{escape(found[index].content.strip(), quote=False)}\]"

    def math_block(self, found: Sequence[Token], index: int, options: Any, env: Any) -> str:
        return f"<p>{self.math_inline_double(found, index, options, env)}</p>\n"

    math_block_label = math_block


@lru_cache(maxsize=1)
def _options() -> OptionsDict:
    """As XML wants its tags, and code without the colours that pages give it."""
    return MarkdownIt("commonmark", {"html": False, "xhtmlOut": True}).options


@lru_cache(maxsize=1)
def _renderer() -> _Renderer:
    return _Renderer()
