r"""GIFT's signs: which are escaped, where a question ends, and what its comments say.

Moodle's rules: `\:`, `\#`, `\=`, `\{`, `\}`, `\~` and `\\` stand for the character, `\n` for a line break, and any
other backslash for itself; a blank line ends a question; a line that begins with `//` is a comment, and in one
`[id:…]` and `[tag:…]` name the question.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field

ESCAPED = re.compile(r"\\([\\:#={}~n])", re.DOTALL)
TO_ESCAPE = re.compile(r"[\\:#={}~\n]")
NOTE = re.compile(r"//\s*stride:\s*(\{.*\})\s*")
ID = re.compile(r"\[id:((?:\\\]|[^\]\x00-\x1f])+)\]")
TAG = re.compile(r"\[tag:((?:\\\]|[^\]<>`\x00-\x1f])+)\]")


@dataclass(slots=True)
class Block:
    """One question's lines without its comments. `line` is where it begins, from 1."""

    line: int
    text: str
    comments: list[str] = field(default_factory=list)


def blocks(text: str) -> Iterator[Block]:
    """The questions of a file. A blank line within braces ends none, unless what follows begins a question."""
    lines = text.split("\n")
    current: Block | None = None
    for number, line in enumerate([*lines, ""], 1):
        bare = line.strip()
        if bare.startswith("//"):
            current = current or Block(number, "")
            current.comments.append(bare)
        elif bare and current and not (bare.startswith("::") and current.text):
            current.line = current.line if current.text else number
            current.text += f"{line}\n"
        elif bare:
            if current:
                yield current
            current = Block(number, f"{line}\n")
        elif current and (number > len(lines) or not _is_open(current.text, lines, number)):
            yield current
            current = None
        elif current:
            current.text += "\n"
    if current:
        yield current


def _is_open(text: str, lines: list[str], number: int) -> bool:
    """Whether a brace is open, and is closed before another opens."""
    if find(text, "{") < 0 or find(text, "}", find(text, "{")) >= 0:
        return False
    for line in lines[number : number + 200]:
        opened, closed = find(line, "{"), find(line, "}")
        if closed >= 0:
            return opened < 0 or closed < opened
        if opened >= 0 or line.strip().startswith("::"):
            return False
    return False


def find(text: str, sign: str, start: int = 0) -> int:
    """Where a sign stands that is not escaped; -1 where there is none."""
    found = re.compile(rf"(?:[^\\]|\\.)*?(?={re.escape(sign)})", re.DOTALL).match(text, start)
    return found.end() if found else -1


def unescaped(text: str) -> str:
    """The text that is meant."""
    return ESCAPED.sub(lambda found: "\n" if found[1] == "n" else found[1], text)


def escaped(text: str) -> str:
    """A text on one line with nothing in it that is a sign."""
    return TO_ESCAPE.sub(lambda found: r"\n" if found.group() == "\n" else f"\\{found.group()}", text)


def pieces(text: str, signs: str) -> list[str]:
    """The text cut before every sign that is not escaped; the first piece is what stands before them, maybe nothing."""
    cuts = [
        found.start() for found in re.finditer(rf"\\.|[{re.escape(signs)}]", text, re.DOTALL) if found.group() in signs
    ]
    ends = [*cuts, len(text)]
    return [text[: ends[0]], *(text[start:end] for start, end in zip(cuts, ends[1:], strict=True))]


def last(text: str, sign: str) -> int:
    """Where a sign that is not escaped stands last; -1 where there is none."""
    place, found = -1, find(text, sign)
    while found >= 0:
        place, found = found, find(text, sign, found + len(sign))
    return place
