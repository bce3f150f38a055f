"""Texts with `<<expression>>` in them: read once, filled with the values of a draw many times."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache

from server.quiz.bounds import ExpressionError
from server.quiz.expressions import Expression, Scope, evaluate, parse
from server.quiz.figures import Place, shown

TOKEN = re.compile(
    r"(?P<literal>\\<<)|(?P<value><<(?P<expression>.*?)>>)|(?P<open><<)"
    r"|(?P<fence>^ {0,3}(?:`{3,}|~{3,}))|(?P<ticks>`+)|(?P<escape>\\[\s\S])|(?P<dollars>\$\$?)|(?P<break>\n[ \t]*\n)",
    re.MULTILINE | re.DOTALL,
)


@dataclass(frozen=True, slots=True)
class Hole:
    """A place in a text where a value is put."""

    expression: Expression
    place: Place


@dataclass(frozen=True, slots=True)
class Template:
    """A text as the pieces between its holes, and the holes. `names` are those that it needs."""

    parts: tuple[str | Hole, ...]
    names: frozenset[str]

    def fill(self, scope: Scope) -> str:
        """The text with every value in its place. Raises ExpressionError."""
        return "".join(
            part if isinstance(part, str) else shown(evaluate(part.expression, scope), part.place)
            for part in self.parts
        )


@lru_cache(maxsize=8192)
def read_template(text: str) -> Template:
    r"""Read a text. A `<<` that is no value is written `\<<`. Raises ExpressionError."""
    parts: list[str | Hole] = []
    names: set[str] = set()
    here, end = _Here(), 0
    for found in TOKEN.finditer(text):
        if found["open"]:
            raise ExpressionError(r"a << is never closed by >>; write \<< where the text itself has one")
        if found["literal"] or found["value"]:
            parts.append(text[end : found.start()])
            end = found.end()
        if found["literal"]:
            parts.append("<<")
        elif found["value"]:
            hole = Hole(parse(found["expression"]), here.place)
            parts.append(hole)
            names |= hole.expression.names
        else:
            here.pass_by(found)
    parts.append(text[end:])
    return Template(tuple(part for part in parts if part != ""), frozenset(names))


class _Here:
    """Whether reading is in a formula, in code, or in text: near enough to Markdown for a minus sign."""

    def __init__(self) -> None:
        self._inside = ""

    @property
    def place(self) -> Place:
        if self._inside.startswith("$"):
            return Place.MATHS
        return Place.CODE if self._inside else Place.TEXT

    def pass_by(self, found: re.Match[str]) -> None:
        """Go on behind a mark that may begin or end a formula or code."""
        mark = found.group().strip()
        in_fence = self._inside[:3] in ("```", "~~~")
        if found["break"]:
            self._inside = self._inside if in_fence else ""
        elif found["fence"]:
            self._inside = "" if in_fence and mark.startswith(self._inside) else self._inside if in_fence else mark
        elif found["ticks"] or found["dollars"]:
            if self._inside == mark:
                self._inside = ""
            elif not self._inside:
                self._inside = mark
