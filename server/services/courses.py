"""Courses, who is in them, and what they publish."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import delete, false, select, update
from sqlalchemy.orm import Session

from grader.contract import Assignment
from server.models import Course, CourseAssignment, Enrolment, EnrolmentRole, Person, Submission
from server.services import accounts
from server.services.errors import Refused
from server.services.roster import RosterReport, Row, read_roster

SLUG = re.compile(r"[a-z0-9]+(-[a-z0-9]+)*")


@dataclass(frozen=True, slots=True)
class Membership:
    """A course, and what somebody is in it."""

    course: Course
    role: EnrolmentRole


@dataclass(frozen=True, slots=True)
class Member:
    """A person, and what they are in a course."""

    person: Person
    role: EnrolmentRole


def all_courses(s: Session) -> list[Course]:
    """Every course, by title."""
    return list(s.scalars(select(Course).order_by(Course.title, Course.id)))


def courses_of(s: Session, person: Person) -> list[Membership]:
    """The courses of a person by title; an administrator is a lecturer of every course."""
    if person.is_admin:
        return [Membership(course, EnrolmentRole.LECTURER) for course in all_courses(s)]
    rows = s.execute(
        select(Course, Enrolment.role)
        .join(Enrolment, Enrolment.course_id == Course.id)
        .where(Enrolment.person_id == person.id)
        .order_by(Course.title, Course.id)
    )
    return [Membership(course, role) for course, role in rows]


def course_by_slug(s: Session, slug: str) -> Course | None:
    """The course with this short name."""
    if not SLUG.fullmatch(slug):
        return None
    return s.scalar(select(Course).where(Course.slug == slug))


def role_in(s: Session, course: Course, person: Person) -> EnrolmentRole | None:
    """What a person is in a course; None for a stranger. Administrators count as lecturers."""
    if person.is_admin:
        return EnrolmentRole.LECTURER
    return s.scalar(select(Enrolment.role).where(Enrolment.course_id == course.id, Enrolment.person_id == person.id))


def is_enrolled(s: Session, course: Course, person: Person) -> bool:
    """Whether a person is in a course themselves, as a student or as a lecturer."""
    return _enrolment(s, course, person) is not None


def create_course(s: Session, slug: str, title: str) -> Course:
    """A new, empty course. Raises Refused."""
    title = " ".join(title.split())
    if len(slug) > 64 or not SLUG.fullmatch(slug):
        raise Refused(f"{slug[:80]!r} is no short name: use small letters, digits and hyphens, such as cnn-2026.")
    if not title or len(title) > 200 or not title.isprintable():
        raise Refused("A course needs a title of 200 printable characters at most.")
    if course_by_slug(s, slug) is not None:
        raise Refused(f"There is already a course {slug}.")
    course = Course(slug=slug, title=title)
    s.add(course)
    s.flush()
    return course


def enrol(s: Session, course: Course, person: Person, role: EnrolmentRole) -> Enrolment:
    """Take a person into a course, or change what they are in it."""
    enrolment = _enrolment(s, course, person)
    if enrolment is None:
        enrolment = Enrolment(course=course, person=person, role=role)
        s.add(enrolment)
    enrolment.role = role
    s.flush()
    return enrolment


def enrol_roster(s: Session, course: Course, text: str) -> RosterReport:
    """Enrol every student of a list; people who are unknown are created. A line that is wrong costs that line alone.

    Raises RosterRefused when the list cannot be read at all.
    """
    report = RosterReport()
    seen: dict[str, int] = {}
    for row in read_roster(text):
        first = seen.setdefault(row.number.lower(), row.line)
        if first != row.line:
            report.refused.append((row.line, f"{row.number} stands on line {first} already."))
            continue
        try:
            _enrol_row(s, course, row, report)
        except Refused as refusal:
            report.refused.append((row.line, refusal.message))
    return report


def unenrol(s: Session, course: Course, person: Person) -> bool:
    """Take a person out of a course; their submissions stay. False when they were not in it."""
    theirs = delete(Enrolment).where(Enrolment.course_id == course.id, Enrolment.person_id == person.id)
    return s.scalar(theirs.returning(Enrolment.id)) is not None


def members(s: Session, course: Course) -> list[Member]:
    """Everybody in the course: lecturers first, then students, by number."""
    rows = s.execute(
        select(Person, Enrolment.role)
        .join(Enrolment, Enrolment.person_id == Person.id)
        .where(Enrolment.course_id == course.id)
        .order_by(Enrolment.role, Person.number)
    )
    return [Member(person, role) for person, role in rows]


def publish(
    s: Session,
    course: Course,
    assignment: Assignment,
    *,
    opens_at: datetime | None,
    due_at: datetime | None,
    points: float | None,
    is_visible: bool = True,
) -> CourseAssignment:
    """Publish an assignment in a course, or change how it is published. Raises Refused.

    A moved due time counts for what was handed in already: a longer one makes late submissions count.
    """
    if opens_at is not None and due_at is not None and opens_at >= due_at:
        raise Refused(f"{assignment.id} would be due before it opens. Put the due time after the opening.")
    if points is not None and not 0 < points <= 10_000:
        raise Refused(f"{assignment.id}: the points must lie between 0 and 10,000, not at {points:g}.")
    published = published_as(s, course, assignment.id)
    if published is None:
        published = CourseAssignment(course=course, assignment=assignment.id)
        s.add(published)
    published.opens_at, published.due_at = opens_at, due_at
    published.points, published.is_visible = points, is_visible
    s.flush()
    late = false() if due_at is None else Submission.created_at > due_at
    s.execute(update(Submission).where(Submission.course_assignment_id == published.id).values(is_late=late))
    return published


def published_as(s: Session, course: Course, assignment: str) -> CourseAssignment | None:
    """How a course publishes an assignment (by its folder's name), or None when it does not."""
    return s.scalar(
        select(CourseAssignment).where(
            CourseAssignment.course_id == course.id, CourseAssignment.assignment == assignment
        )
    )


def _enrol_row(s: Session, course: Course, row: Row, report: RosterReport) -> None:
    if not row.number:
        raise Refused("The student number is missing.")
    person = accounts.person_by_number(s, row.number)
    if person is None:
        person = accounts.create_person(s, row.number, name=row.name, email=row.email)
    else:
        _complete(s, person, row)
    if is_enrolled(s, course, person):
        report.existing.append(person)
        return
    s.add(Enrolment(course=course, person=person, role=EnrolmentRole.STUDENT))
    s.flush()
    report.added.append(person)


def _complete(s: Session, person: Person, row: Row) -> None:
    """Fill in what a known person lacks; what is there already stays, it may be the person's own wish."""
    if not person.name:
        person.name = accounts.clean_name(row.name)
    if not person.email:
        person.email = accounts.free_email(s, row.email)


def _enrolment(s: Session, course: Course, person: Person) -> Enrolment | None:
    return s.scalar(select(Enrolment).where(Enrolment.course_id == course.id, Enrolment.person_id == person.id))
