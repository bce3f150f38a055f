"""Strict reading of a question's table: each key has a type and bounds, and an unknown one is an error."""

from __future__ import annotations

import math
import re
from collections.abc import Mapping
from enum import StrEnum
from types import MappingProxyType
from typing import Any, TypeVar

from server.quiz.figures import CONTROLS, shown
from server.quiz.parameters import ParameterError, read_parameter

NAME = re.compile(r"[a-z0-9]+(-[a-z0-9]+)*")
LONGEST_NAME = 80
LONGEST_TEXT = 20_000
SHORT = {"title", "topic", "source"}
LONGEST_SHORT = 200

Word = TypeVar("Word", bound=StrEnum)


class QuestionError(ValueError):
    """A question cannot be used; the message names the file, the question, the key and what is wrong."""


class Table:
    """A table with the place that errors name. What a method is asked for and finds wrong raises QuestionError."""

    def __init__(self, data: object, where: str) -> None:
        if not isinstance(data, Mapping) or not all(isinstance(key, str) for key in data):
            raise QuestionError(f"{where}: a table of keys is needed, not {type(data).__name__}")
        self._data: Mapping[str, Any] = data
        self.where = where

    def error(self, key: str, message: str) -> QuestionError:
        """The error to raise about a key."""
        return QuestionError(f"{self.where}, {key}: {message}")

    def refuse_unknown(self, known: set[str]) -> None:
        """Refuse keys that are not known."""
        unknown = sorted(set(self._data) - known)
        if unknown:
            raise QuestionError(f"{self.where}: unknown {', '.join(unknown)}; known are {', '.join(sorted(known))}")

    def inner(self, data: object, key: str, position: int) -> Table:
        """A table in a list of tables; `position` counts from 1."""
        return Table(data, f"{self.where}, {key} {position}")

    def text(self, key: str, *, required: bool = False) -> str:
        """A text without blank lines around it; empty where it is left out."""
        value = self._data.get(key, "")
        if not isinstance(value, str):
            raise self.error(key, f"a text is needed, not {type(value).__name__}")
        longest = LONGEST_SHORT if key in SHORT else LONGEST_TEXT
        if len(value) > longest:
            raise self.error(key, f"it is longer than {longest:,} characters")
        if CONTROLS.search(value.replace("\r\n", "\n")):
            raise self.error(key, "it has a control character, which cannot be shown")
        value = value.replace("\r\n", "\n").strip()
        if required and not value:
            raise self.error(key, "it is missing" if key not in self._data else "it is empty")
        return value

    def name(self, key: str) -> str:
        """A name of small letters, digits and hyphens."""
        value = self.text(key, required=True)
        if not NAME.fullmatch(value) or len(value) > LONGEST_NAME:
            raise self.error(key, f"{value[:LONGEST_NAME]!r} is no name such as output-size: a-z, 0-9 and hyphens")
        return value

    def word(self, key: str, kind: type[Word], default: Word | None = None) -> Word:
        """One of an enumeration's words."""
        value = self._data.get(key, default)
        if value is None:
            raise self.error(key, f"it is missing; it is one of {', '.join(kind)}")
        if value not in list(kind):
            raise self.error(key, f"{value!r} is none of {', '.join(kind)}")
        return kind(value)

    def truth(self, key: str, *, default: bool | None = None) -> bool:
        """true or false."""
        value = self._data.get(key, default)
        if not isinstance(value, bool):
            raise self.error(key, "it must be true or false" if key in self._data else "it is missing: true or false")
        return value

    def whole(self, key: str, *, least: int, most: int) -> int | None:
        """A whole number within bounds, or None."""
        value = self._data.get(key)
        if value is None:
            return None
        if not isinstance(value, int) or isinstance(value, bool) or not least <= value <= most:
            raise self.error(key, f"a whole number from {least} to {most} is needed, not {value!r}")
        return value

    def number(self, key: str, default: Any, *, above: float, most: float, closed: bool = False) -> Any:
        """A number above a bound (`closed`: or equal to it), or the default."""
        value = self._data.get(key)
        if value is None:
            return default
        fits = isinstance(value, int | float) and not isinstance(value, bool) and math.isfinite(value)
        if not fits or not above <= value <= most or (value == above and not closed):
            bounds = f"from {shown(above)}" if closed else f"above {shown(above)}"
            raise self.error(key, f"a number {bounds}, at most {shown(most)}, is needed, not {value!r}")
        return float(value)

    def expression(self, key: str, default: str | None = None) -> str:
        """An expression, or a number, as text."""
        value = self._data.get(key, default)
        if value is None:
            raise self.error(key, "it is missing")
        if isinstance(value, int | float) and not isinstance(value, bool):
            return repr(value)
        if not isinstance(value, str) or not value.strip():
            raise self.error(key, "a number is needed, or an expression as a text")
        return value.strip()

    def texts(self, key: str) -> list[str]:
        """A list of texts, none of them empty."""
        value = self._data.get(key, [])
        if not isinstance(value, list) or not all(isinstance(item, str) and item.strip() for item in value):
            raise self.error(key, "a list of texts is needed")
        if any(CONTROLS.search(item) for item in value):
            raise self.error(key, "it has a control character, which cannot be shown")
        return [item.strip() for item in value]

    def tables(self, key: str) -> list[Any]:
        """A list of tables."""
        value = self._data.get(key, [])
        if not isinstance(value, list):
            raise self.error(
                key, f"it is written [[question.{key}]], once for each" if key != "question" else "write [[question]]"
            )
        return value

    def draws(self, key: str, most: int) -> Mapping[str, Any]:
        """How each name is drawn, as it was written, once it was found to be readable."""
        value = self._data.get(key, {})
        if not isinstance(value, Mapping) or len(value) > most:
            raise self.error(key, f"it is a table of at most {most} names")
        for name, how in value.items():
            try:
                read_parameter(name, how)
            except ParameterError as error:
                raise self.error(f"{key}.{name}", str(error)) from None
        return MappingProxyType(dict(value))
