"""Deciding about a question afterwards: who changes, the record, and the way back."""

from __future__ import annotations

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from server.models import Course, Mode, Numbers, Person, QuizEvent, QuizSession
from server.quiz.correction import Correction, Remedy
from server.quiz.question import Answer
from server.services.errors import Refused
from server.services.quizzes.clock import Phase
from server.services.quizzes.corrections import decide, decisions, preview, stamp
from server.services.quizzes.results import marks
from tests.server import quiz_parts as parts

BOTH = Correction(Remedy.KEY, right=(0, 1), reason="The first option can be read so too.")


@pytest.fixture
def session(s: Session, course: Course) -> QuizSession:
    """A single choice of 2 points and a number; 100001 picked the first option, 100002 the key, 100003 nothing."""
    quiz = parts.make_quiz(s, course, [parts.single(), parts.numeric()], numbers=Numbers.SAME)
    session = parts.make_session(s, quiz, phase=Phase.CLOSED, shuffles_questions=False)
    session.items[0].points = 2.0
    for number, picked in (("100001", (0,)), ("100002", (1,)), ("100003", ())):
        participant = parts.join(s, session, number)
        if picked:
            parts.answer(s, participant, 0, picked)
    parts.answer(s, participant, 1, text="2")
    s.commit()
    return session


def test_a_preview_says_who_changes_from_what_to_what_and_changes_nothing(s, session):
    found = preview(s, session, session.items[0], BOTH)
    (change,) = found.changes
    assert change.participant.number == "100001"
    assert (change.before, change.before_max, change.after, change.after_max) == (0.0, 3.0, 2.0, 3.0)
    assert (found.gain, found.lose, found.participants) == (1, 0, 3)
    assert found.mean_before == pytest.approx(2 / 3)
    assert found.mean_after == pytest.approx(4 / 3)
    assert session.items[0].correction is None
    assert s.scalars(select(QuizEvent)).all() == []


def test_dropping_a_question_changes_what_everybody_can_reach(s, session):
    found = preview(s, session, session.items[0], Correction(Remedy.DROPPED, reason="Unclear."))
    assert len(found.changes) == 3
    assert (found.gain, found.lose) == (0, 1)
    assert {change.after_max for change in found.changes} == {1.0}


def test_those_who_gain_most_come_first(s, session):
    moved = Correction(Remedy.KEY, right=(0,), reason="The key was wrong.")
    changes = preview(s, session, session.items[0], moved).changes
    assert [(each.participant.number, each.by) for each in changes] == [("100001", 2.0), ("100002", -2.0)]


def test_a_decision_changes_every_score_and_is_written_down(s, session, lecturer: Person):
    item = session.items[0]
    decide(s, session, item, BOTH, lecturer, expected=stamp(item))
    s.commit()
    assert marks(s, session).totals.tolist() == [2.0, 2.0, 0.0]
    (line,) = decisions(s, session)
    assert (line.by, line.item, line.reason, line.changed) == (lecturer.number, "Q1 About single", BOTH.reason, 1)
    assert (line.before, line.after) == (None, BOTH)


def test_a_decision_can_be_undone_and_both_stay_in_the_record(s, session, lecturer: Person):
    item = session.items[0]
    decide(s, session, item, BOTH, lecturer, expected=stamp(item))
    decide(s, session, item, None, lecturer, expected=stamp(item), reason="I was wrong.")
    s.commit()
    assert marks(s, session).totals.tolist() == [0.0, 2.0, 0.0]
    undone, done = decisions(s, session)
    assert (undone.before, undone.after, undone.reason) == (BOTH, None, "I was wrong.")
    assert done.after == BOTH


def test_a_number_can_be_accepted_afterwards(s, session, lecturer: Person):
    item = session.items[1]
    assert marks(s, session).totals.tolist() == [0.0, 2.0, 0.0]
    wider = Correction(Remedy.KEY, answers=(Answer("1.5", "0.5"),), reason="2 is near enough.")
    decide(s, session, item, wider, lecturer, expected=stamp(item))
    assert marks(s, session).totals.tolist() == [0.0, 2.0, 1.0]


def test_who_saw_an_older_state_decides_nothing(s, session, lecturer: Person):
    item = session.items[0]
    seen = stamp(item)
    decide(s, session, item, BOTH, lecturer, expected=seen)
    with pytest.raises(Refused, match="meantime"):
        decide(s, session, item, Correction(Remedy.DROPPED, reason="?"), lecturer, expected=seen)


@pytest.mark.parametrize(
    ("correction", "words"),
    [
        (Correction(Remedy.KEY, right=(0, 1)), "Say why"),
        (Correction(Remedy.DROPPED, reason=" "), "Say why"),
        (Correction(Remedy.DROPPED, reason="x" * 501), "500"),
        (Correction(Remedy.KEY, right=(), reason="?"), "at least one option"),
        (Correction(Remedy.KEY, right=(1,), reason="?"), "right already"),
    ],
)
def test_a_decision_that_makes_no_sense_is_refused(s, session, lecturer, correction, words):
    item = session.items[0]
    with pytest.raises(Refused, match=words):
        decide(s, session, item, correction, lecturer, expected=stamp(item))
    assert item.correction is None


def test_what_is_decided_already_is_not_decided_again(s, session, lecturer):
    item = session.items[0]
    decide(s, session, item, BOTH, lecturer, expected=stamp(item))
    with pytest.raises(Refused, match="decided already"):
        preview(s, session, item, BOTH)


def test_there_must_be_something_to_undo(s, session, lecturer):
    with pytest.raises(Refused, match="no correction to undo"):
        decide(s, session, session.items[0], None, lecturer, expected=stamp(session.items[0]))


def test_a_number_that_fails_for_somebodys_draw_is_refused(s, course, lecturer):
    definition = parts.numeric() | {"draw": {"a": {"from": 0, "to": 1}}}
    session = parts.make_session(s, parts.make_quiz(s, course, [definition]), phase=Phase.CLOSED)
    for number in range(100_001, 100_021):
        parts.join(s, session, str(number), seed=number)
    bad = Correction(Remedy.KEY, answers=(Answer("1 / a"),), reason="?")
    with pytest.raises(Refused, match="division by zero"):
        preview(s, session, session.items[0], bad)


def test_practice_has_no_scores_to_correct(s, course):
    session = parts.make_session(s, parts.make_quiz(s, course, 1), Mode.PRACTICE)
    with pytest.raises(Refused, match="practice"):
        preview(s, session, session.items[0], BOTH)
