"""Numbers as other programs write them: exact decimals in, the shortest text out."""

from __future__ import annotations

import re
from decimal import Decimal

NUMBER = re.compile(r"[-+]?(?:\d{1,40}(?:\.\d{0,40})?|\.\d{1,40})(?:[eE][-+]?\d{1,3})?")
WRITTEN = re.compile(r"-?(?:0|[1-9]\d{0,14})(?:\.\d{1,15})?")
LARGEST_PLAIN = 15
"""Powers of ten up to which a number is written without one."""


def is_number(text: str) -> bool:
    """Whether a text is a number as they are written here: digits, and at most a minus sign and a point."""
    return WRITTEN.fullmatch(text) is not None and text != "-0"


def decimal(text: str) -> Decimal | None:
    """The number that a text is, with a decimal point or comma; None for anything else."""
    tidy = text.strip().replace("\u2212", "-").replace(" ", "")
    if tidy.count(",") == 1 and "." not in tidy:
        tidy = tidy.replace(",", ".")
    return Decimal(tidy) if NUMBER.fullmatch(tidy) else None


def decimal_text(value: Decimal) -> str:
    """A number as a question's answer holds it."""
    if not value:
        return "0"
    if abs(value.adjusted()) <= LARGEST_PLAIN and len(value.as_tuple().digits) <= 2 * LARGEST_PLAIN:
        return f"{value:f}"
    return repr(float(value))


def number_text(value: float) -> str:
    """The same for a float."""
    return decimal_text(Decimal(int(value)) if value == int(value) else Decimal(repr(value)))


def percent_text(fraction: float) -> str:
    """A fraction as per cent, with five decimals at most, as Moodle writes it."""
    text = f"{100 * fraction:.5f}".rstrip("0").rstrip(".")
    return "0" if text == "-0" else text


def fraction_of(percent: Decimal) -> float:
    """Per cent as a fraction; 33.33333 and the like are meant as the whole parts that they round."""
    for parts in (1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12):
        count = round(percent * parts / 100)
        digits = -min(0, int(percent.as_tuple().exponent))
        if digits >= 3 and round(Decimal(100 * count) / parts, digits) == percent:
            return count / parts
    return float(percent / 100)
