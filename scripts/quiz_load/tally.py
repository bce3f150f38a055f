"""What the class did and what it was told: every request with its time, every change with its receipt."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from enum import StrEnum


class Kind(StrEnum):
    """What a request is for."""

    FORM = "form"
    JOIN = "join"
    PAGE = "page"
    FILE = "file"
    STATE = "state"
    SHEET = "sheet"
    ANSWER = "answer"
    PROJECTOR = "projector"
    DESK = "desk"


@dataclass(frozen=True, slots=True)
class Asked:
    """One request: when it was sent (seconds since 1970), how many seconds it took, and the status (0 for none)."""

    kind: Kind
    sent_at: float
    seconds: float
    status: int


@dataclass(slots=True)
class Change:
    """One answer as a student gave it. `outcome` is the last receipt's; empty as long as there is none.

    `picked` are indices in the order that the student saw. `last_sent_at` is when it was sent the last time before
    it was acknowledged.
    """

    question: int
    picked: tuple[int, ...]
    text: str
    sequence: int
    token: str
    put_at: float
    last_sent_at: float = 0.0
    times_sent: int = 0
    outcome: str = ""
    is_acknowledged: bool = False


@dataclass(slots=True)
class Tally:
    """Everything that happened. `changes` are by student number; `opened` seconds from the opening to the questions."""

    requests: list[Asked] = field(default_factory=list)
    changes: dict[str, list[Change]] = field(default_factory=dict)
    papers: dict[str, list[tuple[str, int]]] = field(default_factory=dict)
    opened: list[float] = field(default_factory=list)
    errors: Counter[str] = field(default_factory=Counter)

    def error(self, kind: Kind, what: object) -> None:
        """Note that a request got no proper reply."""
        self.errors[f"{kind.value}: {what}"] += 1

    def all_changes(self) -> list[Change]:
        """The changes of everybody."""
        return [change for changes in self.changes.values() for change in changes]
