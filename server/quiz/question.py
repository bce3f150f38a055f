"""What a question is as people write it, and what it is once its numbers are drawn.

A question's texts are Markdown with formulas and pictures, as in an assignment's statement. In a question with
parameters, `<<expression>>` stands for a value that is drawn (see `server.quiz.drawing`).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from types import MappingProxyType
from typing import Any


class Kind(StrEnum):
    """What a student does: picks one option, picks several, says true or false, or types a number."""

    SINGLE = "single"
    MULTIPLE = "multiple"
    TRUE_FALSE = "true_false"
    NUMERIC = "numeric"


class Scoring(StrEnum):
    """How the options picked in a question of kind `multiple` become a fraction; see `server.quiz.scoring`."""

    NET_CORRECT = "net_correct"
    ALL_OR_NOTHING = "all_or_nothing"
    FRACTIONS = "fractions"
    COVERAGE = "coverage"
    EACH_OPTION = "each_option"
    FALSE2 = "false2"
    RIGHT_MINUS_WRONG = "right_minus_wrong"


@dataclass(frozen=True, slots=True)
class Option:
    """One option. `why` says what picking it shows: for a wrong one, the misconception.

    `fraction` of the points, -1 to 1, is set only where an imported question gives part of them; else a right option
    of a single choice is worth 1 and a wrong one 0.
    """

    text: str
    is_right: bool = False
    why: str = ""
    fraction: float | None = None


@dataclass(frozen=True, slots=True)
class Answer:
    """One accepted number: within `tolerance` of `value`, both ends included. Both are expressions, or numbers as text.

    An answer with `fraction` 0 is a known mistake: it scores nothing, and `why` names the misconception.
    """

    value: str
    tolerance: str = "0"
    fraction: float = 1.0
    why: str = ""


@dataclass(frozen=True, slots=True)
class Question:
    """A question as it is written. `draw` and `where` are empty unless it has parameters.

    Attributes:
        id: a name such as `output-size`, unique in its file's folder (and in a course's own questions).
        options: two to twelve for `single` and `multiple`; `true_false` has the two options True and False, in this
            order; `numeric` has none.
        answers: of a `numeric` question, the first that fits counts.
        draw: name -> how it is drawn, in order; a later one may use the earlier.
        where: conditions that a draw must meet.
        show: how many options a student sees (every right one among them); None shows all.
        points: what the full score is worth unless a quiz says otherwise.
        topic: of the course's list, such as `Q22`; empty for a lecturer's own.
        source: where the lectures treat it, such as `D2 L129-135`.
        difficulty: 1 (recall) to 3 (several steps).
        explanation: shown with the result, whatever was answered.
        shuffles: False keeps the options in the order written.
    """

    id: str
    kind: Kind
    stem: str
    options: tuple[Option, ...] = ()
    answers: tuple[Answer, ...] = ()
    draw: Mapping[str, Any] = field(default_factory=lambda: MappingProxyType({}))
    where: tuple[str, ...] = ()
    show: int | None = None
    scoring: Scoring = Scoring.NET_CORRECT
    points: float = 1.0
    title: str = ""
    topic: str = ""
    source: str = ""
    difficulty: int | None = None
    explanation: str = ""
    shuffles: bool = True
    tags: tuple[str, ...] = ()

    @property
    def has_parameters(self) -> bool:
        """Whether its numbers differ from draw to draw."""
        return bool(self.draw)


@dataclass(frozen=True, slots=True)
class DrawnOption:
    """An option with its numbers in place. `place` is its position in the question as written: what is stored."""

    place: int
    text: str
    is_right: bool
    why: str = ""
    fraction: float | None = None


@dataclass(frozen=True, slots=True)
class DrawnAnswer:
    """An accepted number with its tolerance, both computed."""

    value: float
    tolerance: float
    fraction: float = 1.0
    why: str = ""


@dataclass(frozen=True, slots=True)
class DrawnQuestion:
    """A question with its numbers in place, in the order written: who shows it shuffles. `values` are the draw."""

    question: Question
    stem: str
    options: tuple[DrawnOption, ...]
    answers: tuple[DrawnAnswer, ...]
    explanation: str
    values: Mapping[str, Any]

    @property
    def key(self) -> frozenset[int]:
        """The places of the right options."""
        return frozenset(option.place for option in self.options if option.is_right)


Picked = tuple[int, ...]
"""The places of the options that were picked, ascending; empty when the choice was taken back."""


@dataclass(frozen=True, slots=True)
class Response:
    """What a student answered: options by their place, or the text typed for a number. Both empty: no answer."""

    picked: Picked = ()
    text: str = ""

    @property
    def is_empty(self) -> bool:
        """Whether there is no answer: it scores 0, and counts as not answered."""
        return not self.picked and not self.text.strip()
