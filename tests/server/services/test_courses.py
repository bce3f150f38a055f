from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy.orm import Session

from grader.contract import Assignment
from server.models import Course, EnrolmentRole, Person
from server.services import accounts, courses
from server.services.errors import Refused

NOW = datetime(2026, 3, 2, 12, 0, tzinfo=UTC)
HOUR = timedelta(hours=1)


@pytest.mark.parametrize(
    ("slug", "title", "reason"),
    [
        ("", "T", "short name"),
        ("Two Words", "T", "short name"),
        ("a--b", "T", "short name"),
        ("../x", "T", "short name"),
        ("x" * 65, "T", "short name"),
        ("ok", " ", "title"),
        ("ok", "x" * 201, "title"),
        ("cnn-2026", "T", "already a course"),
    ],
)
def test_a_course_that_cannot_be_is_refused(s: Session, course: Course, slug: str, title: str, reason: str):
    with pytest.raises(Refused, match=reason):
        courses.create_course(s, slug, title)


def test_a_course_is_found_by_its_short_name(s: Session, course: Course):
    assert courses.course_by_slug(s, "cnn-2026") is course
    assert courses.course_by_slug(s, "\x00") is None


def test_people_see_their_own_courses_with_their_role(s: Session, course: Course, student: Person, lecturer: Person):
    other = courses.create_course(s, "another", "Another")
    courses.enrol(s, other, student, EnrolmentRole.LECTURER)

    assert [(each.course.slug, each.role) for each in courses.courses_of(s, student)] == [
        ("another", "lecturer"),
        ("cnn-2026", "student"),
    ]
    assert [each.course.slug for each in courses.courses_of(s, lecturer)] == ["cnn-2026"]


def test_an_administrator_is_a_lecturer_everywhere(s: Session, course: Course):
    admin = accounts.create_person(s, "admin", is_admin=True)

    assert courses.role_in(s, course, admin) is EnrolmentRole.LECTURER
    assert [each.role for each in courses.courses_of(s, admin)] == [EnrolmentRole.LECTURER]
    assert not courses.is_enrolled(s, course, admin)


def test_a_stranger_has_no_role(s: Session, course: Course):
    assert courses.role_in(s, course, accounts.create_person(s, "stranger")) is None


def test_enrolling_again_changes_the_role(s: Session, course: Course, student: Person):
    courses.enrol(s, course, student, EnrolmentRole.LECTURER)

    assert courses.role_in(s, course, student) is EnrolmentRole.LECTURER
    assert len(courses.members(s, course)) == 1


def test_members_are_lecturers_then_students_by_number(s: Session, course: Course, student: Person, lecturer: Person):
    earlier = accounts.create_person(s, "000001")
    courses.enrol(s, course, earlier, EnrolmentRole.STUDENT)

    assert [member.person for member in courses.members(s, course)] == [lecturer, earlier, student]


def test_who_leaves_is_out(s: Session, course: Course, student: Person):
    assert courses.unenrol(s, course, student)
    assert not courses.unenrol(s, course, student)
    assert courses.role_in(s, course, student) is None


def test_publishing_again_changes_what_was_published(s: Session, course: Course, conv: Assignment):
    first = courses.publish(s, course, conv, opens_at=None, due_at=NOW, points=None)
    second = courses.publish(s, course, conv, opens_at=NOW, due_at=NOW + HOUR, points=25.0, is_visible=False)

    assert first is second
    assert (second.opens_at, second.due_at, second.points, second.is_visible) == (NOW, NOW + HOUR, 25.0, False)


@pytest.mark.parametrize(
    ("changes", "reason"),
    [
        ({"opens_at": NOW, "due_at": NOW}, "due before it opens"),
        ({"opens_at": NOW + HOUR, "due_at": NOW}, "due before it opens"),
        ({"points": 0.0}, "points must lie"),
        ({"points": -1.0}, "points must lie"),
        ({"points": float("nan")}, "points must lie"),
        ({"points": float("inf")}, "points must lie"),
    ],
)
def test_what_cannot_be_published_is_refused(s: Session, course: Course, conv: Assignment, changes: dict, reason: str):
    with pytest.raises(Refused, match=reason):
        courses.publish(s, course, conv, **{"opens_at": None, "due_at": None, "points": None} | changes)


def test_a_later_due_time_makes_late_submissions_count(s: Session, course: Course, conv: Assignment, hand_in):
    submission = hand_in(NOW)
    courses.publish(s, course, conv, opens_at=None, due_at=NOW - HOUR, points=None)
    s.refresh(submission)
    assert submission.is_late

    courses.publish(s, course, conv, opens_at=None, due_at=NOW + HOUR, points=None)
    s.refresh(submission)
    assert not submission.is_late

    courses.publish(s, course, conv, opens_at=None, due_at=None, points=None)
    s.refresh(submission)
    assert not submission.is_late
