"""Ids of questions that come from elsewhere: made of their titles or first words, each once in a file."""

from __future__ import annotations

import re
import unicodedata

LONGEST = 60
LONGEST_SHOWN = 60
SPELT = str.maketrans({"ß": "ss", "×": "x"})
MACHINE_MADE = re.compile(r"[a-z_]*[0-9a-f]{16,}|(i|question|item|q|resource)?[-_]?\d*|text2qti.*", re.IGNORECASE)


class Names:
    """The ids that are taken."""

    def __init__(self) -> None:
        self._taken: set[str] = set()

    def unique(self, wanted: str) -> str:
        """`wanted`, with a number behind it where it is taken."""
        name, count = wanted, 1
        while name in self._taken:
            count += 1
            name = f"{wanted[: LONGEST + 12].rstrip('-')}-{count}"
        self._taken.add(name)
        return name


def slug(text: str) -> str:
    """A text as an id: small letters, digits and single hyphens. `question` where nothing of it can be kept."""
    plain = unicodedata.normalize("NFKD", text.translate(SPELT)).encode("ascii", "ignore").decode("ascii")
    words = re.sub(r"[^a-z0-9]+", "-", re.sub(r"<[^>]*>|['’]", "", plain).lower()).strip("-")
    if len(words) > LONGEST:
        words = words[:LONGEST].rpartition("-")[0] or words[:LONGEST]
    return words.strip("-") or "question"


def meant(identifier: str) -> str:
    """An identifier that a person may have chosen; empty for one that a program made up."""
    return "" if MACHINE_MADE.fullmatch(identifier) else identifier


def shown(text: str) -> str:
    """A title or the first words of a text on one line, for lists."""
    line = " ".join(text.split())
    return line if len(line) <= LONGEST_SHOWN else f"{line[: LONGEST_SHOWN - 1].rstrip()}…"
