"""The functions that expressions in questions may call. Those on grids are in `server.quiz.grids`."""

from __future__ import annotations

import math
from collections.abc import Callable
from decimal import ROUND_HALF_UP, Decimal
from typing import Any

from server.quiz import grids
from server.quiz.figures import NARROW_SPACE, Figure, shown

MOST_DECIMALS = 12
PREFIXES = ("", "k", "M", "G", "T", "P", "E")

Number = int | float


def _number(value: Any) -> Number:
    if not isinstance(value, int | float):
        raise TypeError(f"{value!r} is no number")
    return value


def _whole(value: Any) -> int:
    if not isinstance(value, int):
        raise TypeError(f"{value!r} is no whole number")
    return value


def _numbers(values: Any) -> list[Number]:
    if not isinstance(values, list) or not values:
        raise TypeError("a list of numbers is needed, with at least one in it")
    return [_number(value) for value in values]


def absolute(x: Any) -> Number:
    """The distance of x from 0."""
    return abs(_number(x))


def smallest(*values: Any) -> Number:
    """The smallest of several numbers, or of a list."""
    return min(_several(values))


def largest(*values: Any) -> Number:
    """The largest of several numbers, or of a list."""
    return max(_several(values))


def _several(values: tuple[Any, ...]) -> list[Number]:
    return _numbers(values[0] if len(values) == 1 else list(values))


def total(values: Any) -> Number:
    """The sum of a list."""
    return sum(_numbers(values))


def length(values: Any) -> int:
    """How many items a list, or characters a text has."""
    return len(values)


def rounded(x: Any, digits: Any = 0) -> Number:
    """x rounded to `digits` decimals (none: a whole number); a half is rounded away from 0, as by hand."""
    text = _fixed(_number(x), _whole(digits))
    return float(text) if digits else int(text)


def _fixed(x: Number, digits: int) -> str:
    if not 0 <= digits <= MOST_DECIMALS:
        raise ValueError(f"decimals are from 0 to {MOST_DECIMALS}")
    # Through the shortest decimal: 2.675 is meant as 2.675, not as the binary fraction just below it.
    value = Decimal(x) if isinstance(x, int) else Decimal(repr(x))
    text = f"{value.quantize(Decimal(1).scaleb(-digits), rounding=ROUND_HALF_UP):f}"
    return text.removeprefix("-") if not float(text) else text


def floor(x: Any) -> int:
    """The next whole number at or below x."""
    return math.floor(_number(x))


def ceil(x: Any) -> int:
    """The next whole number at or above x."""
    return math.ceil(_number(x))


def sqrt(x: Any) -> float:
    """The square root of x."""
    return math.sqrt(_number(x))


def exp(x: Any) -> float:
    """e to the power x."""
    return math.exp(_number(x))


def log(x: Any) -> float:
    """The natural logarithm of x."""
    return math.log(_number(x))


def log2(x: Any) -> float:
    """The logarithm of x to the base 2."""
    return math.log2(_number(x))


def ordered(values: Any) -> list[Number]:
    """A list's numbers, ascending."""
    return sorted(_numbers(values))


def median(values: Any) -> Number:
    """The middle of a list's numbers; of an even count the mean of the two in the middle."""
    return grids.median(_numbers(values))


def mean(values: Any) -> float:
    """The sum of a list divided by its length."""
    return sum(_numbers(values)) / len(values)


def group(n: Any) -> Figure:
    """A whole number in groups of three: 68 719 476 736."""
    return Figure(f"{_whole(n):,}".replace(",", NARROW_SPACE))


def fixed(x: Any, digits: Any) -> Figure:
    """x with exactly `digits` decimals, a half rounded away from 0: fixed(0.5, 2) is 0.50."""
    return Figure(_fixed(_number(x), _whole(digits)))


def si(n: Any) -> Figure:
    """A number with one decimal and k, M, G, T, P or E for thousands, millions and so on: 61.1 M."""
    value, step = float(_number(n)), 0
    while round(abs(value), 1) >= 1000 and step < len(PREFIXES) - 1:
        value, step = value / 1000, step + 1
    return Figure(f"{_fixed(value, 1)}{NARROW_SPACE}{PREFIXES[step]}") if step else Figure(shown_plain(n))


def shown_plain(value: Any) -> str:
    """A number as its figures, with a plain minus sign."""
    return shown(value).replace("\u2212", "-")


def shape(*sizes: Any) -> Figure:
    """Sizes as the shape of an array: (8, 3, 32, 32); of one size: (8,)."""
    texts = [shown_plain(size) for size in sizes]
    return Figure(f"({texts[0]},)" if len(texts) == 1 else f"({', '.join(texts)})")


def halvings(n: Any) -> int:
    """How many times n can be halved until it is odd: 5 for 96."""
    if _whole(n) < 1:
        raise ValueError("halvings needs a whole number above 0")
    return (n & -n).bit_length() - 1


def relu(x: Any) -> Number:
    """max(0, x)."""
    return max(0, _number(x))


def sigmoid(x: Any) -> float:
    """1 / (1 + e to the power -x)."""
    if _number(x) < 0:
        return 1 - sigmoid(-x)
    return 1 / (1 + math.exp(-x))


def softmax(scores: Any) -> list[float]:
    """e to the power of each score, divided by their sum."""
    numbers = _numbers(scores)
    powers = [math.exp(score - max(numbers)) for score in numbers]
    return [power / sum(powers) for power in powers]


def choose(condition: Any, a: Any, b: Any) -> Any:
    """`a` where the condition holds, else `b`."""
    return a if condition else b


FUNCTIONS: dict[str, Callable[..., Any]] = {
    "abs": absolute,
    "min": smallest,
    "max": largest,
    "sum": total,
    "len": length,
    "round": rounded,
    "floor": floor,
    "ceil": ceil,
    "sqrt": sqrt,
    "exp": exp,
    "log": log,
    "log2": log2,
    "sorted": ordered,
    "median": median,
    "mean": mean,
    "group": group,
    "fixed": fixed,
    "si": si,
    "shape": shape,
    "halvings": halvings,
    "relu": relu,
    "sigmoid": sigmoid,
    "softmax": softmax,
    "choose": choose,
    **grids.FUNCTIONS,
}
"""Every function by the name that an expression calls it by; its docstring is what docs/questions.md says of it."""
