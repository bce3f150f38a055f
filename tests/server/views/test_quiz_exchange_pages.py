"""The pages that take questions out of files and put them into some."""

from __future__ import annotations

import io
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from server.quiz.source import read_questions, write_questions
from tests.server.quiz.questions import MULTIPLE, NUMERIC, SINGLE, question

PAGE = "/courses/cnn-2026/questions/"
AIKEN = b"What does a larger stride do?\nA) The output gets smaller.\nB) The output gets larger.\nANSWER: A\n"


@pytest.fixture(autouse=True)
def questions_in_folders(assignments_root: Path, app) -> Iterator[None]:
    path = assignments_root / "08-pooling" / "quiz.toml"
    path.write_text(write_questions([question(SINGLE), question(MULTIPLE), question(NUMERIC)]))
    yield
    path.unlink()


def send(visitor, content: bytes, name: str = "mine.txt"):
    return visitor.post(
        f"{PAGE}import",
        {"file": (io.BytesIO(content), name)},
        page=f"{PAGE}import",
        content_type="multipart/form-data",
    )


def test_a_file_comes_in_and_each_question_can_be_looked_at(teacher):
    response = send(teacher, AIKEN)
    assert response.status_code == 200
    assert "1 question came in." in response.text
    (link,) = re.findall(r'href="(/courses/cnn-2026/questions/own/[^"]+/)"', response.text)
    assert "Imported from mine.txt" in teacher.text(link)


def test_what_did_not_come_in_is_listed_with_line_and_reason(teacher):
    response = send(
        teacher, AIKEN + b"\nWhat else?\nA) One\nANSWER: A\n\n" + AIKEN.replace(b"larger stride", b"kernel")
    )
    assert "2 questions came in, 1 did not." in response.text
    assert "What did not come in" in response.text
    assert re.search(r"<td>line \d+</td>", response.text)


def test_a_name_that_is_taken_is_changed_and_that_is_said(teacher):
    send(teacher, AIKEN)
    assert "renamed: there was a question" in send(teacher, AIKEN).text


def test_a_hostile_name_and_text_are_shown_not_run(teacher):
    response = send(teacher, AIKEN.replace(b"larger", b"<script>alert(1)</script>"), "<b>x</b>.txt")
    assert "<script>alert" not in response.text
    assert "<b>x</b>" not in response.text


@pytest.mark.parametrize(
    "content", [b"", b"\x00\xff" * 200, b'<?xml version="1.0"?><!DOCTYPE a [<!ENTITY b "c">]><a>&b;</a>']
)
def test_what_is_no_file_of_questions_is_refused(teacher, content):
    response = send(teacher, content)
    assert response.status_code in (200, 422)
    assert "came in" not in response.text or "0 questions came in" in response.text


def test_no_file_at_all_is_refused(teacher):
    response = teacher.post(f"{PAGE}import", {}, page=f"{PAGE}import", content_type="multipart/form-data")
    assert response.status_code == 422
    assert "Choose a file first." in response.text


def test_the_export_says_what_the_file_will_have_and_gives_it(teacher):
    page = teacher.text(f"{PAGE}export?format=gift&parameters=draws&draws=2")
    assert "Export 3 questions" in page
    assert "Every question is in the file." in page
    address = re.search(r'href="([^"]*/export/file[^"]*)"', page).group(1).replace("&amp;", "&")
    response = teacher.get(address)
    assert response.status_code == 200
    assert response.headers["Content-Disposition"].startswith('attachment; filename="cnn-2026-')
    assert response.data.count(b"::Output size of a convolution") == 2


def test_what_draws_numbers_can_be_left_as_it_is(teacher):
    page = teacher.text(f"{PAGE}export?format=gift&parameters=keep")
    assert "2 questions are left out of the file." in page
    assert "What the file cannot hold" in page
    own = teacher.get(f"{PAGE}export/file?format=stride_toml&parameters=keep")
    assert read_questions(own.text, "test") == [question(SINGLE), question(MULTIPLE), question(NUMERIC)]


def test_the_export_is_of_what_the_list_was_narrowed_down_to(teacher):
    page = teacher.text(f"{PAGE}export?kind=multiple")
    assert "Export 1 question<" in page
    assert '<input type="hidden" name="kind" value="multiple">' in page
    assert "draw numbers" not in page
    assert "nothing to export" in teacher.text(f"{PAGE}export?text=nosuchword")


@pytest.mark.parametrize("query", ["", "?format=nothing", "?format=../etc"])
def test_a_format_that_is_none_gives_no_file(teacher, query):
    assert teacher.get(f"{PAGE}export/file{query}").status_code == 422
    assert "Download" not in teacher.text(f"{PAGE}export{query}")


@pytest.mark.parametrize("draws", ["0", "-1", "x", "9999", "99999999", "٣"])
def test_a_number_of_draws_is_held_within_its_bounds(teacher, draws):
    assert teacher.get(f"{PAGE}export/file?format=stride_toml&draws={draws}").status_code == 200


@pytest.mark.parametrize("path", ["import", "export", "export/file?format=stride_toml"])
@pytest.mark.parametrize("name", ["ada", "stranger"])
def test_no_student_and_no_stranger_gets_a_question(signed_in, path, name):
    assert signed_in(name).get(PAGE + path).status_code == 404


def test_no_student_brings_one_in(teacher, ada):
    response = ada.post(f"{PAGE}import", {"file": (io.BytesIO(AIKEN), "x.txt")}, content_type="multipart/form-data")
    assert response.status_code == 404
    assert "3 questions" in teacher.text(PAGE)
