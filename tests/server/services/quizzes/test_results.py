"""Marks, always computed: from papers, answers, keys and corrections."""

from __future__ import annotations

import math

import numpy as np
import pytest
from sqlalchemy.orm import Session

from server.models import Course, Mode, Numbers, Person, QuizEvent, QuizSession, Stage, utcnow
from server.quiz.correction import Correction, Remedy
from server.quiz.paper import questions_of
from server.services.quizzes.clock import Phase
from server.services.quizzes.events import Act
from server.services.quizzes.results import Marks, marks, participant_by_number, result_of
from server.services.quizzes.taken import taken_by
from tests.server import quiz_parts as parts


@pytest.fixture
def session(s: Session, course: Course) -> QuizSession:
    """Five questions in the order written, everybody the same numbers; it is over."""
    quiz = parts.make_quiz(s, course, 5, numbers=Numbers.SAME)
    return parts.make_session(s, quiz, phase=Phase.CLOSED, shuffles_questions=False)


def answer_all(s: Session, session: QuizSession, number: str, *right: int, wrong: tuple[int, ...] = ()):
    """A participant who answers the questions at `right` by the key, and those at `wrong` otherwise."""
    participant = parts.join(s, session, number, seed=int(number))
    for position in right:
        key = parts.key_of(participant, position)
        parts.answer(s, participant, position, key.picked, key.text)
    for position in wrong:
        question = questions_of(participant.paper, session.items)[position].drawn
        places = {option.place for option in question.options} - question.key
        parts.answer(s, participant, position, tuple(sorted(places))[:1], "" if places else "99")
    return participant


def test_marks_are_fractions_of_points_and_no_answer_is_nothing(s, session):
    session.items[1].points = 2.0
    answer_all(s, session, "100001", 0, 1, 2, 3, 4)
    answer_all(s, session, "100002", 0, 4, wrong=(1, 3))
    answer_all(s, session, "100003")
    found = marks(s, session)
    assert found.totals.tolist() == [6.0, 2.0, 0.0]
    assert found.maxima.tolist() == [6.0, 6.0, 6.0]
    assert found.values[0].tolist() == [1, 2, 1, 1, 1]
    assert [each.number for each in found.participants] == ["100001", "100002", "100003"]


def test_a_part_of_a_multiple_choice_scores_by_its_rule(s, session):
    participant = parts.join(s, session)
    parts.answer(s, participant, 1, (0,))
    assert marks(s, session).values[0, 1] == 0.5


def test_an_answer_that_was_taken_back_is_none(s, session):
    participant = parts.join(s, session)
    parts.answer(s, participant, 0, ())
    assert marks(s, session).totals.tolist() == [0.0]


def test_questions_that_somebody_did_not_get_are_not_their_zeros(s, course):
    quiz = parts.make_quiz(s, course, 5, pick=2)
    session = parts.make_session(s, quiz, phase=Phase.CLOSED)
    for number in range(100_001, 100_021):
        answer_all(s, session, str(number), 0)
    found = marks(s, session)
    assert np.isnan(found.fractions).sum(axis=1).tolist() == [3] * 20
    assert found.maxima.tolist() == [2.0] * 20
    assert found.totals.tolist() == [1.0] * 20
    assert sum(item.n for item in found.analysis.items) == 40


def test_everybody_is_scored_by_their_own_numbers(s, course):
    quiz = parts.make_quiz(s, course, [parts.drawn("sum"), parts.numeric("n")], numbers=Numbers.EACH)
    session = parts.make_session(s, quiz, phase=Phase.CLOSED)
    for number in range(100_001, 100_031):
        answer_all(s, session, str(number), 0, 1)
    found = marks(s, session)
    assert found.totals.tolist() == [2.0] * 30
    assert len({draw.stem for draw in found.draws.values()}) > 5, "the numbers differ"


def test_a_paced_session_counts_what_was_shown_alone(s, course):
    quiz = parts.make_quiz(s, course, 4)
    session = parts.make_session(s, quiz, Mode.PACED, Phase.CLOSED, current=1, stage=Stage.OPEN)
    for position in (0, 1):
        s.add(QuizEvent(session_id=session.id, kind=Act.SHOWN.value, details={"position": position}))
    answer_all(s, session, "100001", 0)
    found = marks(s, session)
    assert (~np.isnan(found.fractions)).sum() == 2
    assert found.totals.tolist() == [1.0]
    assert found.maxima.tolist() == [2.0]
    assert len(found.analysis.items) == 2
    mine = result_of(s, session, found.participants[0])
    assert [each.mark for each in mine.items] == [1.0, 0.0, None, None]
    assert (mine.mark, mine.max) == (1.0, 2.0)


def test_a_paced_session_that_was_never_begun_counts_nothing(s, course):
    session = parts.make_session(s, parts.make_quiz(s, course, 2), Mode.PACED, Phase.WAITING)
    parts.join(s, session)
    found = marks(s, session)
    assert found.counted == []
    assert found.maxima.tolist() == [0.0]
    assert found.quiz.cic is None


def test_nobody_came(s, session):
    found = marks(s, session)
    assert found.totals.tolist() == []
    assert found.quiz.n == 0
    assert found.quiz.mean is None
    assert found.counted == []


def test_one_result_has_the_paper_in_its_own_order_and_agrees_with_the_table(s, course):
    quiz = parts.make_quiz(s, course, 5)
    session = parts.make_session(s, quiz, phase=Phase.CLOSED)
    participant = answer_all(s, session, "100007", 0, 2, wrong=(1,))
    mine = result_of(s, session, participant)
    assert [each.item.id for each in mine.items] == [entry["item"] for entry in participant.paper]
    assert mine.mark == marks(s, session).totals[0]
    assert mine.max == 5.0
    assert [each.mark for each in mine.items] == [1.0, 0.0, 1.0, 0.0, 0.0]


@pytest.fixture
def corrected(s: Session, session: QuizSession):
    """Sets a correction of the item at a position, as it is stored."""

    def corrected(position: int, correction: Correction | None) -> Marks:
        session.items[position].correction = correction.to_dict() if correction else None
        s.flush()
        return marks(s, session)

    return corrected


def test_a_dropped_question_leaves_the_total_and_what_can_be_reached(s, session, corrected):
    answer_all(s, session, "100001", 0, 1)
    answer_all(s, session, "100002", 1)
    found = corrected(0, Correction(Remedy.DROPPED))
    assert found.totals.tolist() == [1.0, 1.0]
    assert found.maxima.tolist() == [4.0, 4.0]
    assert found.figures(0) is None
    assert found.figures(1).facility == 1.0
    mine = result_of(s, session, found.participants[0])
    assert (mine.items[0].mark, mine.max) == (None, 4.0)


def test_full_marks_go_to_everybody_who_got_the_question(s, session, corrected):
    answer_all(s, session, "100001", wrong=(0,))
    answer_all(s, session, "100002")
    found = corrected(0, Correction(Remedy.FULL_MARKS))
    assert found.totals.tolist() == [1.0, 1.0]


def test_another_right_option_is_scored_in_every_place_at_once(s, session, corrected):
    first, second = parts.join(s, session, "100001", seed=1), parts.join(s, session, "100002", seed=2)
    parts.answer(s, first, 0, (0,))
    parts.answer(s, second, 0, (1,))
    assert marks(s, session).totals.tolist() == [0.0, 1.0]
    assert corrected(0, Correction(Remedy.KEY, right=(0, 1))).totals.tolist() == [1.0, 1.0]
    assert corrected(0, Correction(Remedy.KEY, right=(0,))).totals.tolist() == [1.0, 0.0]
    mine = result_of(s, session, first)
    assert mine.mark == 1.0
    assert [option.is_right for option in mine.items[0].question.drawn.options] == [True, False, False]
    assert corrected(0, None).totals.tolist() == [0.0, 1.0]


def test_what_would_be_is_computed_without_being_stored(s, session):
    answer_all(s, session, "100001", wrong=(0,))
    item = session.items[0]
    assert marks(s, session, {item.id: Correction(Remedy.FULL_MARKS)}).totals.tolist() == [1.0]
    assert item.correction is None
    assert marks(s, session).totals.tolist() == [0.0]


def test_a_person_finds_what_they_took_part_in_and_the_score_once_it_is_released(s, course, session, student: Person):
    participant = parts.join(s, session, student.number, student)
    parts.join(s, session, "100002")
    parts.make_session(s, session.quiz, phase=Phase.CLOSED)
    parts.join(s, parts.make_session(s, session.quiz), student.number, student)
    now = utcnow()
    (before,) = taken_by(s, course.id, student, now)
    assert (before.session.id, before.result) == (session.id, None)
    session.results_released_at = now
    s.flush()
    (after,) = taken_by(s, course.id, student, now)
    assert after.result.participant.id == participant.id


def test_participants_are_found_by_number(s, session):
    participant = parts.join(s, session)
    assert participant_by_number(s, session, "100001").id == participant.id
    assert participant_by_number(s, session, "9") is None


def test_the_analysis_names_items_as_the_lists_do(s, session):
    answer_all(s, session, "100001", 0)
    assert marks(s, session).analysis.items[0].name == "Q1 About q1"
    assert not math.isnan(marks(s, session).quiz.mean)
