from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import func, select
from sqlalchemy.orm import Session, sessionmaker

from grader.contract import Assignment, Result, load_assignments
from server import demo
from server.models import Course, CourseAssignment, EnrolmentRole, Submission, utcnow
from server.services import accounts, courses, grading, timing
from server.services.gradebook import gradebook
from tests.server.timing_parts import METHODS, make_timing, write_timed


@pytest.fixture
def assignments(tmp_path: Path, assignments_root: Path) -> dict[str, Assignment]:
    """Two assignments with sample submissions."""
    root = tmp_path / "assignments"
    for name, entry in (("04-conv-forward", "conv_forward"), ("08-pooling", "pool_forward")):
        folder = root / name
        for source in (assignments_root / name).iterdir():
            folder.mkdir(parents=True, exist_ok=True)
            (folder / source.name).write_bytes(source.read_bytes())
        for kind, count in (("accepted", 2), ("wrong", 5)):
            (folder / "submissions" / kind).mkdir(parents=True)
            for number in range(count):
                text = f'"""{kind} {number}"""\ndef {entry}(x): ...\n'
                (folder / "submissions" / kind / f"{kind}_{number}.py").write_text(text)
    return load_assignments(root)


@pytest.fixture
def course(s: Session, assignments: dict[str, Assignment]) -> Course:
    course = demo.seed(s, assignments)
    s.commit()
    return course


def test_everybody_signs_in_with_the_printed_passwords(s: Session, course: Course):
    assert accounts.authenticate(s, "lecturer", demo.LECTURER_PASSWORD)
    assert all(accounts.authenticate(s, number, demo.STUDENT_PASSWORD) for number in demo.STUDENTS)
    assert len(courses.members(s, course)) == 13


def test_seeding_again_changes_nothing(s: Session, course: Course, assignments: dict[str, Assignment]):
    lecturer = accounts.person_by_number(s, "lecturer")
    accounts.set_password(s, lecturer, "my own password")
    courses.enrol(s, course, accounts.person_by_number(s, "100002"), EnrolmentRole.LECTURER)
    place = courses.published_as(s, course, "08-pooling")
    place.points, place.is_visible = 7.0, False

    demo.seed(s, assignments)

    assert accounts.authenticate(s, "lecturer", "my own password")
    assert courses.role_in(s, course, accounts.person_by_number(s, "100002")) is EnrolmentRole.LECTURER
    assert (place.points, place.is_visible) == (7.0, False)
    assert len(courses.members(s, course)) == 13


def test_an_assignment_that_is_due_is_moved_ahead(s: Session, course: Course, assignments: dict[str, Assignment]):
    place = courses.published_as(s, course, "04-conv-forward")
    place.due_at = utcnow() - timedelta(days=30)

    demo.seed(s, assignments)

    assert place.due_at > utcnow()


def test_the_plan_is_the_same_at_every_start(assignments: dict[str, Assignment]):
    first, second = demo.plan(assignments), demo.plan(assignments)

    assert first == second
    assert len({planned.number for planned in first if planned.assignment.id == "04-conv-forward"}) == 11
    assert {planned.file.parent.name for planned in first} == {"accepted", "wrong"}
    assert all(planned.ago > timedelta(0) for planned in first)


def test_students_hand_in_a_few_at_a_time_until_all_is_there(
    s: Session,
    sessions: sessionmaker[Session],
    course: Course,
    assignments: dict[str, Assignment],
    make_result: Callable[..., Result],
):
    feeder = demo.Feeder(sessions, course, assignments)
    planned = len(feeder.planned)
    most = 0
    while feeder.planned:
        feeder.step()
        waiting = list(s.scalars(select(Submission).where(Submission.lease_until.is_not(None))))
        most = max(most, len(waiting))
        if len(waiting) == demo.MOST_WAITING:
            feeder.step()
            about = waiting[0].course_assignment.assignment
            grading.record(s, make_result(assignment=about), waiting[0].id, 1)
        s.commit()

    assert most == demo.MOST_WAITING
    assert s.scalar(select(func.count(Submission.id))) == planned
    assert demo.Feeder(sessions, course, assignments).planned == [], "a second start hands nothing in again"
    assert len(gradebook(s, course, assignments).lines) == 12
    late = (
        select(func.count(Submission.id))
        .join(Submission.course_assignment)
        .where(Submission.created_at < CourseAssignment.opens_at)
    )
    assert s.scalar(late) == 0


def test_what_needs_a_gpu_holds_nothing_else_up_where_there_is_none(
    s: Session,
    sessions: sessionmaker[Session],
    course: Course,
    assignments: dict[str, Assignment],
    make_result: Callable[..., Result],
):
    conv, pooling = assignments["04-conv-forward"], replace(assignments["08-pooling"], gpu=True)
    feeder = demo.Feeder(sessions, course, {conv.id: conv, pooling.id: pooling})
    feeder.planned.sort(key=lambda planned: not planned.assignment.gpu)
    needing_gpu = sum(planned.assignment.gpu for planned in feeder.planned)
    assert needing_gpu > demo.MOST_WAITING

    for _ in range(2 * len(feeder.planned)):
        feeder.step()
        for waiting in s.scalars(select(Submission).where(Submission.lease_until.is_not(None))):
            if waiting.course_assignment.assignment == conv.id:
                grading.record(s, make_result(assignment=conv.id), waiting.id, 1)
        s.commit()

    assert {planned.assignment.id for planned in feeder.planned} == {pooling.id}
    assert len(feeder.planned) == needing_gpu - demo.MOST_WAITING


def test_the_known_methods_of_a_timed_assignment_are_measured_once(
    s: Session, course: Course, tmp_path: Path, assignments: dict[str, Assignment]
):
    timed, published = write_timed(tmp_path / "timed"), courses.published_as(s, course, "04-conv-forward")
    for _ in range(2):
        demo.request_methods(s, course, timed)

    assert sorted(run.method for run in timing.for_methods(s, published)) == sorted(METHODS)

    demo.request_methods(s, course, assignments["08-pooling"])
    assert timing.for_methods(s, courses.published_as(s, course, "08-pooling")) == []


def test_the_first_methods_are_timed_before_students_hand_in_what_is_timed(
    s: Session, sessions: sessionmaker[Session], course: Course, tmp_path: Path, make_result: Callable[..., Result]
):
    timed = write_timed(tmp_path / "timed")
    (timed.folder / "submissions" / "wrong").mkdir()
    (timed.folder / "submissions" / "wrong" / "flipped.py").write_bytes(b"def conv_forward(x): return None\n")
    demo.request_methods(s, course, timed)
    s.commit()
    feeder = demo.Feeder(sessions, course, {timed.id: timed})
    feeder.planned.sort(key=lambda planned: not planned.is_timed)
    accepted = sum(planned.is_timed for planned in feeder.planned)
    assert 0 < accepted < len(feeder.planned)

    def hand_in_all() -> int:
        for _ in range(2 * len(feeder.planned)):
            feeder.step()
            for waiting in s.scalars(select(Submission).where(Submission.lease_until.is_not(None))):
                grading.record(s, make_result(), waiting.id, 1)
            s.commit()
        return len(feeder.planned)

    assert hand_in_all() == accepted, "what is wrong is handed in meanwhile"
    for run in timing.for_methods(s, courses.published_as(s, course, timed.id))[: demo.METHODS_FIRST]:
        timing.record(s, run.id, 1, make_timing())
    s.commit()
    assert hand_in_all() == 0


def test_students_do_not_wait_for_ever_for_methods_that_nobody_times(
    s: Session, sessions: sessionmaker[Session], course: Course, tmp_path: Path
):
    timed = write_timed(tmp_path / "timed")
    demo.request_methods(s, course, timed)
    s.commit()
    feeder = demo.Feeder(sessions, course, {timed.id: timed})
    planned = len(feeder.planned)
    assert feeder.step() == planned

    feeder.holds_until = utcnow()

    assert feeder.step() == planned - 1


def test_a_timed_assignment_is_tried_by_enough_students_for_a_board(assignments: dict[str, Assignment], tmp_path: Path):
    first, second = assignments.values()
    timed = replace(first, id="10-timed", benchmark=write_timed(tmp_path / "timed").benchmark)
    others = {name: replace(second, id=name) for name in ("11-a", "12-b", "13-c")}

    planned = demo.plan({first.id: first, second.id: second, timed.id: timed} | others)

    assert len({each.number for each in planned if each.assignment.id == "10-timed"}) == demo.REACHED_TIMED
    assert len({each.number for each in planned if each.assignment.id == "13-c"}) == demo.REACHED[-1]
