"""Questions that come from files and go into them."""

from __future__ import annotations

import pytest

from server.quiz.source import read_questions, write_questions
from server.services.errors import QuestionRefused
from server.services.quizzes import exchange, questions
from server.services.quizzes.questions import Entry
from tests.server.quiz.questions import MULTIPLE, NUMERIC, SINGLE, TRUE_FALSE, question

GIFT = b"""::Stride::What does a larger stride do?{
=The output gets smaller.#Right.
~The output gets larger.#Fewer steps, not more.
}

Match them. {
=a -> b
=c -> d
=e -> f
}

::Pooling::Max pooling learns.{FALSE}
"""
ALL = [Entry(f"03-sizes/{data['id']}", question(data)) for data in (SINGLE, MULTIPLE, TRUE_FALSE, NUMERIC)]


def test_what_a_file_has_comes_in_and_the_rest_is_listed_with_place_and_reason(s, course):
    report = exchange.bring_in(s, course, GIFT, "mine.gift")
    s.commit()
    assert [taken.question.kind.value for taken in report.taken] == ["single", "true_false"]
    (refused,) = report.refused
    assert "line" in refused.place
    assert refused.reason
    record = questions.own_record(s, course, report.taken[0].name)
    assert record.origin == "Imported from mine.gift"
    assert [entry.name for entry in questions.own_entries(s, course)] == sorted(taken.name for taken in report.taken)


def test_a_name_that_is_taken_is_changed_and_that_is_said(s, course):
    first = exchange.bring_in(s, course, GIFT, "mine.gift").taken
    again = exchange.bring_in(s, course, GIFT, "mine.gift").taken
    assert [taken.was for taken in first] == ["", ""]
    assert [taken.was for taken in again] == [taken.name for taken in first]
    assert [taken.name for taken in again] == [f"{taken.name}-2" for taken in first]
    assert len(questions.own_entries(s, course)) == 4


def test_a_file_that_is_none_is_refused_with_a_sentence(s, course):
    with pytest.raises(QuestionRefused) as refusal:
        exchange.bring_in(s, course, b"\x00\x01\x02" * 100, "mine.bin")
    assert refusal.value.message.endswith(".")
    assert questions.own_entries(s, course) == []


def test_strides_own_text_comes_in_with_its_numbers(s, course):
    text = write_questions([question(SINGLE), question(NUMERIC)])
    report = exchange.bring_in(s, course, text.encode(), "quiz.toml")
    assert [taken.question for taken in report.taken] == [question(SINGLE), question(NUMERIC)]


def test_a_question_that_no_draw_can_have_is_refused_beside_the_others(s, course):
    text = write_questions([question(SINGLE, where=["n < 0"]), question(NUMERIC)])
    report = exchange.bring_in(s, course, text.encode(), "quiz.toml")
    assert [taken.name for taken in report.taken] == ["weights"]
    assert any("'n < 0' does not hold" in refusal.reason for refusal in report.refused)


def test_strides_own_format_keeps_everything(s, course):
    written = exchange.take_out(ALL, "stride_toml", 0)
    assert written.left_out == []
    assert read_questions(written.data.decode(), "test") == [entry.question for entry in ALL]


def test_another_format_leaves_out_what_draws_numbers_and_says_so(s, course):
    written = exchange.take_out(ALL, "gift", 0)
    assert [refusal.name for refusal in written.left_out] == [question(SINGLE).title, "weights"]
    assert all(refusal.reason for refusal in written.left_out)


def test_fixed_draws_are_questions_of_their_own_that_all_differ(s, course):
    written = exchange.take_out(ALL[:1], "stride_toml", 3)
    fixed = read_questions(written.data.decode(), "test")
    assert len(fixed) == 3
    assert not any(each.has_parameters for each in fixed)
    assert len({each.id for each in fixed}) == 3
    assert len({(each.stem, *(option.text for option in each.options)) for each in fixed}) == 3


def test_no_more_draws_are_written_than_the_numbers_allow(s, course):
    few = question(NUMERIC, draw={"k": {"choice": [3, 5]}, "c": 4})
    written = exchange.take_out([Entry("own/weights", few)], "stride_toml", 20)
    assert len(read_questions(written.data.decode(), "test")) == 2


@pytest.mark.parametrize("name", ["nothing", ""])
def test_an_unknown_format_is_refused(s, course, name):
    with pytest.raises(QuestionRefused):
        exchange.take_out(ALL, name, 1)
