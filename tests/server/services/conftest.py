"""What the tests of timings begin with: a timed assignment, and a submission that passed its checks."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

import pytest
from sqlalchemy.orm import Session

from grader.contract import Assignment, Result
from server.models import Course, EnrolmentRole, Person, Submission, TimingRun
from server.services import accounts, courses, grading, outbox, timing
from tests.server.timing_parts import write_timed

NOW = datetime(2026, 3, 2, 12, 0, tzinfo=UTC)


@pytest.fixture
def timed(tmp_path: Path) -> Assignment:
    return write_timed(tmp_path / "timed")


@pytest.fixture
def all_passed(make_check, make_result) -> Callable[..., Result]:
    """A result with all ten points of the checks."""

    def all_passed(**changes) -> Result:
        checks = (make_check("shapes", 5.0), make_check("values", 5.0))
        return make_result(10.0, checks=checks, **{"max_score": 12.0} | changes)

    return all_passed


@pytest.fixture
def passed(s: Session, hand_in, timed: Assignment, all_passed) -> Callable[..., Submission]:
    """Hands in what passes all checks, and records that it did."""

    def passed(person: Person | None = None, now: datetime = NOW) -> Submission:
        submission = hand_in(now, person) if person else hand_in(now)
        grading.record(s, all_passed(), submission.id, 1, assignment=timed, now=now)
        return submission

    return passed


@pytest.fixture
def submission(s: Session, passed) -> Submission:
    submission = passed()
    s.commit()
    outbox.take(s)
    return submission


@pytest.fixture
def run(s: Session, submission: Submission) -> TimingRun:
    (run,) = timing.for_submission(s, submission)
    return run


@pytest.fixture
def people(s: Session, course: Course, student: Person) -> list[Person]:
    """Four students."""
    others = [accounts.create_person(s, f"20000{number}", name=f"Name {number}") for number in range(1, 4)]
    for person in others:
        courses.enrol(s, course, person, EnrolmentRole.STUDENT)
    s.commit()
    return [student, *others]
