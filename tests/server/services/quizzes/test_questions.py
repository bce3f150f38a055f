"""The questions that a course can use: the bank's and its own, found, written, copied, deleted."""

from __future__ import annotations

from pathlib import Path

import pytest
from sqlalchemy.orm import Session

from server.models import Course
from server.quiz.bank import Bank
from server.quiz.question import Kind
from server.quiz.source import question_from_dict, write_questions
from server.services import courses
from server.services.errors import QuestionRefused
from server.services.quizzes import questions
from server.services.quizzes.questions import Wanted
from tests.server.quiz.questions import MULTIPLE, NUMERIC, SINGLE, TRUE_FALSE, question

TEXT = write_questions([question()])


@pytest.fixture
def bank(tmp_path: Path) -> Bank:
    """Two topics: one question with numbers, and two without."""
    for folder, several in (("03-sizes", [SINGLE]), ("08-pooling", [TRUE_FALSE, MULTIPLE])):
        (tmp_path / folder).mkdir()
        (tmp_path / folder / "quiz.toml").write_text(write_questions([question(data) for data in several]))
    return Bank(tmp_path)


def origins(s: Session, course: Course, bank: Bank, **wanted) -> list[str]:
    return [entry.origin for group in questions.groups(s, course, bank, Wanted(**wanted)) for entry in group.entries]


def test_a_course_has_the_banks_questions_and_its_own_first(s, course, bank):
    questions.save(s, course, write_questions([question(NUMERIC)]))
    assert origins(s, course, bank) == [
        "own/weights",
        "03-sizes/output-size",
        "08-pooling/pooling-learns",
        "08-pooling/layers-with-weights",
    ]


def test_another_courses_questions_are_not_there(s, course, bank):
    questions.save(s, course, TEXT)
    other = courses.create_course(s, "other-2026", "Another")
    assert "own/output-size" not in origins(s, other, bank)
    assert questions.entry(s, other, bank, "own/output-size") is None
    assert questions.delete(s, other, "output-size") is False
    questions.save(s, other, TEXT)


@pytest.mark.parametrize(
    ("wanted", "found"),
    [
        ({"folder": "08-pooling"}, ["08-pooling/pooling-learns", "08-pooling/layers-with-weights"]),
        ({"folder": "own"}, ["own/weights"]),
        ({"kind": Kind.SINGLE}, ["03-sizes/output-size"]),
        ({"difficulty": 2}, ["03-sizes/output-size"]),
        ({"difficulty": 3}, []),
        ({"text": "q22"}, ["03-sizes/output-size"]),
        ({"text": "OUTPUT convolution"}, ["03-sizes/output-size"]),
        ({"text": "weights"}, ["own/weights", "08-pooling/layers-with-weights"]),
        ({"text": "weights", "folder": "own"}, ["own/weights"]),
        ({"text": "output nosuchword"}, []),
        ({"folder": "99-nothing"}, []),
    ],
)
def test_the_list_is_narrowed_down(s, course, bank, wanted, found):
    questions.save(s, course, write_questions([question(NUMERIC)]))
    assert origins(s, course, bank, **wanted) == found


def test_an_entry_is_had_by_its_origin(s, course, bank):
    questions.save(s, course, TEXT)
    assert questions.entry(s, course, bank, "03-sizes/output-size").question == question()
    assert questions.entry(s, course, bank, "own/output-size").question == question()
    for nothing in ("own/nothing", "03-sizes/nothing", "own", "own/", "", "own/" + "a" * 5000):
        assert questions.entry(s, course, bank, nothing) is None


def test_a_saved_question_is_what_was_written(s, course):
    questions.save(s, course, TEXT)
    s.commit()
    record = questions.own_record(s, course, "output-size")
    assert question_from_dict(record.definition, "test") == question()
    assert list(record.definition["draw"]) == ["n", "k", "s", "out"], "the order of the draws is kept"


def test_a_changed_question_takes_its_own_place_also_under_another_id(s, course):
    questions.save(s, course, TEXT)
    questions.save(s, course, write_questions([question(title="Sizes")]), "output-size")
    assert [entry.question.title for entry in questions.own_entries(s, course)] == ["Sizes"]
    questions.save(s, course, write_questions([question(id="size")]), "output-size")
    assert [entry.origin for entry in questions.own_entries(s, course)] == ["own/size"]


def test_an_id_that_another_question_has_is_refused(s, course):
    questions.save(s, course, TEXT)
    questions.save(s, course, write_questions([question(MULTIPLE)]))
    for name in (None, "layers-with-weights"):
        with pytest.raises(QuestionRefused, match=r"has a question output-size already. Give this one another id."):
            questions.save(s, course, TEXT, name)


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("", r"The text must have one \[\[question\]\], not 0\."),
        (TEXT + write_questions([question(MULTIPLE)]), r"The text must have one \[\[question\]\], not 2\."),
        ("id = =", r"The text: .*line 1"),
        ('title = "x"\n' + TEXT, "The text: unknown title; known are question"),
        (TEXT.replace('kind = "single"', 'kind = "essay"'), r"The question \(output-size\), kind: 'essay' is none of"),
        (
            write_questions([question(where=["n < 0"])]),
            "The question cannot be used: output-size, seed 0: where 'n < 0' does not hold",
        ),
        (write_questions([question(explanation="$\\nosuch$")]), r"explanation: cannot be shown: \\nosuch"),
        (write_questions([question(where=["n < 30 and k == 3 and s == 1"])]), r"9\d of 100 draws are thrown away"),
    ],
)
def test_a_question_that_cannot_be_used_is_refused_and_nothing_is_stored(s, course, text, message):
    with pytest.raises(QuestionRefused, match=message):
        questions.save(s, course, text)
    assert questions.own_entries(s, course) == []


def test_a_copy_is_the_courses_own_under_a_free_name(s, course, bank):
    chosen = questions.entry(s, course, bank, "03-sizes/output-size")
    assert [questions.copy(s, course, chosen) for _ in range(3)] == ["output-size", "output-size-2", "output-size-3"]
    record = questions.own_record(s, course, "output-size-2")
    assert record.origin == "Copied from 03-sizes/output-size"
    assert question_from_dict(record.definition, "test").id == "output-size-2"


def test_a_long_name_stays_within_its_length_when_it_is_copied(s, course):
    questions.save(s, course, write_questions([question(id="a" * 80)]))
    chosen = questions.own_entries(s, course)[0]
    assert questions.copy(s, course, chosen) == "a" * 78 + "-2"


def test_what_is_deleted_is_gone(s, course):
    questions.save(s, course, TEXT)
    assert questions.delete(s, course, "output-size") is True
    assert questions.own_entries(s, course) == []
    assert questions.delete(s, course, "output-size") is False


def test_a_question_that_this_version_cannot_read_is_named_and_hides_itself_alone(s, course, bank):
    questions.save(s, course, TEXT)
    questions.save(s, course, write_questions([question(MULTIPLE)]))
    record = questions.own_record(s, course, "output-size")
    record.definition = record.definition | {"kind": "essay"}
    s.flush()
    assert questions.unreadable(s, course) == ["output-size"]
    assert [entry.origin for entry in questions.own_entries(s, course)] == ["own/layers-with-weights"]
    assert questions.entry(s, course, bank, "own/output-size") is None


def test_two_lecturers_who_take_the_same_name_at_once_get_one_question(sessions, course):
    with sessions() as one, sessions() as other:
        questions.save(one, one.get(Course, course.id), TEXT)
        one.commit()
        here = other.get(Course, course.id)
        with pytest.raises(QuestionRefused, match="already"):
            questions._store(other, questions._record(here, question(), "output-size", ""))
        other.rollback()
        assert len(questions.own_entries(other, here)) == 1
