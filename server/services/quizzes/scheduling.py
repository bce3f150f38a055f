"""Scheduling a session of a quiz: its times and rules, its copy of the questions, and the code that leads to it."""

from __future__ import annotations

import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import delete, exists, select
from sqlalchemy.orm import Session

from server.models import (
    Mode,
    Numbers,
    Participant,
    Person,
    PracticeAnswer,
    Quiz,
    QuizEvent,
    QuizSession,
    SessionItem,
    TimeAllowance,
    utcnow,
)
from server.quiz.drawing import DrawError
from server.quiz.paper import lay_down
from server.services.errors import Refused
from server.services.quizzes import clock
from server.services.quizzes.clock import Phase
from server.services.quizzes.events import Act, record

# Letters and digits that nobody takes for one another from the last row: no B and 8, D and O and 0, I and 1, S and 5...
CODE_LETTERS = "34679ACEFHJKMNPRTWXY"
CODE_LENGTH = 6
SEED_BITS = 53
LONGEST = timedelta(days=366)
LONGEST_LIMIT = timedelta(hours=24)
LARGEST_GRACE = 30.0
TRIED_PAPERS = 3


@dataclass(frozen=True, slots=True)
class Plan:
    """What a lecturer decides about a session.

    Attributes:
        opens_at: None waits for the lecturer's start (PRACTICE: opens at once).
        closes_at: TIMED and WINDOW need it where `opens_at` is set; PRACTICE may have one; PACED has none.
        limit_seconds: WINDOW: each student's own; PACED: for each question, or None; TIMED: the whole length, used
            where the lecturer starts it.
        grace_seconds: how late an answer that was sent in time may arrive.
    """

    title: str
    mode: Mode
    opens_at: datetime | None = None
    closes_at: datetime | None = None
    limit_seconds: int | None = None
    grace_seconds: float = 2.0
    roster_only: bool = True
    numbers: Numbers = Numbers.EACH
    shuffles_questions: bool = True
    shuffles_options: bool = True


def schedule(
    s: Session, quiz: Quiz, plan: Plan, by: Person, *, after: int | None = None, now: datetime | None = None
) -> QuizSession:
    """A new session with a copy of the quiz's questions and a room code. Raises Refused.

    `after` is the newest session that the form was made for: a form that is sent twice makes one session, not two.
    """
    now = now or utcnow()
    _locked(s, quiz)
    twin = _twin(s, quiz, plan, after)
    if twin is not None:
        return twin
    _check(plan, now)
    session = QuizSession(course_id=quiz.course_id, code=_new_code(s), seed=secrets.randbits(SEED_BITS))
    _apply(session, plan)
    session.items = copied_items(quiz)
    quiz.sessions.append(session)
    s.flush()
    check_papers(session)
    record(s, session, Act.SCHEDULED, by, now)
    return session


def change(s: Session, session: QuizSession, plan: Plan, by: Person, *, now: datetime | None = None) -> None:
    """Change a session that has not opened. Raises Refused.

    What papers are made of stays once somebody joined: they have theirs already.
    """
    now = now or utcnow()
    _before_opening(s, session, now)
    _check(plan, now)
    if _is_joined(s, session) and _paper_rules(plan) != _paper_rules(session):
        raise Refused(
            "Somebody is in the lobby already and has a paper: mode, numbers and shuffling stay as they are. Times and "
            "the title can be changed."
        )
    _apply(session, plan)
    s.flush()
    check_papers(session)
    record(s, session, Act.CHANGED, by, now)


def copy_again(s: Session, session: QuizSession, by: Person, *, now: datetime | None = None) -> None:
    """Take the quiz's questions anew, as long as nobody joined. Raises Refused."""
    now = now or utcnow()
    _before_opening(s, session, now)
    if _is_joined(s, session):
        raise Refused("Somebody is in the lobby already and has a paper, so the questions stay as they are.")
    session.items = copied_items(session.quiz)
    s.flush()
    check_papers(session)
    record(s, session, Act.CHANGED, by, now, questions=len(session.items))


def is_behind(session: QuizSession) -> bool:
    """Whether the quiz's questions are others than the session's copy of them."""
    fields = ("part", "pick", "origin", "definition", "points")
    fresh, copied = (
        [tuple(getattr(item, name) for name in fields) for item in items]
        for items in (copied_items(session.quiz), session.items)
    )
    return fresh != copied


def cancel(s: Session, session: QuizSession, by: Person, *, now: datetime | None = None) -> bool:
    """End a session that has not opened: whoever waits in its lobby is told. False when it was cancelled before."""
    now = now or utcnow()
    lock(s, session)
    if is_cancelled(session):
        return False
    _before_opening(s, session, now)
    session.ended_at = now
    record(s, session, Act.CANCELLED, by, now)
    return True


def is_cancelled(session: QuizSession) -> bool:
    """Whether it was ended before it opened."""
    return session.ended_at is not None and (session.opens_at is None or session.ended_at < session.opens_at)


def remove(s: Session, session: QuizSession) -> None:
    """Delete a session in which nothing was answered: one that was cancelled. Raises Refused."""
    lock(s, session)
    if not is_cancelled(session):
        raise Refused("Only a session that was cancelled can be deleted. Cancel it first, before it opens.")
    s.execute(delete(QuizEvent).where(QuizEvent.session_id == session.id))
    s.execute(delete(TimeAllowance).where(TimeAllowance.session_id == session.id))
    items = select(SessionItem.id).where(SessionItem.session_id == session.id)
    s.execute(delete(PracticeAnswer).where(PracticeAnswer.item_id.in_(items)))
    s.delete(session)
    s.flush()


def lock(s: Session, session: QuizSession) -> None:
    """Read the session anew and keep it from everybody else's changes until the transaction ends."""
    s.refresh(session, with_for_update=True)


def copied_items(quiz: Quiz) -> list[SessionItem]:
    """The quiz's questions as a session keeps them."""
    chosen = [(place, part, item) for place, part in enumerate(quiz.parts) for item in part.items]
    return [
        SessionItem(
            position=position,
            part=place,
            pick=part.pick,
            origin=item.origin,
            definition=item.definition,
            points=item.points,
        )
        for position, (place, part, item) in enumerate(chosen)
    ]


def check_papers(session: QuizSession) -> None:
    """Lay down a few papers. Raises Refused where there is no question, or one cannot be drawn."""
    if not session.items:
        raise Refused("This quiz has no question yet. Add some first.")
    try:
        for seed in range(TRIED_PAPERS):
            lay_down(session.items, seed, session)
    except DrawError as error:
        raise Refused(f"A question cannot be drawn: {error}. Mend it or take it out.") from None


def _locked(s: Session, quiz: Quiz) -> None:
    s.refresh(quiz, with_for_update=True)


def _twin(s: Session, quiz: Quiz, plan: Plan, after: int | None) -> QuizSession | None:
    """The session that the same form has made already."""
    if after is None:
        return None
    newer = select(QuizSession).where(QuizSession.quiz_id == quiz.id, QuizSession.id > after)
    same = newer.where(QuizSession.title == plan.title.strip(), QuizSession.mode == plan.mode)
    return next((each for each in s.scalars(same) if each.opens_at == plan.opens_at), None)


def _apply(session: QuizSession, plan: Plan) -> None:
    session.title, session.mode = plan.title.strip(), plan.mode
    session.opens_at, session.closes_at = plan.opens_at, plan.closes_at
    session.limit_seconds, session.grace_seconds = plan.limit_seconds, plan.grace_seconds
    session.roster_only, session.numbers = plan.roster_only, plan.numbers
    session.shuffles_questions, session.shuffles_options = plan.shuffles_questions, plan.shuffles_options


def _check(plan: Plan, now: datetime) -> None:
    if not plan.title.strip() or len(plan.title) > 200 or not plan.title.isprintable():
        raise Refused("A session needs a title of 200 printable characters at most.")
    if not 0 <= plan.grace_seconds <= LARGEST_GRACE:
        raise Refused(f"The grace for answers under way lies between 0 and {LARGEST_GRACE:g} seconds.")
    _check_times(plan, now)
    limit = plan.limit_seconds
    if limit is not None and not 5 <= limit <= LONGEST_LIMIT.total_seconds():
        raise Refused("A time limit lies between 5 seconds and 24 hours.")
    if limit is None and (plan.mode is Mode.WINDOW or (plan.mode is Mode.TIMED and plan.opens_at is None)):
        raise Refused("Say how many minutes it takes.")


def _check_times(plan: Plan, now: datetime) -> None:
    opens_at, closes_at = plan.opens_at, plan.closes_at
    if plan.mode is Mode.WINDOW and (opens_at is None or closes_at is None):
        raise Refused("A window needs the time when it opens and the time when it closes.")
    if plan.mode is Mode.TIMED and (opens_at is None) != (closes_at is None):
        raise Refused("A common start needs the date, the time and the minutes.")
    if closes_at is not None and closes_at <= (opens_at or now):
        raise Refused("It would close before it opens. Put the close after the opening.")
    if closes_at is not None and closes_at <= now:
        raise Refused("This time is over already. Choose one that lies ahead.")
    if any(time is not None and abs(time - now) > LONGEST for time in (opens_at, closes_at)):
        raise Refused("This time is more than a year away. Look at the date again.")


def _before_opening(s: Session, session: QuizSession, now: datetime) -> None:
    lock(s, session)
    if session.ended_at is not None:
        raise Refused("This session was ended. Schedule another one.")
    if clock.phase(session, None, now) is not Phase.WAITING and not _is_unused_practice(s, session):
        raise Refused("This session has opened already. Extend, pause or end it instead.")


def _is_unused_practice(s: Session, session: QuizSession) -> bool:
    """A practice session has no clock that anybody depends on: it can be changed until the first answer."""
    used = select(exists().where(PracticeAnswer.item_id == SessionItem.id, SessionItem.session_id == session.id))
    return session.mode is Mode.PRACTICE and not s.scalar(used)


def _is_joined(s: Session, session: QuizSession) -> bool:
    return bool(s.scalar(select(exists().where(Participant.session_id == session.id))))


def _paper_rules(rules: Plan | QuizSession) -> tuple[object, ...]:
    return rules.mode, rules.numbers, rules.shuffles_questions, rules.shuffles_options


def _new_code(s: Session) -> str:
    """A code that no session has: of twenty to the sixth power, 64 million."""
    while True:
        code = "".join(secrets.choice(CODE_LETTERS) for _ in range(CODE_LENGTH))
        if s.scalar(select(QuizSession.id).where(QuizSession.code == code)) is None:
            return code
