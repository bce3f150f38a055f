"""Every question of the bank, drawn 1,000 times: what `stride quiz check` proves, folder by folder."""

from __future__ import annotations

from pathlib import Path

import pytest

from server.quiz.bank import question_files, read_topic
from server.quiz.proving import SEEDS, prove, unsaid, varies
from server.quiz.question import Kind
from server.rendering.questions import failures

ROOT = Path(__file__).parents[3] / "assignments"
FILES = question_files(ROOT)
EVERY = [question for path in FILES for question in read_topic(path).questions]


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.parent.name)
def test_every_question_holds_in_every_draw(path: Path) -> None:
    assert SEEDS == 1000
    problems = []
    for question in read_topic(path).questions:
        proof = prove(question, question.id, SEEDS, failures)
        problems += [f"{question.id}: {problem}" for problem in [*proof.problems, *unsaid(question)]]
        assert proof.problems or proof.draws == (SEEDS if varies(question) else 1)
    assert problems == []


def test_the_bank_has_questions_of_every_kind_and_difficulty() -> None:
    assert {question.kind for question in EVERY} == set(Kind)
    assert {question.difficulty for question in EVERY} == {1, 2, 3}


def test_the_topics_that_have_numbers_have_questions_that_draw_them() -> None:
    drawn = {question.topic for question in EVERY if question.has_parameters}
    assert sorted(PARAMETERISED - drawn) == []


NUMBERS = (
    *(1, 2, 3, 5, 6, 7, 14, 16, 18, 19, 21, 22, 23, 24, 25, 26, 27, 28, 31, 34, 36, 37, 38, 40, 41, 42, 43, 45, 46),
    *(51, 52, 53, 55, 56, 62, 65, 66, 67, 70, 72, 73, 74, 77, 80, 81, 82, 83, 84, 95),
)
PARAMETERISED = {f"Q{number:02}" for number in NUMBERS}
"""The topics whose questions are meant to draw their numbers."""
