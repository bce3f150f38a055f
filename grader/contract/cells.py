"""A notebook's code as one Python text: its cells in order, each below a line with its number.

The text says by itself what it is, so any line of it leads back to the cell, wherever the text has been stored or sent.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping

TITLE = "# The code cells of this notebook in their order, as they were graded."
MARK = re.compile(r"# ---- cell (\d{1,6}) ----")


def joined(cells: Mapping[int, str], features: Iterable[str] = ()) -> str:
    """The text of code cells by their numbers; `features` are imported from `__future__` at its top."""
    names = ", ".join(dict.fromkeys(features))
    lines = [TITLE, *([f"from __future__ import {names}"] if names else [])]
    for number, code in cells.items():
        lines += [f"# ---- cell {number} ----", code]
    return "\n".join(lines) + "\n"


def marks(text: str) -> dict[int, int]:
    """The line on which each cell's number stands; nothing for a text that `joined` did not make."""
    found: dict[int, int] = {}
    if not text.startswith(TITLE):
        return found
    last = 0
    for line, content in enumerate(text.split("\n"), 1):
        mark = MARK.fullmatch(content)
        if mark and int(mark.group(1)) > last:
            last = int(mark.group(1))
            found[last] = line
    return found


def place(text: str, line: int) -> str:
    """Where a line is, in words: `cell 3, line 2` in a notebook's code, `line 12` in any other."""
    above = [(number, mark) for number, mark in marks(text).items() if mark < line]
    if not above:
        return f"line {line}"
    number, mark = above[-1]
    return f"cell {number}, line {line - mark}"
