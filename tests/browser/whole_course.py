"""A course in which every page has something to show: the demonstration's, with a board, results and quizzes."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from grader.contract import Assignment, CheckResult, Status, load_assignments
from scripts.quiz_pictures import begin
from server import demo, demo_quizzes
from server.models import Course, CourseAssignment, Person, Quiz, QuizSession
from server.quiz.bank import Bank
from server.services import accounts, board, courses, grading, submissions
from server.services.quizzes import questions
from tests.server import board_parts as parts

TIMED = "04-conv-forward"
OWN = next(iter(demo.STUDENTS))
SPEEDS = (2.3, 1.8, 1.2, 0.99, 0.3, 0.02)
WRONG = CheckResult(
    "values",
    "A 3×3 kernel, stride 2",
    5.0,
    10.0,
    Status.FAILED,
    message="3 of 4 values differ, see line 4 of conv.py.",
    diagnosis="The kernel is flipped.",
    counterexample={
        "call": "conv_forward(float64[1, 1, 4, 4])",
        "what": "out",
        "index": [0, 0, 1, 1],
        "expected": 2.5,
        "got": -2.5,
        "expected_window": [[1.0, 2.0], [3.0, 2.5]],
        "got_window": [[1.0, "nan"], [3.0, -2.5]],
        "window_origin": [0, 0, 0, 0],
        "inputs": {"x": [[1.5, "nan"]], "b": [2.0]},
    },
)


def seed(s: Session, root: Path) -> dict[str, Any]:
    """Fill a database with the assignments below `root`: what addresses are made of, by name."""
    assignments, bank = load_assignments(root), Bank(root)
    course = demo.seed(s, assignments)
    demo_quizzes.seed(s, course, bank, demo.LECTURER[0], demo.STUDENTS)
    return _handed_in(s, course, assignments[TIMED]) | _quizzes(s, course, bank)


def _handed_in(s: Session, course: Course, assignment: Assignment) -> dict[str, Any]:
    """A board of people and methods, one refused, one hidden, some repeated; and a submission that failed a check."""
    published, lecturer = courses.published_as(s, course, assignment.id), _person(s, demo.LECTURER[0])
    assert published is not None
    own = _person(s, OWN)
    others = [_person(s, number) for number in list(demo.STUDENTS)[1:]]
    for person, speed in zip(others, SPEEDS, strict=False):
        parts.stand(s, published, assignment, person, speed)
    for speed in (0.1, 0.6):
        run = parts.stand(s, published, assignment, own, speed)
    methods = [name for name, _ in assignment.benchmark.methods] + [assignment.benchmark.reference]
    parts.measure_methods(s, published, assignment, lecturer, dict.fromkeys(methods, 1.0))
    board.hide(s, published, others[2], "Two people handed in the same file.", lecturer)
    again = board.verify_top(s, published, assignment, lecturer, count=3)
    parts.finish(s, again[0], parts.make_timing(assignment, 0.4, flags=("It was slower at its end.",)))
    parts.finish(s, again[1], parts.refused(assignment, "A thread was started."))
    return {
        "person_id": own.id,
        "timed": run.submission_id,
        "run_id": run.id,
        "flagged_run": again[0].id,
        "refused_run": again[1].id,
        "waiting_run": again[2].id,
        "submission_id": _wrong(s, published, assignment, own),
    }


def _wrong(s: Session, published: CourseAssignment, assignment: Assignment, person: Person) -> int:
    """A submission that failed a check, with all that a judge says of it."""
    submission = submissions.submit(s, published, assignment, person, "conv.py", parts.CODE)
    s.flush()
    result = replace(
        parts.passed(assignment, 5.0), seed=submission.seed, checks=(WRONG,), stdout="A line that the file printed.\n"
    )
    assert grading.record(s, result, submission.id, 1, assignment=assignment)
    return submission.id


def _quizzes(s: Session, course: Course, bank: Bank) -> dict[str, Any]:
    """The demonstration's quizzes, with one under way and a question of the course's own."""
    quiz = s.scalars(select(Quiz).where(Quiz.title == demo_quizzes.COMING)).one()
    named = {each.title: each for each in s.scalars(select(QuizSession))}
    over = named[demo_quizzes.ASKED]
    running = begin(s, over.quiz)
    question = demo_quizzes.chosen(bank)[0]
    return {
        "quiz_id": quiz.id,
        "part_id": quiz.parts[0].id,
        "item_id": quiz.parts[0].items[0].id,
        "folder": question.folder,
        "question": question.name,
        "own_question": questions.copy(s, course, question),
        "over": over.id,
        "over_item": over.items[0].id,
        "participant_id": over.participants[0].id,
        "over_code": over.code,
        "running": running.id,
        "running_code": running.code,
        "coming": named[demo_quizzes.COMING].id,
        "coming_code": named[demo_quizzes.COMING].code,
        "practice": named[demo_quizzes.PRACTICE].id,
        "practice_code": named[demo_quizzes.PRACTICE].code,
    }


def _person(s: Session, number: str) -> Person:
    found = accounts.person_by_number(s, number)
    assert found is not None
    return found


def add_administrator(s: Session, number: str, password: str) -> None:
    """Somebody who administers the installation and is in no course."""
    accounts.set_password(s, accounts.create_person(s, number, is_admin=True), password)
