"""Whether a board has changed: one cheap look, for pages that ask again and again."""

from __future__ import annotations

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from server.models import BoardHiding, BoardName, CourseAssignment, Person, Submission, TimingRun, TimingState

WAITING = (TimingState.QUEUED, TimingState.RUNNING)


def state_of(s: Session, published: CourseAssignment) -> str:
    """A text that differs whenever somebody was timed, joined, left, was hidden or is shown again."""
    done = select(func.count(TimingRun.id), func.max(TimingRun.finished_at)).where(
        TimingRun.course_assignment_id == published.id, TimingRun.state == TimingState.DONE
    )
    listed = select(func.count(BoardName.id)).where(BoardName.course_id == published.course_id, BoardName.is_listed)
    hidden = select(func.count(BoardHiding.id)).where(BoardHiding.course_assignment_id == published.id)
    return "-".join(map(str, [*s.execute(done).one(), s.scalar(listed), s.scalar(hidden)]))


def waits(s: Session, published: CourseAssignment) -> bool:
    """Whether anything of an assignment waits to be timed, or is."""
    query = select(TimingRun.id).where(TimingRun.course_assignment_id == published.id, TimingRun.state.in_(WAITING))
    return s.scalar(query.limit(1)) is not None


def own_waiting(s: Session, published: CourseAssignment, person: Person) -> TimingRun | None:
    """The timing that a person waits for: the one under way, else that of their newest submission."""
    query = (
        select(TimingRun)
        .join(TimingRun.submission)
        .where(
            TimingRun.course_assignment_id == published.id,
            TimingRun.state.in_(WAITING),
            Submission.person_id == person.id,
        )
        .order_by(TimingRun.state == TimingState.QUEUED, TimingRun.submission_id.desc(), TimingRun.id.desc())
    )
    return s.scalar(query.limit(1))
