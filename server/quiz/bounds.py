"""How large a value of an expression may be: numbers, texts and grids of a question, and nothing that takes long."""

from __future__ import annotations

import math
from typing import Any

from server.quiz.figures import CONTROLS

MOST_BITS = 256
MOST_CELLS = 2000
"""Characters of a string, or items of a list with the items of the lists in it."""
MOST_LEVELS = 4


class ExpressionError(ValueError):
    """An expression cannot be read or computed; the message quotes it and says why."""


def bounded(value: Any) -> Any:
    """`value` when it is small enough to go on with. Raises ExpressionError."""
    if isinstance(value, int):
        if value.bit_length() > MOST_BITS:
            raise ExpressionError(f"the number is larger than 2 to the power {MOST_BITS}")
    elif isinstance(value, float):
        if not math.isfinite(value):
            raise ExpressionError("the result is no finite number")
    elif isinstance(value, str):
        if len(value) > MOST_CELLS:
            raise ExpressionError(f"the text is longer than {MOST_CELLS} characters")
        if CONTROLS.search(value):
            raise ExpressionError("the text has a control character, which cannot be shown")
    elif isinstance(value, list):
        cells(value)
    else:
        raise ExpressionError("the result is no number, text or list")
    return value


def cells(value: Any, level: int = 0) -> int:
    """How many items a value has, those of lists in lists included; 1 for a number. Raises ExpressionError."""
    if not isinstance(value, list):
        return 1
    if level >= MOST_LEVELS:
        raise ExpressionError(f"lists are nested at most {MOST_LEVELS} deep")
    count = 1
    for item in value:
        count += cells(item, level + 1)
        if count > MOST_CELLS:
            raise ExpressionError(f"the list has more than {MOST_CELLS} items")
    return count
