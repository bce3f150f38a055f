"""Deciding about a question after the quiz: who would change and by how much, then doing it, or undoing it.

Scores are computed from the corrections (`server.services.quizzes.results`), so there is nothing else to update.
"""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from server.models import Course, Mode, Participant, Person, QuizEvent, QuizSession, SessionItem, utcnow
from server.quiz.bank import Bank
from server.quiz.correction import Correction, CorrectionError, check_correction, check_draw, correction_from_dict
from server.quiz.source import question_to_dict
from server.services.errors import Refused
from server.services.quizzes.events import Act, record
from server.services.quizzes.questions import Entry, entry
from server.services.quizzes.results import Marks, marks, name_of, question_of
from server.services.quizzes.scheduling import lock

LONGEST_REASON = 500
SAME = 1e-9


@dataclass(frozen=True, slots=True)
class Change:
    """What a correction changes for one participant: marks and the most that can be reached, in points."""

    participant: Participant
    before: float
    before_max: float
    after: float
    after_max: float

    @property
    def by(self) -> float:
        """How many points are won or lost."""
        return self.after - self.before


@dataclass(frozen=True, slots=True)
class Preview:
    """What a correction would change: who, from what, to what; those who gain most first."""

    changes: tuple[Change, ...]
    participants: int
    mean_before: float | None
    mean_after: float | None

    @property
    def gain(self) -> int:
        """How many get more points."""
        return sum(change.by > SAME for change in self.changes)

    @property
    def lose(self) -> int:
        """How many get fewer points."""
        return sum(change.by < -SAME for change in self.changes)


@dataclass(frozen=True, slots=True)
class Decision:
    """A line of the record: what was decided about which question, by whom, why, and for how many it changed a mark."""

    at: datetime
    by: str | None
    item: str
    before: Correction | None
    after: Correction | None
    reason: str
    changed: int


def preview(s: Session, session: QuizSession, item: SessionItem, correction: Correction | None) -> Preview:
    """Who would change if `correction` took the place of what is decided about `item` now. Raises Refused."""
    before = marks(s, session)
    _check(before, item, correction)
    return _compared(before, marks(s, session, {item.id: correction}))


def decide(
    s: Session,
    session: QuizSession,
    item: SessionItem,
    correction: Correction | None,
    by: Person,
    *,
    expected: str,
    reason: str = "",
    now: datetime | None = None,
) -> Preview:
    """Apply a correction, or undo the one that stands where it is None, and write down who did it and why.

    `expected` is the `stamp` of the item that the lecturer saw. Raises Refused where it was decided otherwise since.
    The caller commits.
    """
    lock(s, session)
    s.refresh(item)
    if stamp(item) != expected:
        raise Refused(
            "Somebody decided about this question in the meantime. Look at what stands now, then decide again."
        )
    if correction is None and item.correction is None:
        raise Refused("There is no correction to undo.")
    found = preview(s, session, item, correction)
    before, item.correction = item.correction, correction.to_dict() if correction else None
    record(
        s,
        session,
        Act.CORRECTED if correction else Act.UNCORRECTED,
        by,
        now or utcnow(),
        item=item.id,
        name=name_of(item),
        before=before,
        after=item.correction,
        reason=correction.reason if correction else reason,
        changed=len(found.changes),
    )
    return found


def stamp(item: SessionItem) -> str:
    """A short word for what is decided about an item: it changes with every decision."""
    return hashlib.sha256(json.dumps(item.correction, sort_keys=True).encode()).hexdigest()[:12]


def unmended(s: Session, course: Course, bank: Bank, item: SessionItem) -> Entry | None:
    """The question that a corrected item was copied from, where it still stands as it was asked; else None.

    A decision is about one session: the next one that takes the question asks it so again.
    """
    if item.correction is None:
        return None
    today = entry(s, course, bank, item.origin)
    if today is None or question_to_dict(today.question) != question_to_dict(question_of(item)):
        return None
    return today


def decisions(s: Session, session: QuizSession) -> list[Decision]:
    """Everything that was decided about the questions of a session, the newest first."""
    kinds = [Act.CORRECTED.value, Act.UNCORRECTED.value]
    rows = s.execute(
        select(QuizEvent, Person.number)
        .outerjoin(Person, Person.id == QuizEvent.person_id)
        .where(QuizEvent.session_id == session.id, QuizEvent.kind.in_(kinds))
        .order_by(QuizEvent.at.desc(), QuizEvent.id.desc())
    )
    return [_decision(event, by) for event, by in rows]


def _decision(event: QuizEvent, by: str | None) -> Decision:
    details = event.details
    return Decision(
        at=event.at,
        by=by,
        item=details["name"],
        before=correction_from_dict(details["before"]),
        after=correction_from_dict(details["after"]),
        reason=details["reason"],
        changed=details["changed"],
    )


def _check(found: Marks, item: SessionItem, correction: Correction | None) -> None:
    """Raise Refused for a correction that does not fit the question, or a draw of it that somebody got."""
    if found.session.mode is Mode.PRACTICE:
        raise Refused("A practice session has no scores to correct. Mend the question itself.")
    if correction is None:
        return
    if not correction.reason.strip() or len(correction.reason) > LONGEST_REASON:
        raise Refused(f"Say why, in at most {LONGEST_REASON} characters: students may ask, and colleagues too.")
    if correction == correction_from_dict(item.correction):
        raise Refused("This is what is decided already.")
    try:
        check_correction(question_of(item), correction)
        for (_, item_id), drawn in found.draws.items():
            if item_id == item.id:
                check_draw(drawn, correction)
    except CorrectionError as error:
        raise Refused(str(error)) from None


def _compared(before: Marks, after: Marks) -> Preview:
    rows = zip(before.participants, before.totals, before.maxima, after.totals, after.maxima, strict=True)
    changes = [Change(who, *map(float, figures)) for who, *figures in rows]
    changed = [each for each in changes if abs(each.by) > SAME or abs(each.after_max - each.before_max) > SAME]
    changed.sort(key=lambda change: (-change.by, change.participant.number))
    return Preview(tuple(changed), len(changes), before.quiz.mean, after.quiz.mean)
