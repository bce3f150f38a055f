"""Values as people read them in a question's text, in a formula, and in code."""

from __future__ import annotations

import re
from enum import StrEnum
from typing import Any

DIGITS = 12
"""Significant digits of a float: enough for every exact decimal, too few to show the error of 0.1 + 0.2."""

NARROW_SPACE = "\u202f"
MINUS = "\u2212"
SUPERSCRIPTS = str.maketrans("-0123456789", "⁻⁰¹²³⁴⁵⁶⁷⁸⁹")
NUMBER = re.compile(r"\d+(?:[\u2009\u202f\u00a0]\d{3})+(?:\.\d+)?|\d+(?:\.\d+)?(?:[eE][-+]?\d+)?")
CONTROLS = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\ud800-\udfff]")
"""Characters that no page can show and no database keeps."""
SPACES = re.compile(r"\s+")


class Place(StrEnum):
    """Where in a text a value stands; it decides how a minus sign and a power of ten are written."""

    TEXT = "text"
    MATHS = "maths"
    CODE = "code"


class Figure(str):
    """Text that stands for a number, such as `61.1 M`: its minus sign and spaces follow the place where it is shown."""

    __slots__ = ()


def shown(value: Any, place: Place = Place.TEXT) -> str:
    """A value of an expression as it is written in `place`."""
    if isinstance(value, bool):
        return str(value)
    if isinstance(value, float):
        return _float(value, place)
    if isinstance(value, int | Figure):
        return _figure(str(value), place)
    if isinstance(value, list):
        return f"[{', '.join(shown(item, place) for item in value)}]"
    return str(value)


def _figure(text: str, place: Place) -> str:
    if place is Place.TEXT:
        return text.replace("-", MINUS)
    return text.replace(NARROW_SPACE, r"\," if place is Place.MATHS else " ")


def _float(value: float, place: Place) -> str:
    if value.is_integer() and abs(value) < 10**15:
        return _figure(str(int(value)), place)
    text = f"{value:.{DIGITS}g}"
    if "e" not in text or place is Place.CODE:
        return _figure(text, place)
    digits, _, exponent = text.partition("e")
    if place is Place.MATHS:
        return rf"{digits} \times 10^{{{int(exponent)}}}"
    return f"{_figure(digits, place)} × 10{str(int(exponent)).translate(SUPERSCRIPTS)}"


def likeness(text: str) -> str:
    """What two options must not share: their text with spaces, formula marks and ways to write a number removed.

    So `12`, `$12$`, `12.0` and ` 12` are alike, and so are `12 MB` and `12.0 MB`.
    """
    bare = text.replace("$", "").replace(MINUS, "-").replace(r"\,", NARROW_SPACE)
    return SPACES.sub(" ", NUMBER.sub(_plain_number, bare)).strip().casefold()


def _plain_number(found: re.Match[str]) -> str:
    digits = re.sub(r"[\u2009\u202f\u00a0]", "", found.group())
    return digits if digits.isdigit() and digits[0] != "0" else repr(float(digits)).removesuffix(".0")
