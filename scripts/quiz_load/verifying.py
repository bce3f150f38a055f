"""Hold what the class was told against what the database has: nothing acknowledged lost, nothing late accepted."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.orm import Session, sessionmaker

from scripts.quiz_load.tally import Change
from server.models import Participant, QuizAnswer, QuizSession


@dataclass(frozen=True, slots=True)
class Findings:
    """What was found, each as a line for people.

    Attributes:
        lost: acknowledged answers that are not there, and answers that nobody gave in their place.
        late: answers that were accepted although they came after the close and its grace.
        acknowledged: how many changes were acknowledged; `stored` how many answers the database has.
        in_grace: how many stored answers arrived after the close, within the grace.
        missed: changes that were sent before the close and refused as too late; `unanswered` those without a receipt.
    """

    lost: tuple[str, ...]
    late: tuple[str, ...]
    acknowledged: int
    stored: int
    in_grace: int
    missed: int
    unanswered: int


def verify(sessions: sessionmaker[Session], session_id: int, changes: Mapping[str, list[Change]]) -> Findings:
    """Compare every change with the answers of a session that is over."""
    with sessions() as s:
        session = s.get_one(QuizSession, session_id)
        assert session.closes_at is not None
        close = session.closes_at.timestamp()
        last = close + session.grace_seconds
        papers = {each.number: each for each in session.participants}
        given = select(QuizAnswer).join(Participant).where(Participant.session_id == session_id)
        stored = {(row.participant_id, row.item_id): row for row in s.scalars(given)}
    lost, late = list(_lost(papers, stored, changes)), list(_late(stored, changes, last))
    everything = [change for each in changes.values() for change in each]
    return Findings(
        lost=tuple(lost),
        late=tuple(late),
        acknowledged=sum(change.is_acknowledged for change in everything),
        stored=len(stored),
        in_grace=sum(row.answered_at.timestamp() >= close for row in stored.values()),
        missed=sum(change.outcome == "closed" and change.put_at < close for change in everything),
        unanswered=sum(not change.outcome for change in everything),
    )


def _lost(
    papers: Mapping[str, Participant], stored: Mapping[tuple[int, int], QuizAnswer], changes: Mapping[str, list[Change]]
) -> Iterator[str]:
    """What is stored of each question must be the newest change that was acknowledged, or one that was sent later."""
    for number, given in changes.items():
        for question in sorted({change.question for change in given}):
            ours = [change for change in given if change.question == question]
            acknowledged = max((change.sequence for change in ours if change.is_acknowledged), default=0)
            participant = papers.get(number)
            entry = participant.paper[question - 1] if participant is not None else None
            row = stored.get((participant.id, entry["item"])) if participant is not None and entry else None
            if row is None:
                if acknowledged:
                    yield f"{number}, question {question}: acknowledged with sequence {acknowledged}, and not there"
                continue
            change = next((each for each in ours if each.token == row.token), None)
            if row.sequence < acknowledged:
                yield f"{number}, question {question}: sequence {acknowledged} acknowledged, {row.sequence} stored"
            elif change is None or not _says(row, change, entry["order"] if entry else []):
                yield f"{number}, question {question}: what is stored is not what was sent"


def _says(row: QuizAnswer, change: Change, order: list[int]) -> bool:
    places = sorted(order[index] for index in change.picked)
    return row.sequence == change.sequence and sorted(row.picked) == places and row.text == change.text


def _late(
    stored: Mapping[tuple[int, int], QuizAnswer], changes: Mapping[str, list[Change]], last: float
) -> Iterator[str]:
    for row in stored.values():
        if row.answered_at.timestamp() >= last:
            yield f"participant {row.participant_id}, item {row.item_id}: stored as arrived at {row.answered_at}"
    tokens = {row.token for row in stored.values()}
    for number, given in changes.items():
        for change in given:
            if change.put_at >= last and (change.token in tokens or change.is_acknowledged):
                yield f"{number}, question {change.question}: given after the last moment, and accepted"
