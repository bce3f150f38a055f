"""Courses and lecturers' accounts."""

from __future__ import annotations

import re

import pytest
from sqlalchemy.orm import Session

from server.models import EnrolmentRole
from server.services import accounts, courses

PAGE = "/admin/"
CODE = r"[2-9A-HJ-Z]{4}-[2-9A-HJ-Z]{4}-[2-9A-HJ-Z]{4}"


@pytest.fixture
def root(signed_in):
    return signed_in("root")


def test_a_course_is_created_and_leads_to_publishing(root, s: Session):
    response = root.post("/admin/courses", {"title": "Vision", "slug": "vision-2026"}, page=PAGE)
    assert response.location == "/courses/vision-2026/publishing/"
    assert courses.course_by_slug(s, "vision-2026").title == "Vision"


@pytest.mark.parametrize(
    ("title", "slug", "words"),
    [
        ("Vision", "Vision 2026", "short name"),
        ("Vision", "cnn-2026", "already a course"),
        ("", "v", "needs a title"),
        ("V" * 201, "v", "200"),
    ],
)
def test_a_course_that_is_refused_stays_in_the_form(root, title, slug, words):
    response = root.post("/admin/courses", {"title": title, "slug": slug}, page=PAGE)
    assert response.status_code == 422
    assert words in response.text
    assert f'value="{slug}"' in response.text


def test_a_new_lecturer_gets_a_code_and_the_course(root, visitor, s: Session, course):
    fields = {"number": "turing", "name": "Alan Turing", "email": "", "course": "cnn-2026"}
    response = root.post("/admin/lecturers", fields, page=PAGE)
    code = re.search(CODE, response.text).group()
    visitor.post("/sign-in/code", {"code": code})
    assert visitor.get("/courses/cnn-2026/gradebook").status_code == 200
    assert courses.role_in(s, course, accounts.person_by_number(s, "turing")) is EnrolmentRole.LECTURER


def test_a_known_person_becomes_a_lecturer_without_a_code(root, people, s: Session):
    fields = {"number": "stranger", "course": "cnn-2026"}
    response = root.post("/admin/lecturers", fields, page=PAGE, follow_redirects=True)
    assert "has an account already, and teaches the course now" in response.text
    assert not re.search(CODE, response.text)


@pytest.mark.parametrize(
    ("fields", "words"),
    [
        ({"number": "stranger"}, "has an account already"),
        ({"number": "a b"}, "number"),
        ({"number": ""}, "Enter a login name"),
        ({"number": "new", "email": "nonsense"}, "e-mail"),
        ({"number": "new", "course": "no-such-course"}, "Not a valid choice"),
    ],
)
def test_a_lecturer_who_is_refused_changes_nothing(root, s: Session, fields, words):
    response = root.post("/admin/lecturers", {"course": "", **fields}, page=PAGE)
    assert response.status_code == 422
    assert words in response.text
    assert accounts.person_by_number(s, "new") is None
