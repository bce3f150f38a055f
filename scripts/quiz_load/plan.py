"""What a class will do, drawn once from a seed: when each joins, when each question is answered, who sends twice."""

from __future__ import annotations

import random
from dataclasses import dataclass

CLOSING_SECONDS = 10.0
IN_CLOSING = 0.7
CHANGED = 0.15
SENT_TWICE = 0.05
TOO_LATE = 0.05
SECOND_THOUGHTS = (0.5, 4.0)
LATE_BY = (0.05, 1.5)
FIRST_ANSWER = 2.0


@dataclass(frozen=True, slots=True)
class Act:
    """One answer: how many seconds after the opening, to which question (from 1), and whether it is sent again."""

    at: float
    question: int
    is_sent_twice: bool = False


@dataclass(frozen=True, slots=True)
class Life:
    """What one student does. `joins_at` counts from the beginning of the joining; `too_late` from the last moment."""

    number: str
    joins_at: float
    acts: tuple[Act, ...]
    too_late: float | None
    seed: int


def lives(students: int, questions: int, seconds: float, joining: float, seed: int = 1) -> list[Life]:
    """A class's plans: all join within `joining` seconds and answer each question once within `seconds`, most of them
    in the last ten; some change their mind, some send twice, some try after the close.
    """
    return [_life(f"s{index:05}", questions, seconds, joining, f"{seed}.{index}") for index in range(students)]


def _life(number: str, questions: int, seconds: float, joining: float, seed: str) -> Life:
    chance = random.Random(seed)  # noqa: S311 - decides nothing that is secret
    closing = max(FIRST_ANSWER, seconds - CLOSING_SECONDS)
    acts = []
    for question in range(1, questions + 1):
        is_late = chance.random() < IN_CLOSING or closing <= FIRST_ANSWER
        at = chance.uniform(closing, seconds) if is_late else chance.uniform(FIRST_ANSWER, closing)
        acts.append(Act(at, question, chance.random() < SENT_TWICE))
        again = at + chance.uniform(*SECOND_THOUGHTS)
        if chance.random() < CHANGED and again < seconds:
            acts.append(Act(again, question))
    too_late = chance.uniform(*LATE_BY) if chance.random() < TOO_LATE else None
    joins_at = chance.uniform(0, joining)
    return Life(number, joins_at, tuple(sorted(acts, key=lambda act: act.at)), too_late, chance.randrange(2**31))
