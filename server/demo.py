"""A course to look at: people with known passwords, published assignments, and what students really handed in."""

from __future__ import annotations

import hashlib
import random
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path

from sqlalchemy import func, select
from sqlalchemy.orm import Session, sessionmaker

from grader.contract import Assignment, weights_of_sample
from server.models import (
    Course,
    CourseAssignment,
    EnrolmentRole,
    Person,
    Submission,
    SubmissionFile,
    TimingRun,
    TimingState,
    utcnow,
)
from server.services import accounts, courses, submissions, timing
from server.services.submissions import WAITING

SLUG = "cnn-demo"
TITLE = "Convolutional neural networks (demonstration)"
LECTURER = ("lecturer", "Vera Faltung")
LECTURER_PASSWORD = "demo-lecturer"  # noqa: S105 - printed at every start; production refuses the demo
STUDENT_PASSWORD = "demo-student"  # noqa: S105
NAMES = (
    *("Ada", "Bela", None, "Chiara", "Deniz", None),
    *("Emeka", "Freya", "Goro", None, "Hana", "Ines"),
)
STUDENTS = {str(100001 + place): name for place, name in enumerate(NAMES)}
REACHED = (11, 8, 4)
"""How many students have tried the first, the second and every further assignment."""
REACHED_TIMED = 6
"""How many at least have tried one that is timed, so that there is a board to look at."""
MOST_WAITING = 2
METHODS_FIRST = 3
"""How many known methods are timed before the students hand in what is timed as well."""
LONGEST_HOLD = timedelta(minutes=3)


@dataclass(frozen=True, slots=True)
class Planned:
    """A file that one student handed in some time ago."""

    number: str
    assignment: Assignment
    file: Path
    ago: timedelta

    @property
    def key(self) -> tuple[str, str, str]:
        """Student, assignment and content: what is in the database already is not handed in again."""
        return self.number, self.assignment.id, hashlib.sha256(self.file.read_bytes()).hexdigest()

    @property
    def is_timed(self) -> bool:
        """Whether it passes every check of an assignment with a benchmark."""
        return self.assignment.benchmark is not None and self.file.parent.name == "accepted"


def seed(s: Session, assignments: Mapping[str, Assignment]) -> Course:
    """Make the course, its people and its assignments, as far as they are missing. Nothing that is there changes."""
    course = courses.course_by_slug(s, SLUG) or courses.create_course(s, SLUG, TITLE)
    _seed_person(s, course, *LECTURER, LECTURER_PASSWORD, EnrolmentRole.LECTURER)
    for number, name in STUDENTS.items():
        _seed_person(s, course, number, name, STUDENT_PASSWORD, EnrolmentRole.STUDENT)
    for place, assignment in enumerate(assignments.values()):
        _seed_assignment(s, course, assignment, place)
    return course


def request_methods(s: Session, course: Course, assignment: Assignment) -> None:
    """Have the known methods of a timed assignment measured, where nothing of that was asked for yet."""
    lecturer, published = accounts.person_by_number(s, LECTURER[0]), courses.published_as(s, course, assignment.id)
    if assignment.benchmark is None or published is None or lecturer is None:
        return
    if not timing.for_methods(s, published):
        timing.request_methods(s, published, assignment, lecturer)


def hand_in(s: Session, course: Course, assignment: Assignment, number: str, file: Path) -> Submission:
    """Hand in a file for a student, the way that the pages do it."""
    published, person = courses.published_as(s, course, assignment.id), accounts.person_by_number(s, number)
    assert published is not None
    assert person is not None
    beside = weights_of_sample(assignment, file)
    return submissions.submit(s, published, assignment, person, file.name, file.read_bytes(), beside=beside)


class Feeder:
    """Hands in what the students of the demonstration did, a few at a time: the queue stays short for real people."""

    def __init__(self, sessions: sessionmaker[Session], course: Course, assignments: Mapping[str, Assignment]) -> None:
        self.sessions = sessions
        self.course = course
        self.names = {gpu: [each.id for each in assignments.values() if each.gpu is gpu] for gpu in (False, True)}
        self.holds_until = utcnow() + LONGEST_HOLD
        with sessions() as s:
            present = _present(s, course)
        self.planned = [planned for planned in plan(assignments) if planned.key not in present]

    def step(self) -> int:
        """Hand in the next file when little is waiting; how many are left."""
        if self.planned:
            with self.sessions.begin() as s:
                planned = self._next(s)
                if planned is not None:
                    self.planned.remove(planned)
                    past = hand_in(s, self.course, planned.assignment, planned.number, planned.file)
                    past.created_at -= planned.ago
        return len(self.planned)

    def _next(self, s: Session) -> Planned | None:
        """The oldest for whose worker little waits: where nobody has a GPU, what needs one holds nothing else up.

        What would be timed is left out while the first known methods wait for the same worker.
        """
        waiting = _waiting(s, self.course)
        has_room = {gpu: sum(waiting[name] for name in self.names[gpu]) < MOST_WAITING for gpu in self.names}
        may_time = utcnow() >= self.holds_until or not _first_methods_wait(s, self.course)
        ready = (each for each in self.planned if has_room[each.assignment.gpu] and (may_time or not each.is_timed))
        return next(ready, None)


def plan(assignments: Mapping[str, Assignment]) -> list[Planned]:
    """Who handed in what and when, the oldest first; the same at every start."""
    chance = random.Random("the demonstration course")  # noqa: S311 - decides nothing that is secret
    planned: list[Planned] = []
    for place, assignment in enumerate(assignments.values()):
        reached = REACHED[min(place, len(REACHED) - 1)]
        if assignment.benchmark is not None:
            reached = max(reached, REACHED_TIMED)
        for number in list(STUDENTS)[:reached]:
            files = _career(assignment, chance)
            ago = timedelta(hours=chance.uniform(2, 90))
            for step, file in enumerate(files):
                planned.append(Planned(number, assignment, file, ago - step * timedelta(minutes=chance.uniform(4, 30))))
    return sorted(planned, key=lambda each: each.ago, reverse=True)


def _career(assignment: Assignment, chance: random.Random) -> list[Path]:
    """What one student hands in, in order: mistakes first, and for most of them a solution in the end."""
    wrong, accepted = assignment.submissions("wrong"), assignment.submissions("accepted")
    files = chance.sample(wrong, min(len(wrong), chance.choice((0, 1, 1, 2))))
    if accepted and (not files or chance.random() < 0.6):
        files.append(chance.choice(accepted))
    return files


def _seed_person(s: Session, course: Course, number: str, name: str | None, password: str, role: EnrolmentRole) -> None:
    person = accounts.person_by_number(s, number)
    if person is None:
        person = accounts.create_person(s, number, name=name)
        accounts.set_password(s, person, password)
    if not courses.is_enrolled(s, course, person):
        courses.enrol(s, course, person, role)


def _seed_assignment(s: Session, course: Course, assignment: Assignment, place: int) -> None:
    """Publish it; when it is due already, move it ahead, so that the demonstration never looks abandoned."""
    published, now = courses.published_as(s, course, assignment.id), utcnow()
    if published is not None and (published.due_at is None or published.due_at > now):
        return
    due_at = _evening(now + timedelta(days=5 + 7 * place))
    courses.publish(s, course, assignment, opens_at=now - timedelta(days=7), due_at=due_at, points=None)


def _evening(time: datetime) -> datetime:
    return time.replace(hour=21, minute=59, second=0, microsecond=0)


def _present(s: Session, course: Course) -> set[tuple[str, str, str]]:
    rows = s.execute(
        select(Person.number, CourseAssignment.assignment, SubmissionFile.sha256)
        .select_from(Submission)
        .join(Submission.person)
        .join(Submission.course_assignment)
        .join(Submission.files)
        .where(CourseAssignment.course_id == course.id)
    )
    return {(number, assignment, digest) for number, assignment, digest in rows}


def _waiting(s: Session, course: Course) -> Counter[str]:
    """How many submissions of each assignment wait to be graded."""
    query = select(CourseAssignment.assignment).join(Submission.course_assignment)
    return Counter(s.scalars(query.where(CourseAssignment.course_id == course.id, Submission.state.in_(WAITING))))


def _first_methods_wait(s: Session, course: Course) -> bool:
    """Whether known methods wait to be timed, and fewer than the first ones have been."""
    states = (
        select(TimingRun.state, func.count(TimingRun.id))
        .join(TimingRun.course_assignment)
        .where(CourseAssignment.course_id == course.id, TimingRun.method != "")
        .group_by(TimingRun.state)
    )
    counts: dict[TimingState, int] = dict(s.execute(states).all())
    return counts.get(TimingState.DONE, 0) < METHODS_FIRST and counts.get(TimingState.QUEUED, 0) > 0
