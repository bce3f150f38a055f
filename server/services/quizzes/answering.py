"""Storing answers as they are given: a batch in one transaction, the newest of each question kept.

An answer names a question by its place in the student's own paper and options by the order that they saw; what is
stored are places as written. Whether it counts is decided here, by rows read in the transaction that stores it.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import cache
from typing import Any

from sqlalchemy import Connection, Engine, Executable, Row, bindparam, select, tuple_
from sqlalchemy.exc import DataError, IntegrityError
from sqlalchemy.orm import Session

from server.models import Participant, QuizAnswer, QuizSession
from server.quiz.paper import Entry
from server.quiz.question import Kind
from server.services.quizzes import clock
from server.services.quizzes.changes import Change, Outcome, Receipt
from server.services.quizzes.clock import Phase
from server.services.quizzes.inserting import insert_for

OF_PHASE = {
    Phase.WAITING: Outcome.WAITING,
    Phase.OPEN: Outcome.NOT_ON_SHOW,
    Phase.PAUSED: Outcome.PAUSED,
    Phase.CLOSED: Outcome.CLOSED,
}

Key = tuple[int, int]

_ASKED = (
    *(Participant.id, Participant.device, Participant.paper),
    *(Participant.joined_at, Participant.extra_seconds, Participant.paused_seconds),
    *(QuizSession.mode, QuizSession.opens_at, QuizSession.closes_at, QuizSession.limit_seconds),
    *(QuizSession.grace_seconds, QuizSession.paused_at, QuizSession.ended_at),
    *(QuizSession.stage, QuizSession.stage_at, QuizSession.current),
)
_STORED = (
    *(QuizAnswer.participant_id, QuizAnswer.item_id),
    *(QuizAnswer.sequence, QuizAnswer.token, QuizAnswer.answered_at),
)
# Built once: to build a statement takes longer than to store an answer.
_PARTICIPANTS = (
    select(*_ASKED)
    .join(QuizSession, QuizSession.id == Participant.session_id)
    .where(Participant.id.in_(bindparam("ids", expanding=True)))
    .with_for_update(read=True, key_share=True, of=Participant)
)
_ANSWERS = select(*_STORED).where(
    tuple_(QuizAnswer.participant_id, QuizAnswer.item_id).in_(bindparam("keys", expanding=True))
)


def store(engine: Engine, changes: Sequence[Change]) -> list[Receipt]:
    """Store a batch in one transaction, and say for each change what became of it, once that is durable.

    A row that the database refuses costs that change alone. Raises SQLAlchemyError where the database is away:
    then nothing of the batch is promised.
    """
    try:
        with engine.begin() as connection:
            return record(connection, changes)
    except (IntegrityError, DataError):
        # An item was deleted while this was under way: the others of the batch have nothing to do with it.
        if len(changes) == 1:
            return [Receipt(Outcome.UNKNOWN)]
        return [receipt for change in changes for receipt in store(engine, [change])]


def record(connection: Connection, changes: Sequence[Change]) -> list[Receipt]:
    """The same on a connection, whose transaction the caller commits."""
    rows = _rows(connection, {change.participant for change in changes})
    keys = [_key(change, rows) for change in changes]
    refusals = [_refusal(change, rows.get(change.participant)) for change in changes]
    taken = [(key, change) for key, change, refusal in zip(keys, changes, refusals, strict=True) if key and not refusal]
    stored = _upsert(connection, _newest(taken), rows)
    stored |= _stored(connection, {key for key in keys if key is not None and key not in stored})
    return [
        _receipt(change, refusal, stored.get(key) if key else None)
        for key, change, refusal in zip(keys, changes, refusals, strict=True)
    ]


def answers_of(s: Session, participant: Participant) -> dict[int, QuizAnswer]:
    """What a participant has answered so far, by item."""
    return {
        answer.item_id: answer
        for answer in s.scalars(select(QuizAnswer).where(QuizAnswer.participant_id == participant.id))
    }


def _rows(connection: Connection, participants: set[int]) -> dict[int, Row[Any]]:
    """The participants with their session's times. The lock makes SQLite begin to write here, before it decides."""
    return {row.id: row for row in connection.execute(_PARTICIPANTS, {"ids": _padded(sorted(participants))})}


def _padded(ids: list[int]) -> list[int]:
    """As many as a power of two, by repeating the last: a few texts of the statement, which the driver then knows."""
    return ids + ids[-1:] * ((1 << (len(ids) - 1).bit_length()) - len(ids))


def _key(change: Change, rows: Mapping[int, Row[Any]]) -> Key | None:
    row = rows.get(change.participant)
    if row is None or change.question >= len(row.paper):
        return None
    return change.participant, row.paper[change.question]["item"]


def _refusal(change: Change, row: Row[Any] | None) -> Outcome | None:
    """Why a change is not stored, or None."""
    if row is None or not _fits(change, row.paper):
        return Outcome.UNKNOWN
    if row.device != change.device:
        return Outcome.OTHER_DEVICE
    if clock.accepts(row, row, change.question, change.arrived):
        return None
    return OF_PHASE[clock.phase(row, row, change.arrived)]


def _fits(change: Change, paper: Sequence[Entry]) -> bool:
    """Whether the paper has this question, and the question such an answer."""
    if change.question >= len(paper):
        return False
    kind, options = Kind(paper[change.question]["kind"]), len(paper[change.question]["order"])
    if kind is Kind.NUMERIC:
        return not change.picked
    if change.text or any(index >= options for index in change.picked):
        return False
    return kind is Kind.MULTIPLE or len(change.picked) <= 1


def _newest(taken: Sequence[tuple[Key, Change]]) -> dict[Key, Change]:
    """Of several changes to one answer the last; in order, so that two batches lock rows in the same order."""
    return dict(sorted(taken, key=lambda pair: (pair[0], pair[1].sequence)))


def _upsert(connection: Connection, newest: Mapping[Key, Change], rows: Mapping[int, Row[Any]]) -> dict[Key, Row[Any]]:
    """Store changes over older ones; what came back is what is stored now, and only where that is a new row."""
    if not newest:
        return {}
    values = [_values(key, change, rows[change.participant].paper) for key, change in newest.items()]
    storing = _storing(connection.dialect.name)
    return {(row.participant_id, row.item_id): row for row in connection.execute(storing, values)}


@cache
def _storing(dialect: str) -> Executable:
    adding = insert_for(dialect, QuizAnswer)
    new = adding.excluded
    columns = ("picked", "text", "sequence", "token", "answered_at")
    return adding.on_conflict_do_update(
        index_elements=["participant_id", "item_id"],
        set_={name: new[name] for name in columns},
        where=new.sequence > QuizAnswer.sequence,
    ).returning(*_STORED)


def _values(key: Key, change: Change, paper: Sequence[Entry]) -> dict[str, Any]:
    order = paper[change.question]["order"]
    return {
        "participant_id": key[0],
        "item_id": key[1],
        "picked": sorted(order[index] for index in change.picked),
        "text": change.text,
        "sequence": change.sequence,
        "token": change.token,
        "answered_at": change.arrived,
    }


def _stored(connection: Connection, keys: set[Key]) -> dict[Key, Row[Any]]:
    if not keys:
        return {}
    return {(row.participant_id, row.item_id): row for row in connection.execute(_ANSWERS, {"keys": list(keys)})}


def _receipt(change: Change, refusal: Outcome | None, stored: Row[Any] | None) -> Receipt:
    """SAVED for what is stored, however often and late it is sent; an older change is superseded by it."""
    if stored is None:
        return Receipt(refusal or Outcome.UNKNOWN)
    is_this = stored.token == change.token
    return Receipt(Outcome.SAVED if is_this else refusal or Outcome.SUPERSEDED, stored.sequence, stored.answered_at)
