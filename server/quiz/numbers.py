"""Numbers as students type them: decimal commas, grouped digits, powers of ten, fractions."""

from __future__ import annotations

import math
import re

LONGEST = 60
SPACES = "\u00a0\u2000\u2001\u2002\u2003\u2004\u2005\u2006\u2007\u2008\u2009\u200a\u202f\u205f\t"
SAME = str.maketrans(
    {
        **dict.fromkeys(SPACES, " "),
        **dict.fromkeys("\u2212\u2010\u2011\u2012\u2013\u2014\ufe63\uff0d", "-"),
        **dict.fromkeys("\u2044\u2215", "/"),
        **dict.fromkeys("\u2019_", "'"),
        "\u066b": ",",
        **dict.fromkeys("\u00b7\u22c5*x", "\u00d7"),
    }
)
POWER_OF_TEN = re.compile(r"(?:(?P<factor>.*?) ?\u00d7 ?)?10 ?\^ ?\(?(?P<power>[+-]?[0-9]{1,4})\)?")
DECIMAL = re.compile(r"(?P<sign>[+-]?) ?(?P<digits>[0-9][0-9.,' ]*|[.,][0-9]+)(?:[eE](?P<power>[+-]?[0-9]{1,4}))?")
GROUPED = re.compile(r"[0-9]{1,3}(?:([ '])[0-9]{3})(?:\1[0-9]{3})*|[0-9]+")
EXAMPLES = "Write it like 12.5, 12,5, −3, 1/4, 1e6 or 68 719 476 736, without a unit."


class NumberError(ValueError):
    """A text is no number, or could be two; the message is for the person who typed it."""


def parse_number(text: str) -> float:
    """The number that somebody typed.

    The decimal mark is a point or a comma; digits may stand in groups of three; any minus sign, powers of ten
    (`1e3`, `3 × 10^6`) and fractions (`1/4`) are read. Raises NumberError for what is no number, and for `1,234`,
    which is a thousand and more to some and a little over one to others.
    """
    found = readings(text)
    if len(found) > 1:
        whole, part = (f"{value:.15g}" for value in found)
        raise NumberError(f"“{_short(text)}” can mean {whole} or {part}. Write it one of these ways.")
    return found[0]


def readings(text: str) -> tuple[float, ...]:
    """Every number that the text can mean: one, or two for `1,234` (the larger one first). Raises NumberError."""
    plain = " ".join(text.translate(SAME).split())
    if not plain:
        raise NumberError("Type a number.")
    if len(plain) > LONGEST:
        raise NumberError(f"The number is longer than {LONGEST} characters.")
    above, is_fraction, below = plain.partition("/")
    values = _readings(above.strip(), text)
    if is_fraction:
        divisors = _readings(below.strip(), text)
        if len(values) > 1 or len(divisors) > 1:
            raise _no_number(text)
        if divisors[0] == 0:
            raise NumberError("A fraction needs a number other than 0 below its line.")
        values = (values[0] / divisors[0],)
    if not all(map(math.isfinite, values)):
        raise NumberError("The number is too large.")
    return values


def _readings(plain: str, text: str) -> tuple[float, ...]:
    """What a text without a fraction bar can mean."""
    power = POWER_OF_TEN.fullmatch(plain.replace("××", "^"))
    if power:
        factors = _decimals(power["factor"], text) if power["factor"] else (1.0,)
        return tuple(factor * float(f"1e{power['power']}") for factor in factors)
    return _decimals(plain, text)


def _decimals(plain: str, text: str) -> tuple[float, ...]:
    found = DECIMAL.fullmatch(plain)
    if not found:
        raise _no_number(text)
    sign, power = found["sign"], found["power"] or "0"
    return tuple(float(f"{sign}{digits}e{power}") for digits in _digits(found["digits"], text))


def _digits(typed: str, text: str) -> list[str]:
    """The digits with a point alone as the decimal mark, in each way in which they can be read."""
    mark = _decimal_mark(typed)
    whole, _, part = typed.rpartition(mark) if mark else (typed, "", "")
    grouping = "".join({",", "."} & set(whole))
    plain = whole.replace(grouping, "'") if grouping else whole
    if (whole and not GROUPED.fullmatch(plain)) or not re.fullmatch("[0-9]*", part) or not (whole or part):
        raise _no_number(text)
    read = re.sub("[^0-9]", "", whole) or "0"
    decimal = f"{read}.{part or 0}"
    is_ambiguous = mark == "," and re.fullmatch(r"[1-9][0-9]{0,2},[0-9]{3}", typed)
    return [f"{read}{part}", decimal] if is_ambiguous else [decimal]


def _decimal_mark(typed: str) -> str:
    """The mark before the decimals: the one that stands once, and last where both marks stand; empty for none."""
    last = max(",.", key=typed.rfind)
    return last if typed.count(last) == 1 else ""


def _no_number(text: str) -> NumberError:
    return NumberError(f"“{_short(text)}” is no number. {EXAMPLES}")


def _short(text: str) -> str:
    shown = " ".join(text.split())
    return shown if len(shown) <= 30 else f"{shown[:30]}…"
