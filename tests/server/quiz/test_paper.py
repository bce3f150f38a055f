"""Papers: which questions, in which order, with which numbers."""

from __future__ import annotations

import json
from collections import Counter
from dataclasses import dataclass, field
from typing import Any

import pytest

from server.quiz.drawing import DrawError
from server.quiz.paper import PROVEN, lay_down, questions_of
from server.quiz.question import Kind
from tests.server.quiz_parts import drawn, multiple, numeric, single, true_false


@dataclass
class Rules:
    mode: str = "timed"
    numbers: str = "each"
    shuffles_questions: bool = True
    shuffles_options: bool = True
    seed: int = 77


@dataclass
class Item:
    id: int
    position: int
    definition: dict[str, Any]
    part: int = 0
    pick: int | None = None


@dataclass
class Quiz:
    items: list[Item] = field(default_factory=list)

    def part(self, *definitions: dict[str, Any], pick: int | None = None) -> Quiz:
        part = len({item.part for item in self.items})
        for definition in definitions:
            position = len(self.items)
            self.items.append(Item(100 + position, position, definition, part, pick))
        return self


def ids(paper: list[dict[str, Any]]) -> list[int]:
    return [entry["item"] for entry in paper]


@pytest.fixture
def six() -> list[Item]:
    return Quiz().part(*(single(f"q{n}") for n in range(6))).items


def test_the_same_seed_gives_the_same_paper_and_it_is_json(six):
    paper = lay_down(six, 5, Rules())
    assert lay_down(list(reversed(six)), 5, Rules()) == paper
    assert json.loads(json.dumps(paper)) == paper


def test_papers_differ_between_students(six):
    papers = [lay_down(six, seed, Rules()) for seed in range(40)]
    assert len({tuple(ids(paper)) for paper in papers}) > 30
    assert {tuple(paper[0]["order"]) for paper in papers} == {
        (0, 1, 2), (0, 2, 1), (1, 0, 2), (1, 2, 0), (2, 0, 1), (2, 1, 0),
    }  # fmt: skip


def test_without_shuffling_the_order_is_as_written(six):
    paper = lay_down(six, 5, Rules(shuffles_questions=False, shuffles_options=False))
    assert ids(paper) == [100, 101, 102, 103, 104, 105]
    assert all(entry["order"] == [0, 1, 2] for entry in paper)


def test_parts_stay_together_and_in_order():
    items = Quiz().part(*(single(f"a{n}") for n in range(4))).part(*(single(f"b{n}") for n in range(4))).items
    for seed in range(20):
        order = ids(lay_down(items, seed, Rules()))
        assert set(order[:4]) == {100, 101, 102, 103}


@pytest.mark.parametrize("shuffles", [True, False])
def test_a_pool_gives_each_student_some_of_its_questions(shuffles):
    items = Quiz().part(single("first")).part(*(single(f"q{n}") for n in range(12)), pick=5).items
    counts: Counter[int] = Counter()
    for seed in range(200):
        order = ids(lay_down(items, seed, Rules(shuffles_questions=shuffles)))
        assert order[0] == 100
        assert len(set(order)) == len(order) == 6
        assert shuffles or order == sorted(order)
        counts.update(order[1:])
    assert len(counts) == 12
    assert all(40 < count < 130 for count in counts.values()), "each is drawn about 83 times of 200"


def test_true_stays_before_false_and_numbers_have_no_options():
    items = Quiz().part(true_false(), numeric()).items
    for seed in range(20):
        by_kind = {entry["kind"]: entry["order"] for entry in lay_down(items, seed, Rules())}
        assert by_kind == {"true_false": [0, 1], "numeric": []}


def test_a_question_that_keeps_its_order_keeps_it():
    items = Quiz().part(single() | {"shuffle": False}).items
    assert {tuple(lay_down(items, seed, Rules())[0]["order"]) for seed in range(20)} == {(0, 1, 2)}


def test_a_paced_session_gives_everybody_the_same_paper(six):
    assert lay_down(six, 1, Rules(mode="paced")) == lay_down(six, 2, Rules(mode="paced"))
    assert lay_down(six, 1, Rules(mode="paced")) != lay_down(six, 1, Rules(mode="paced", seed=78))


def test_numbers_of_each_come_from_twenty_seeds_that_are_proven_and_the_sessions_own():
    items = Quiz().part(drawn()).items
    seeds = {lay_down(items, seed, Rules())[0]["seed"] for seed in range(400)}
    others = {lay_down(items, seed, Rules(seed=78))[0]["seed"] for seed in range(400)}
    assert len(seeds) == 20
    assert max(seeds) < PROVEN
    assert seeds != others


def test_the_same_numbers_for_everybody_are_the_sessions():
    items = Quiz().part(drawn()).items
    assert {lay_down(items, seed, Rules(numbers="same"))[0]["seed"] for seed in range(20)} == {77}


def test_a_question_without_numbers_has_one_draw_for_all(six):
    assert {entry["seed"] for seed in range(20) for entry in lay_down(six, seed, Rules())} == {77}


def test_only_some_options_are_shown_and_the_right_one_among_them():
    options = [{"text": f"Wrong {n}"} for n in range(7)]
    many = single() | {"option": [*options, {"text": "Right", "right": True}], "show": 4}
    items = Quiz().part(many).items
    orders = [lay_down(items, seed, Rules())[0]["order"] for seed in range(60)]
    assert all(len(order) == 4 and 7 in order for order in orders)
    assert {place for order in orders for place in order} == set(range(8))


def test_a_paper_gives_its_questions_drawn_in_the_order_shown():
    items = Quiz().part(drawn(), multiple(), numeric()).items
    paper = lay_down(items, 3, Rules())
    questions = questions_of(paper, items)
    assert [question.item_id for question in questions] == ids(paper)
    assert [question.position for question in questions] == [0, 1, 2]
    for question, entry in zip(questions, paper, strict=True):
        assert [option.place for option in question.shown] == entry["order"]
    with_numbers = next(each for each in questions if each.drawn.question.id == "drawn")
    a, b = with_numbers.drawn.values["a"], with_numbers.drawn.values["b"]
    assert {option.text for option in with_numbers.shown if option.is_right} == {str(a + b)}
    assert {Kind(entry["kind"]) for entry in paper} == {Kind.SINGLE, Kind.MULTIPLE, Kind.NUMERIC}


def test_a_draw_that_fails_is_replaced_by_another_variant():
    # With n = 1 the expression divides by zero, which is an error and no reason to draw again.
    sometimes = single() | {"draw": {"n": {"from": 1, "to": 2}, "m": "1 // (n - 1)"}}
    items = Quiz().part(sometimes).items
    for seed in range(60):
        paper = lay_down(items, seed, Rules())
        assert questions_of(paper, items)[0].drawn.values["n"] == 2


def test_a_question_that_cannot_be_drawn_is_refused():
    with pytest.raises(DrawError, match="single"):
        lay_down(Quiz().part(single() | {"draw": {"n": {"from": 1, "to": 1}, "m": "1 // (n - 1)"}}).items, 1, Rules())
