"""Jobs that wait for the commit: put here by services, sent by `server.broker` once the rows are durable."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy.orm import Session, SessionTransaction

from grader.contract import GRADE_TASK, Job, TimingJob

KEY = "stride.outbox"


@dataclass(frozen=True, slots=True)
class Letter:
    """A job, the queue that it goes to, the task that takes it, and the transaction that it belongs to.

    `weights` is the id of the weights that go with it. They are read when the letter is sent, so that many letters hold
    no more than one file at a time. Of those that wait in a queue, the ones with the smallest `priority` are taken
    first.
    """

    job: Job | TimingJob
    queue: str
    transaction: SessionTransaction | None
    weights: int | None = None
    task: str = GRADE_TASK
    priority: int = 0


def put(
    session: Session,
    job: Job | TimingJob,
    queue: str,
    weights: int | None = None,
    *,
    task: str = GRADE_TASK,
    priority: int = 0,
) -> None:
    """Have `job` sent to `queue` when the session's transaction commits, and forgotten when it rolls back."""
    transaction = session.get_nested_transaction() or session.get_transaction()
    _letters(session).append(Letter(job, queue, transaction, weights, task, priority))


def take(session: Session) -> list[Letter]:
    """Everything in the outbox, which is empty afterwards."""
    letters = _letters(session)
    taken, letters[:] = letters[:], []
    return taken


def forget(session: Session, rolled_back: SessionTransaction) -> None:
    """Drop what was put during `rolled_back` or a savepoint inside it."""
    letters = _letters(session)
    letters[:] = [letter for letter in letters if not _is_within(letter.transaction, rolled_back)]


def end(session: Session, transaction: SessionTransaction) -> None:
    """Empty the outbox with the outermost transaction: a session that was closed without a commit sends nothing."""
    if transaction.parent is None:
        _letters(session).clear()


def _letters(session: Session) -> list[Letter]:
    letters: list[Letter] = session.info.setdefault(KEY, [])
    return letters


def _is_within(transaction: SessionTransaction | None, outer: SessionTransaction) -> bool:
    while transaction is not None:
        if transaction is outer:
            return True
        transaction = transaction.parent
    return False
