"""Where the words `layers.py, line 4` or `cell 3, line 2` of a message lead: to a row of the listings on its page."""

from __future__ import annotations

import re
from collections.abc import Sequence

from markupsafe import Markup, escape

from grader.contract.cells import marks, place
from server.models import SubmissionFile
from server.rendering.plain_text import plain

WORDS = re.compile(
    r"\b(?:(?P<file>[A-Za-z_]\w{0,99}\.py), )?(?:[Cc]ell (?P<cell>\d{1,6}), )?[Ll]ine (?P<line>\d{1,6})\b"
)


def anchor(position: int, name: str, line: int) -> str:
    """The id of a line's row; the file that is loaded first has the short ones."""
    return f"line-{line}" if position == 0 else f"{name.removesuffix('.py')}-line-{line}"


class Places:
    """The lines of a submission's files, by the names that messages have for them."""

    def __init__(self, files: Sequence[SubmissionFile]) -> None:
        self.names = [file.name for file in files]
        self.texts = [file.content for file in files]
        self.ends = [text.count("\n") + 1 for text in self.texts]
        self.marks = marks(self.texts[0]) if self.texts else {}

    def anchor(self, file: str, line: int) -> str | None:
        """The row of a line as the file counts it, if there is one; a file that is not known means the first."""
        position = self.names.index(file) if file in self.names else 0
        if not self.names or not 1 <= line <= self.ends[position]:
            return None
        return anchor(position, self.names[position], line)

    def in_words(self, file: str, line: int) -> str:
        """What a reader calls a line that a file counts: `Line 4`, `Cell 3, line 2` or `layers.py, line 4`."""
        if file in self.names[1:]:
            return f"{file}, line {line}"
        return place(self.texts[0] if self.texts else "", line).capitalize()

    def link(self, text: str) -> Markup:
        """A message, escaped, in which every place that is on the page is a link to it."""
        return Markup(WORDS.sub(self._link, str(escape(plain(text)))))  # noqa: S704 - escaped

    def _link(self, found: re.Match[str]) -> str:
        file, cell, line = found["file"] or "", found["cell"], int(found["line"])
        if cell is not None:
            line = self._line_of(int(cell), line)
        elif self.marks and file not in self.names[1:]:
            line = 0  # a notebook's lines are counted in their cells
        row = self.anchor(file, line)
        return f'<a href="#{row}">{found.group()}</a>' if row else found.group()

    def _line_of(self, cell: int, line: int) -> int:
        """A cell's line as the whole text counts it, 0 where the cell has no such line."""
        following = [mark for number, mark in self.marks.items() if number > cell]
        end = min(following) if following else self.ends[0]
        here = self.marks.get(cell, 0) + line
        return here if cell in self.marks and line >= 1 and here < end else 0
