"""What only a notebook understands: magics, shell lines and questions for help, left out of a cell's code."""

from __future__ import annotations

import re
from dataclasses import dataclass, field

TIMING = ("time", "timeit", "capture", "prun")
"""Cell magics that run their cell as Python. A cell below any other one is left out whole."""

CELL_MAGIC = re.compile(r"\s*%%(\w*)")
LINE_MAGIC = re.compile(r"\s*(?:[%!?]|[%\w.*]+\?{1,2}\s*$)")
FUTURE = re.compile(r"from __future__ import ([\w, ]+?)\s*(?:#.*)?")
OPENING = re.compile(r"""#|'''|\"\"\"|['"()\[\]{}]""")
CLOSING = {quote: re.compile(rf"(?:\\.|[^\\])*?{quote}") for quote in ("'''", '"""', "'", '"')}


@dataclass(slots=True)
class Cleaned:
    """A cell's code as Python, line by line where it was; `left_out` are the lines that are comments now.

    `is_whole` says that nothing of the cell is left; `features` are what it imported from `__future__`.
    """

    code: str
    left_out: list[str] = field(default_factory=list)
    is_whole: bool = False
    features: list[str] = field(default_factory=list)


def clean_cell(code: str) -> Cleaned:
    """A cell without what Python does not understand. Lines inside strings and brackets are never taken for magics."""
    lines = code.split("\n")
    magic = CELL_MAGIC.match(lines[0])
    if magic and magic.group(1) not in TIMING:
        return Cleaned(f"# left out: {lines[0].strip()}", [lines[0].strip()], is_whole=True)
    cleaned, kept, statement = Cleaned(""), [], _Statement()
    shell_goes_on = False
    for line in lines:
        if shell_goes_on or (statement.begins and LINE_MAGIC.match(line)):
            kept.append(_comment(line, "#" if shell_goes_on else "pass  #"))
            cleaned.left_out.append(line.strip())
            shell_goes_on = line.endswith("\\")
            continue
        future = FUTURE.fullmatch(line) if statement.begins else None
        if future:
            cleaned.features += [name.strip() for name in future.group(1).split(",") if name.strip()]
            line = f"pass  # at the top: {line}"  # noqa: PLW2901
        statement.follow(line)
        kept.append(line)
    cleaned.code = "\n".join(kept)
    return cleaned


def _comment(line: str, instead: str) -> str:
    indent = line[: len(line) - len(line.lstrip())]
    return f"{indent}{instead} left out: {line.strip()}"


class _Statement:
    """Follows strings, brackets and continued lines, to know on which lines a statement can begin."""

    def __init__(self) -> None:
        self.quote = ""
        self.depth = 0
        self.is_continued = False

    @property
    def begins(self) -> bool:
        """Whether the next line begins a statement."""
        return not (self.quote or self.depth or self.is_continued)

    def follow(self, line: str) -> None:
        """Take note of one line."""
        at, self.is_continued = 0, False
        while True:
            if self.quote:
                end = CLOSING[self.quote].match(line, at)
                if end is None:
                    self.quote = self.quote if len(self.quote) == 3 or line.endswith("\\") else ""
                    return
                at, self.quote = end.end(), ""
            found = OPENING.search(line, at)
            if found is None or found.group() == "#":
                self.is_continued = found is None and line.endswith("\\")
                return
            at = found.end()
            self._open(found.group())

    def _open(self, mark: str) -> None:
        if mark in CLOSING:
            self.quote = mark
        else:
            self.depth = max(0, self.depth + (1 if mark in "([{" else -1))
