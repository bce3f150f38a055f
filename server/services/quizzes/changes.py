"""An answer as a browser sends it, and what becomes of it."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from server.models import QuizAnswer
from server.quiz.numbers import LONGEST
from server.quiz.paper import Entry
from server.quiz.question import Picked
from server.services.errors import AnswerRefused

LONGEST_TEXT = LONGEST
MOST_OPTIONS = 12
MOST_QUESTIONS = 500
LARGEST_SEQUENCE = 2**53 - 1
TOKEN = re.compile(r"[A-Za-z0-9_-]{8,40}")


class Outcome(StrEnum):
    """What became of an answer. Only SAVED and SUPERSEDED are final: the others may be sent again."""

    SAVED = "saved"
    SUPERSEDED = "superseded"
    WAITING = "waiting"
    PAUSED = "paused"
    CLOSED = "closed"
    NOT_ON_SHOW = "not_on_show"
    OTHER_DEVICE = "other_device"
    UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True)
class Change:
    """An answer as it was sent: `question` counts from 0 in the paper, `picked` are indices in the order shown.

    `sequence` grows with each change on the device, `token` is the change's own: sent again, it gets the same receipt.
    """

    participant: int
    device: str
    question: int
    picked: Picked
    text: str
    sequence: int
    token: str
    arrived: datetime


@dataclass(frozen=True, slots=True)
class Receipt:
    """What became of a change. `sequence` and `answered_at` are those of the answer that is stored now."""

    outcome: Outcome
    sequence: int | None = None
    answered_at: datetime | None = None


def read_change(data: object, participant: int, device: str, arrived: datetime) -> Change:
    """A change from the JSON that a browser sent; `question` counts from 1 there. Raises AnswerRefused."""
    if not isinstance(data, dict):
        raise AnswerRefused("An answer is a JSON object.")
    picked, text, token = data.get("picked", []), data.get("text", ""), data.get("token")
    if not isinstance(picked, list) or len(picked) > MOST_OPTIONS:
        raise AnswerRefused("`picked` must be a list of options.")
    if not isinstance(text, str) or len(text) > LONGEST_TEXT:
        raise AnswerRefused(f"A number has at most {LONGEST_TEXT} characters.")
    if not isinstance(token, str) or not TOKEN.fullmatch(token):
        raise AnswerRefused("`token` must have 8 to 40 letters, digits, hyphens or underscores.")
    return Change(
        participant=participant,
        device=device,
        question=_whole(data.get("question"), "question", 1, MOST_QUESTIONS) - 1,
        picked=tuple(sorted({_whole(index, "picked", 0, MOST_OPTIONS - 1) for index in picked})),
        text="".join(letter if letter.isprintable() else " " for letter in text).strip(),
        sequence=_whole(data.get("sequence"), "sequence", 1, LARGEST_SEQUENCE),
        token=token,
        arrived=arrived,
    )


def is_same(change: Change, entry: Entry, stored: QuizAnswer | None) -> bool:
    """Whether a change says what is stored for this entry of the paper already."""
    if stored is None:
        return not change.picked and not change.text
    order = entry["order"]
    picked = sorted(order[index] for index in change.picked if index < len(order))
    return picked == sorted(stored.picked) and change.text == stored.text


def _whole(value: object, name: str, least: int, most: int) -> int:
    if isinstance(value, bool) or not isinstance(value, int) or not least <= value <= most:
        raise AnswerRefused(f"`{name}` must be a whole number from {least} to {most}.")
    return value
