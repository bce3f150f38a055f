"""The proof of a question: what it finds, and that it finds nothing in a good one."""

from __future__ import annotations

from dataclasses import replace

import pytest

from server.quiz.drawing import draw
from server.quiz.proving import problems_of, prove, unsaid
from server.quiz.question import DrawnOption, Kind
from server.rendering.questions import failures
from tests.server.quiz.questions import ALL, MULTIPLE, NUMERIC, SINGLE, TRUE_FALSE, question


@pytest.mark.parametrize("name", ALL)
def test_a_good_question_has_no_problems(name) -> None:
    proof = prove(question(ALL[name]), name, 50, failures)
    assert proof.problems == []
    assert proof.draws == (50 if "draw" in ALL[name] else 1)


def test_a_question_that_shows_some_options_is_drawn_as_often() -> None:
    proof = prove(question(MULTIPLE, show=3), "test", 50)
    assert (proof.draws, proof.tries) == (50, 50)
    assert proof.different == 3, "two right ones, and one of three wrong ones"


def test_draws_that_are_mostly_thrown_away_are_a_problem() -> None:
    rare = {"n": {"from": 1, "to": 30}}
    proof = prove(question(TRUE_FALSE, draw=rare, where=["n == 7"]), "test", 100)
    assert proof.taken < 0.1
    (problem,) = proof.problems
    assert "of 100 draws are thrown away" in problem


def test_a_question_that_cannot_be_drawn_is_a_problem() -> None:
    (problem,) = prove(question(where=["n < 0"]), "test", 100).problems
    assert "output-size, seed 0: where 'n < 0' does not hold" in problem


@pytest.mark.parametrize(
    "text", [r"$\frac{1}{$", r"$\nosuchcommand$", "```picture nosuch\n```", "```picture window n=<<n>> k=99\n```"]
)
def test_what_cannot_be_shown_is_a_problem(text) -> None:
    proof = prove(question(explanation=text), "test", 100, failures)
    assert proof.problems
    assert all("explanation: cannot be shown:" in problem for problem in proof.problems)


def test_problems_are_counted_only_until_they_are_clear() -> None:
    assert len(prove(question(explanation=r"$\nosuch$"), "test", 1000, failures).problems) < 30


def broken(name: str, **changes):
    return replace(draw(question(ALL[name]), 0), **changes)


A, B = DrawnOption(0, "12", is_right=True), DrawnOption(1, "13", is_right=False)


@pytest.mark.parametrize(
    ("name", "changes", "message"),
    [
        ("output-size", {"stem": "<<n>>"}, "stem: << is left in the text"),
        ("output-size", {"stem": " "}, "the stem is empty"),
        ("output-size", {"options": (A, replace(B, text="$12.0$"))}, "two options are alike"),
        ("output-size", {"options": (A, replace(B, text=""))}, "option 2 is empty"),
        ("output-size", {"options": (A, replace(B, is_right=True))}, "2 options are right, not one"),
        ("output-size", {"options": (replace(A, is_right=False), B)}, "0 options are right, not one"),
        ("layers-with-weights", {"options": (replace(A, is_right=False), B)}, "no option is right"),
    ],
)
def test_each_wrong_draw_is_named(name, changes, message) -> None:
    assert any(message in problem for problem in problems_of(broken(name, **changes)))


def test_a_mistake_within_the_tolerance_of_the_key_is_named() -> None:
    answers = [{"value": 10, "tolerance": 1}, {"value": 10.5, "fraction": 0}]
    (problem,) = problems_of(draw(question(NUMERIC, stem="?", draw={}, answer=answers), 0))
    assert problem == "answer 2 is a mistake, but its value 10.5 is accepted as right"


def test_a_literal_sign_is_no_value_that_was_left() -> None:
    assert prove(question(TRUE_FALSE, stem=r"`1 \<< 3` is 8."), "test").problems == []


def test_what_the_bank_asks_for_is_said() -> None:
    assert unsaid(question()) == []
    bare = question(SINGLE, topic=None, source=None, difficulty=None, title=None, explanation=None)
    said = unsaid(replace(bare, options=tuple(replace(option, why="") for option in bare.options)))
    assert [sentence.split()[0] for sentence in said] == [
        *("topic", "source", "difficulty", "title", "explanation"),
        *("option",) * 3,
    ]
    (numeric,) = (line for line in unsaid(question(NUMERIC, answer=[{"value": "c"}])) if line.startswith("answer"))
    assert "which misconception" in numeric


@pytest.mark.parametrize("source", ["D2 L129-135", "D2 L129", "D2 L129-135, D3 L170", "D1 L66, L91"])
def test_sources_are_decks_and_lines(source) -> None:
    assert unsaid(question(source=source)) == []


def test_every_kind_was_proved_here() -> None:
    assert {question(data).kind for data in ALL.values()} == set(Kind)
