"""Composing a quiz in the pages: choosing from the bank, parts, points, order, and the preview."""

from __future__ import annotations

import re

import pytest
from sqlalchemy.orm import Session

from server.models import CourseQuestion, Quiz
from server.services.quizzes import composing
from tests.server.quiz_parts import definitions, make_quiz, make_session, single, write_bank

ROOT = "/courses/cnn-2026/quizzes/"


@pytest.fixture(scope="module")
def assignments_root(tmp_path_factory: pytest.TempPathFactory):
    """A bank of one topic with five questions, one of each kind."""
    root = tmp_path_factory.mktemp("bank-of-pages")
    write_bank(root, definitions(5))
    return root


@pytest.fixture
def quiz(s: Session, course, people) -> Quiz:
    quiz = make_quiz(s, course, 3, title="Week 3")
    s.commit()
    return quiz


def at(quiz: Quiz, rest: str = "") -> str:
    return f"{ROOT}{quiz.id}/{rest}"


def names(s: Session, quiz: Quiz) -> list[list[str]]:
    s.expire_all()
    return [[item.definition["id"] for item in part.items] for part in quiz.parts]


def test_a_course_without_a_quiz_says_what_to_do(teacher):
    page = teacher.text(ROOT)
    assert "No quiz yet" in page
    assert "Title of a new quiz" in page


def test_a_quiz_is_made_and_filled_from_the_bank(teacher, s: Session, course):
    made = teacher.post(ROOT, {"title": "Week 3", "after": "0"}, page=ROOT)
    assert made.status_code == 303
    (quiz,) = composing.quizzes_of(s, course)
    part = quiz.parts[0].id
    page = teacher.text(f"{made.location}parts/{part}/questions")
    assert page.count('type="checkbox"') == 5
    origins = ["04-conv-forward/q2", "04-conv-forward/q5", "no/such"]
    teacher.post(f"{made.location}parts/{part}/questions", {"origin": origins}, page=made.location)
    assert names(s, quiz) == [["q2", "q5"]]
    page = teacher.text(made.location)
    assert "2 questions for each student" in page
    assert "numbers drawn" in page
    again = teacher.text(f"{made.location}parts/{part}/questions")
    assert again.count("disabled checked") == 2


def test_nothing_chosen_is_said(teacher, s: Session, quiz):
    response = teacher.post(at(quiz, f"parts/{quiz.parts[0].id}/questions"), page=ROOT, follow_redirects=True)
    assert "No question was chosen" in response.text
    assert names(s, quiz) == [["q1", "q2", "q3"]]


def test_the_choice_is_narrowed_down(teacher, quiz):
    choose = at(quiz, f"parts/{quiz.parts[0].id}/questions")
    page = teacher.text(f"{choose}?kind=numeric")
    assert "1 of 5 questions" in page
    assert "About q4" in page
    assert "No question is like this" in teacher.text(f"{choose}?text=nothing-like-it")


def test_the_courses_own_questions_can_be_chosen(teacher, s: Session, course, quiz):
    s.add(CourseQuestion(course=course, name="mine", definition=single("mine")))
    s.commit()
    choose = at(quiz, f"parts/{quiz.parts[0].id}/questions")
    assert "own/mine" in teacher.text(choose)
    teacher.post(choose, {"origin": "own/mine"}, page=ROOT)
    assert names(s, quiz) == [["q1", "q2", "q3", "mine"]]


def test_a_question_is_shown_with_its_key_before_it_is_chosen(teacher, quiz):
    page = teacher.text(at(quiz, "questions/04-conv-forward/q1"))
    assert "It moves." in page
    assert "secret reason" in page
    assert "<html" not in page


def test_questions_are_moved_scored_and_taken_out_by_buttons(teacher, s: Session, quiz):
    first = quiz.parts[0].items[0].id
    item = at(quiz, f"items/{first}")
    teacher.post(item, {"do": "down", "seen": "0"}, page=ROOT)
    teacher.post(item, {"do": "down", "seen": "0"}, page=ROOT)
    assert names(s, quiz) == [["q2", "q1", "q3"]]
    teacher.post(item, {"do": "points", "points": "2,5"}, page=ROOT)
    s.expire_all()
    assert quiz.parts[0].items[1].points == 2.5
    refused = teacher.post(item, {"do": "points", "points": "many"}, page=ROOT, follow_redirects=True)
    assert "Points are a number" in refused.text
    teacher.post(item, {"do": "remove"}, page=ROOT)
    assert teacher.post(item, {"do": "remove"}, page=ROOT).status_code == 303
    assert names(s, quiz) == [["q2", "q3"]]
    assert teacher.post(at(quiz, f"items/{quiz.parts[0].items[0].id}"), {"do": "dance"}, page=ROOT).status_code == 400


def test_a_pool_is_made_of_a_part(teacher, s: Session, quiz):
    part = at(quiz, f"parts/{quiz.parts[0].id}")
    teacher.post(part, {"do": "change", "pick": "2", "title": "A pool"}, page=ROOT)
    assert "2 of these 3 asked" in teacher.text(at(quiz))
    refused = teacher.post(part, {"do": "change", "pick": "9", "title": ""}, page=ROOT, follow_redirects=True)
    assert "between one and all of them" in refused.text
    refused = teacher.post(part, {"do": "change", "pick": "two", "title": ""}, page=ROOT, follow_redirects=True)
    assert "whole number" in refused.text
    teacher.post(part, {"do": "change", "pick": "", "title": ""}, page=ROOT)
    assert "all 3 asked" in teacher.text(at(quiz))


def test_parts_are_added_moved_and_taken_out(teacher, s: Session, quiz):
    first = quiz.parts[0].id
    teacher.post(at(quiz, "parts"), {"after": str(first)}, page=ROOT)
    teacher.post(at(quiz, "parts"), {"after": str(first)}, page=ROOT)
    s.expire_all()
    assert len(quiz.parts) == 2
    second, item = quiz.parts[1].id, quiz.parts[0].items[2].id
    teacher.post(at(quiz, f"items/{item}"), {"do": "part", "part": str(second)}, page=ROOT)
    assert names(s, quiz) == [["q1", "q2"], ["q3"]]
    teacher.post(at(quiz, f"parts/{second}"), {"do": "up", "seen": "1"}, page=ROOT)
    assert names(s, quiz) == [["q3"], ["q1", "q2"]]
    teacher.post(at(quiz, f"parts/{second}"), {"do": "remove"}, page=ROOT)
    assert names(s, quiz) == [["q1", "q2"]]


def test_unlike_points_in_a_pool_are_pointed_out(teacher, s: Session, quiz):
    composing.change_part(s, quiz.parts[0], title="", pick=1)
    composing.set_points(s, quiz.parts[0].items[0], 3)
    s.commit()
    assert "Papers are worth 1 to 3 points" in " ".join(teacher.text(at(quiz)).split())


def test_settings_keep_what_was_typed_when_they_are_refused(teacher, s: Session, quiz):
    rules = {"title": "", "numbers": "same", "shuffles_options": "y"}
    response = teacher.post(at(quiz, "rules"), rules, page=ROOT)
    assert response.status_code == 422
    assert "A quiz needs a title" in response.text
    assert re.search(r'value="same"[^>]*checked|checked[^>]*value="same"', response.text)
    teacher.post(at(quiz, "rules"), rules | {"title": "Week  4"}, page=ROOT)
    s.expire_all()
    assert (quiz.title, quiz.numbers.value, quiz.shuffles_questions) == ("Week 4", "same", False)


def test_a_newer_text_in_the_bank_is_shown_and_taken(teacher, s: Session, quiz):
    item = quiz.parts[0].items[0]
    item.origin = "04-conv-forward/q1"
    item.definition = item.definition | {"stem": "An older question?"}
    s.commit()
    assert "Newer text" in teacher.text(at(quiz))
    page = teacher.text(at(quiz, f"items/{item.id}"))
    assert "The bank has a newer text" in page
    assert "An older question?" in page
    teacher.post(at(quiz, f"items/{item.id}"), {"do": "refresh"}, page=ROOT)
    s.expire_all()
    assert item.definition["stem"].startswith("What does a kernel do?")
    assert "Newer text" not in teacher.text(at(quiz))


def test_a_paper_is_previewed_as_students_see_it(teacher, s: Session, course, people):
    quiz = make_quiz(s, course, 5)
    s.commit()
    papers = [teacher.text(at(quiz, f"preview?seed={seed}")) for seed in range(3)]
    for paper in papers:
        assert paper.count("Choose") >= 3
        assert "secret" not in paper
    assert len({re.sub(r"seed=\d+", "", paper.split("preview-paper")[1]) for paper in papers}) == 3
    assert teacher.text(at(quiz, "preview?seed=0")).split("preview-paper")[1] == papers[0].split("preview-paper")[1]


def test_a_question_that_cannot_be_drawn_is_named(teacher, s: Session, course, people):
    quiz = make_quiz(s, course, [definitions(5)[4] | {"where": ["a > 99"]}])
    s.commit()
    assert "A question cannot be drawn: q5" in teacher.text(at(quiz, "preview"))
    assert "This draw fails: q5" in teacher.text(at(quiz, f"items/{quiz.parts[0].items[0].id}"))
    assert "no question yet" in teacher.text(at(make_empty(s, course), "preview"))


def make_empty(s: Session, course) -> Quiz:
    quiz = make_quiz(s, course, 0)
    s.commit()
    return quiz


def test_a_copy_and_a_deletion(teacher, s: Session, course, quiz):
    newest = str(quiz.id)
    first = teacher.post(at(quiz, "duplicate"), {"after": newest}, page=ROOT)
    second = teacher.post(at(quiz, "duplicate"), {"after": newest}, page=ROOT)
    assert first.location == second.location
    assert [each.title for each in composing.quizzes_of(s, course)] == ["Week 3 (copy)", "Week 3"]
    make_session(s, quiz)
    s.commit()
    refused = teacher.post(at(quiz, "delete"), page=ROOT, follow_redirects=True)
    assert "has sessions" in refused.text
    teacher.post(f"{first.location}delete", page=ROOT)
    assert [each.title for each in composing.quizzes_of(s, course)] == ["Week 3"]


def test_another_courses_quiz_is_not_found(signed_in, s: Session, quiz, people):
    stranger = signed_in("stranger")
    assert stranger.get(at(quiz)).status_code == 404
    assert stranger.get(f"/courses/other-2026/quizzes/{quiz.id}/").status_code == 404
    assert signed_in("ada").get(at(quiz)).status_code == 404
