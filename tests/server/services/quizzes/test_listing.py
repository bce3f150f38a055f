"""The sessions of a course at a glance."""

from __future__ import annotations

from datetime import timedelta

from sqlalchemy.orm import Session

from server.models import Mode, utcnow
from server.services import courses
from server.services.quizzes import listing, scheduling
from server.services.quizzes.clock import Phase
from tests.server.quiz_parts import join, make_quiz, make_session


def titles(found) -> list[str]:
    return [each.session.title for each in found]


def test_what_runs_comes_first_then_what_is_next(s: Session, course):
    quiz, now = make_quiz(s, course, 1), utcnow()
    for title, mode, phase, columns in [
        ("over", Mode.TIMED, Phase.CLOSED, {}),
        ("by hand", Mode.PACED, Phase.WAITING, {}),
        (
            "later",
            Mode.TIMED,
            Phase.WAITING,
            {"opens_at": now + timedelta(days=9), "closes_at": now + timedelta(days=10)},
        ),
        ("soon", Mode.TIMED, Phase.WAITING, {}),
        ("paused", Mode.TIMED, Phase.PAUSED, {}),
        ("running", Mode.WINDOW, Phase.OPEN, {}),
    ]:
        make_session(s, quiz, mode, phase, now=now, title=title, **columns)
    found = listing.listed(s, course, now)
    assert titles(found.running) == ["paused", "running"]
    assert titles(found.upcoming) == ["soon", "later", "by hand"]
    assert titles(found.over) == ["over"]
    assert titles(listing.coming(s, course, now)) == ["paused", "running", "soon", "later", "by hand"]


def test_who_joined_is_counted_and_other_courses_are_left_out(s: Session, course, lecturer):
    session = make_session(s, make_quiz(s, course, 1))
    join(s, session, "1")
    join(s, session, "2")
    other = courses.create_course(s, "other-2026", "Another")
    make_session(s, make_quiz(s, other, 1))
    (only,) = listing.listed(s, course, utcnow()).running
    assert (only.session.id, only.joined) == (session.id, 2)


def test_a_cancelled_session_is_over_and_says_so(s: Session, course, lecturer):
    session = make_session(s, make_quiz(s, course, 1), phase=Phase.WAITING)
    scheduling.cancel(s, session, lecturer)
    (only,) = listing.listed(s, course, utcnow()).over
    assert only.is_cancelled
    assert listing.coming(s, course, utcnow()) == []
