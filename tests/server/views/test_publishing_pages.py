"""Publishing assignments in a course."""

from __future__ import annotations

import re
from datetime import UTC, datetime

import pytest
from sqlalchemy import update
from sqlalchemy.orm import Session

from server.models import Attempt, Submission
from server.services import courses

PAGE = "/courses/cnn-2026/publishing/"
NAME = "04-conv-forward"


def publish(visitor, name: str = NAME, **fields):
    return visitor.post(f"{PAGE}{name}", {f"{name}-{key}": value for key, value in fields.items()}, page=PAGE)


def test_every_folder_is_offered_and_new_ones_are_visible_by_default(teacher, people):
    page = teacher.text(PAGE)
    assert page.count("Not published") == 2
    assert re.search(rf'name="{NAME}-is_visible"[^>]*checked|checked[^>]*name="{NAME}-is_visible"', page)


def test_an_assignment_is_published_with_its_times_in_utc(teacher, people, s: Session, course):
    times = {"opens_at": "2026-01-05T08:00", "due_at": "2026-02-05T23:59"}
    response = publish(teacher, **times, points="7,5", is_visible="y")
    assert response.location == f"{PAGE}#{NAME}"
    published = courses.published_as(s, course, NAME)
    assert published.opens_at == datetime(2026, 1, 5, 8, tzinfo=UTC)
    assert published.due_at == datetime(2026, 2, 5, 23, 59, tzinfo=UTC)
    assert (published.points, published.is_visible) == (7.5, True)
    page = teacher.text(PAGE)
    assert 'value="2026-02-05T23:59"' in page
    assert 'value="7.5"' in page


def test_published_values_can_be_taken_back(teacher, people, s: Session, course):
    publish(teacher, due_at="2026-02-05T23:59", points="5", is_visible="y")
    publish(teacher)
    published = courses.published_as(s, course, NAME)
    assert (published.due_at, published.points, published.is_visible) == (None, None, False)


@pytest.mark.parametrize(
    ("fields", "words"),
    [
        ({"opens_at": "2026-03-05T08:00", "due_at": "2026-02-05T08:00"}, "due before it opens"),
        ({"points": "-1"}, "between 0.01 and 10,000"),
        ({"points": "many"}, "Enter a number"),
        ({"points": "nan"}, "between"),
        ({"points": "1e9"}, "between"),
        ({"due_at": "tomorrow"}, "Not a valid"),
    ],
)
def test_what_is_refused_stays_in_the_form(teacher, people, s: Session, course, fields, words):
    response = publish(teacher, **fields)
    assert response.status_code == 422
    assert words in response.text
    for value in fields.values():
        assert f'value="{value}"' in response.text
    assert re.search(rf'<details class="offer" id="{NAME}" open', response.text)
    assert courses.published_as(s, course, NAME) is None


def test_an_unknown_folder_cannot_be_published(teacher, people):
    assert publish(teacher, "99-nothing").status_code == 404


def test_a_broken_folder_says_what_is_wrong(make_app, visitor, people, tmp_path, assignments_root):
    import shutil

    root = tmp_path / "assignments"
    shutil.copytree(assignments_root, root)
    (root / NAME / "assignment.toml").write_text("title = 3\n")
    visitor = type(visitor)(make_app(assignments=root))
    visitor.sign_in("lecturer")
    page = visitor.text(PAGE)
    assert "Broken" in page
    assert "04-conv-forward/assignment.toml" in page
    assert "Pooling" in page


def test_an_assignment_for_a_gpu_says_whether_a_worker_has_one(
    teacher, people, s: Session, submission, assignments_root
):
    toml = assignments_root / "08-pooling" / "assignment.toml"
    before = toml.read_text()
    toml.write_text(before.replace("gpu = false", "gpu = true") if "gpu = false" in before else f"gpu = true\n{before}")
    try:
        none = "None has taken anything here yet."
        assert teacher.text(PAGE).count(none) == 1, "once, for the one assignment that is graded on a GPU"

        s.execute(update(Submission).values(queue="grade.gpu"))
        s.execute(update(Attempt).values(started_at=datetime(2026, 1, 5, 8, tzinfo=UTC)))
        s.commit()
        page = teacher.text(PAGE)
    finally:
        toml.write_text(before)
    assert none not in page
    assert "The last was begun" in page
