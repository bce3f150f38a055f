"""What goes in and out of the formats: what came over, what did not, and why."""

from __future__ import annotations

from dataclasses import dataclass, field

from server.quiz.question import Question

MOST_QUESTIONS = 1000
"""Questions of one file."""
LARGEST_FILE = 8 * 1024 * 1024
"""Bytes of a file, and of what is packed in it."""


class FormatError(Exception):
    """A file cannot be read, or a format not be written, at all; the message is for the person who asked."""

    def __init__(self, message: str) -> None:
        super().__init__(message)
        self.message = message


class NotHeld(Exception):  # noqa: N818 - it is a limit of a format, not a failure
    """One question cannot come over; the message is a sentence that says why."""


@dataclass(frozen=True, slots=True)
class Refusal:
    """A question that did not come over, or something of it that was lost.

    `place` is where it stands (`line 12`, `row 9`, `item q3`, `question 4`), `name` its title, id or first words.
    """

    place: str
    name: str
    reason: str


@dataclass(frozen=True, slots=True)
class Imported:
    """What a file held. `notes` name questions that came over with something left behind."""

    questions: list[Question] = field(default_factory=list)
    refused: list[Refusal] = field(default_factory=list)
    notes: list[Refusal] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class Written:
    """A file. `left_out` are questions that it cannot hold, `notes` what others of it lost."""

    data: bytes
    filename: str
    mimetype: str
    left_out: list[Refusal] = field(default_factory=list)
    notes: list[Refusal] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class Format:
    """A format: its name for programs, its title for people, and what can be done with it."""

    name: str
    title: str
    extension: str
    mimetype: str
    can_read: bool = True
    can_write: bool = True
