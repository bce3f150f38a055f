"""How a question was answered: by option, by number, and in practice."""

from __future__ import annotations

import statistics

import pytest
from sqlalchemy.orm import Session

from server.models import Course, Mode, Numbers, PracticeAnswer, QuizSession
from server.quiz.correction import Correction, Remedy
from server.quiz.paper import drawn
from server.services.quizzes.answers import answers_of, chance_of, example_of
from server.services.quizzes.clock import Phase
from server.services.quizzes.practised import practised
from server.services.quizzes.results import marks
from tests.server import quiz_parts as parts

PICKED = {"100001": (1,), "100002": (1,), "100003": (0,), "100004": (2,), "100005": ()}
TYPED = {"100001": "1,5", "100002": "1.5", "100003": "3", "100004": "7", "100005": "seven"}


@pytest.fixture
def session(s: Session, course: Course) -> QuizSession:
    """A single choice and a number, the same for all, answered as above."""
    quiz = parts.make_quiz(s, course, [parts.single(), parts.numeric()], numbers=Numbers.SAME)
    session = parts.make_session(s, quiz, phase=Phase.CLOSED, shuffles_questions=False)
    for number, picked in PICKED.items():
        participant = parts.join(s, session, number, seed=int(number))
        if picked:
            parts.answer(s, participant, 0, picked)
        parts.answer(s, participant, 1, text=TYPED[number])
    return session


def numbers(chosen) -> list[str]:
    return [each.number for each in chosen.pickers]


def test_each_option_has_its_count_its_pickers_and_their_scores(s, session):
    rested, moved, left, nothing = answers_of(marks(s, session), session.items[0])
    assert (rested.label, rested.is_right, moved.is_right) == ("It rests.", False, True)
    assert rested.why == "A misconception, for a secret reason."
    assert [each.choice.count for each in (rested, moved, left, nothing)] == [1, 2, 1, 1]
    assert moved.choice.share == 0.4
    assert (numbers(moved), numbers(nothing)) == (["100001", "100002"], ["100005"])
    assert moved.choice.mean_total == 2.0
    rest = [1, 1, 0, 0, 0]
    assert moved.choice.point_biserial == pytest.approx(statistics.correlation([1, 1, 0, 0, 0], rest))
    assert (nothing.place, nothing.label) == (None, "No answer")


def test_numbers_are_grouped_by_what_they_mean(s, session):
    rows = {each.label: each for each in answers_of(marks(s, session), session.items[1])}
    assert list(rows) == ["1.5", "3", "7", "No number", "No answer"]
    assert numbers(rows["1.5"]) == ["100001", "100002"]
    assert rows["1.5"].is_right
    assert (numbers(rows["3"]), rows["3"].why) == (["100003"], "A misconception, for a secret reason.")
    assert (numbers(rows["7"]), numbers(rows["No number"])) == (["100004"], ["100005"])
    assert rows["No answer"].choice.count == 0


def test_a_corrected_key_is_shown_as_right_and_a_dropped_question_keeps_its_table(s, session):
    session.items[0].correction = Correction(Remedy.KEY, right=(0,)).to_dict()
    session.items[1].correction = Correction(Remedy.DROPPED).to_dict()
    s.flush()
    found = marks(s, session)
    assert [each.is_right for each in answers_of(found, session.items[0])] == [True, False, False, False]
    rows = answers_of(found, session.items[1])
    assert rows[0].choice.count == 2
    assert rows[0].choice.mean_total == 0.0


def test_rare_numbers_stand_together(s, course):
    session = parts.make_session(s, parts.make_quiz(s, course, [parts.numeric()]), phase=Phase.CLOSED)
    for value in range(20):
        participant = parts.join(s, session, str(200_000 + value))
        parts.answer(s, participant, 0, text=str(100 + value))
    rows = answers_of(marks(s, session), session.items[0])
    assert [each.label for each in rows][-2:] == ["Other numbers", "No answer"]
    assert rows[-2].choice.count == 8


def test_options_that_differ_from_student_to_student_are_one_option(s, course):
    session = parts.make_session(s, parts.make_quiz(s, course, [parts.drawn()]), phase=Phase.CLOSED)
    for number in range(100_001, 100_011):
        parts.answer(s, parts.join(s, session, str(number), seed=number), 0, (2,))
    found = marks(s, session)
    chosen = answers_of(found, session.items[0])[2]
    assert chosen.choice.count == 10
    assert chosen.label == example_of(found, session.items[0]).options[2].text


def test_an_option_that_few_were_shown_counts_among_those(s, course):
    definition = parts.single() | {"show": 2}
    session = parts.make_session(s, parts.make_quiz(s, course, [definition]), phase=Phase.CLOSED)
    for number in range(100_001, 100_031):
        parts.join(s, session, str(number), seed=number)
    rows = answers_of(marks(s, session), session.items[0])
    assert [row.choice.shown for row in rows if row.is_right] == [30]
    assert sum(row.choice.shown for row in rows if row.place is not None and not row.is_right) == 30
    assert chance_of(marks(s, session), session.items[0]) == 0.5


def test_guessing_has_a_facility_where_one_option_is_picked(s, session):
    found = marks(s, session)
    assert chance_of(found, session.items[0]) == pytest.approx(1 / 3)
    assert chance_of(found, session.items[1]) is None


def test_a_question_that_nobody_got_has_rows_of_nobody(s, course):
    session = parts.make_session(s, parts.make_quiz(s, course, [parts.single()]), phase=Phase.CLOSED)
    found = marks(s, session)
    assert example_of(found, session.items[0]) is None
    assert chance_of(found, session.items[0]) is None
    (nothing,) = answers_of(found, session.items[0])
    assert (nothing.choice.count, nothing.choice.share) == (0, None)


@pytest.fixture
def practice(s: Session, course: Course) -> QuizSession:
    return parts.make_session(s, parts.make_quiz(s, course, [parts.drawn(), parts.numeric()]), Mode.PRACTICE)


def attempt(s: Session, item, seed: int, picked=(), text="", fraction=0.0) -> None:
    s.add(PracticeAnswer(item_id=item.id, seed=seed, picked=list(picked), text=text, fraction=fraction))
    s.flush()


def test_practice_counts_attempts_and_the_most_frequent_mistake(s, practice):
    item = practice.items[0]
    for seed in range(3):
        attempt(s, item, seed, (0,), fraction=1.0)
    for seed in range(3, 5):
        attempt(s, item, seed, (2,))
    attempt(s, item, 5, (1,))
    found, untouched = practised(s, practice)
    assert (found.attempts, found.right, found.share) == (6, 3, 0.5)
    assert found.mistakes == 2
    assert found.mistake == drawn(item.definition, 3).options[2].text
    assert found.why == "A misconception, for a secret reason."
    assert (untouched.attempts, untouched.share, untouched.mistake) == (0, None, "")


def test_practice_with_numbers_names_the_known_mistake(s, practice):
    item = practice.items[1]
    for text in ("3", "3,0", "8"):
        attempt(s, item, 0, text=text)
    found = practised(s, practice)[1]
    assert (found.mistake, found.mistakes, found.why) == ("3", 2, "A misconception, for a secret reason.")
