"""Draws: the same everywhere, never with options alike, and refused with a reason where none can be had."""

from __future__ import annotations

import subprocess
import sys

import pytest

from server.quiz.chance import Chance
from server.quiz.drawing import DrawError, draw, tried_draw
from tests.server.quiz.questions import MULTIPLE, NUMERIC, SINGLE, TRUE_FALSE, question


def test_a_seed_gives_the_same_numbers_on_every_machine() -> None:
    """Worked out once and written down: a change here would change the numbers of sessions that have been held."""
    drawn = draw(question(), 7)
    assert dict(drawn.values) == {"n": 32, "k": 3, "s": 1, "out": 30}
    assert [option.text for option in drawn.options] == ["30", "29", "32"]
    chance = Chance("stride")
    assert [chance.below(bound) for bound in (10, 100, 2**63)] == [5, 10, 3171031707791169823]


def test_another_process_with_another_hash_seed_draws_the_same() -> None:
    code = (
        "from tests.server.quiz.questions import question\nfrom server.quiz.drawing import draw\n"
        "print([dict(draw(question(), seed).values) for seed in range(20)])"
    )
    found = {
        subprocess.run(
            [sys.executable, "-c", code], env={"PYTHONHASHSEED": seed}, check=True, capture_output=True, text=True
        ).stdout
        for seed in ("1", "2")
    }
    assert found == {f"{[dict(draw(question(), seed).values) for seed in range(20)]}\n"}


def test_seeds_and_questions_give_other_numbers() -> None:
    assert len({str(draw(question(), seed).values) for seed in range(50)}) > 40
    assert draw(question(), 1).values != draw(question(id="another"), 1).values


def test_every_draw_meets_its_conditions_and_has_options_that_differ() -> None:
    for seed in range(300):
        drawn = draw(question(), seed)
        assert drawn.values["s"] < drawn.values["k"]
        assert len({option.text for option in drawn.options}) == 3
        assert drawn.key == {0}


def test_texts_have_their_values_in_place() -> None:
    drawn = draw(question(), 7)
    assert drawn.stem == "A $3\\times3$ kernel with stride $1$ on side $32$. What is the side of the output?"
    assert drawn.explanation == "$\\lfloor (n-k)/s \\rfloor + 1 = 30$."


def test_numbers_that_read_alike_are_drawn_again() -> None:
    options = [{"text": "<<a>>", "right": True}, {"text": "$<<b / 1>>$"}]
    ways = question(MULTIPLE, option=options, draw={"a": {"from": 1, "to": 2}, "b": {"from": 1, "to": 2}})
    drawn = [tried_draw(ways, seed) for seed in range(60)]
    assert all(each.drawn.values["a"] != each.drawn.values["b"] for each in drawn)
    assert sum(each.tries for each in drawn) > 60


def test_a_mistake_that_is_accepted_as_right_is_drawn_again() -> None:
    answers = [{"value": "a", "tolerance": 0.5}, {"value": "b", "fraction": 0}]
    ways = question(NUMERIC, stem="?", answer=answers, draw={"a": {"from": 1, "to": 2}, "b": {"from": 1, "to": 2}})
    assert all(draw(ways, seed).values["a"] != draw(ways, seed).values["b"] for seed in range(60))


def test_some_of_many_options_are_shown_with_every_right_one() -> None:
    some = question(MULTIPLE, show=3)
    shown = [[option.place for option in draw(some, seed).options] for seed in range(60)]
    assert all(len(places) == 3 and {0, 1} < set(places) and places == sorted(places) for places in shown)
    assert {place for places in shown for place in places} == {0, 1, 2, 3, 4}


def test_an_option_like_another_is_left_out_where_there_are_more_than_are_shown() -> None:
    options = [{"text": "1", "right": True}, {"text": "1.0"}, {"text": "2"}, {"text": "3"}]
    some = question(SINGLE | {"draw": {}, "where": []}, stem="?", explanation="", option=options, show=3)
    assert all([option.place for option in draw(some, seed).options] == [0, 2, 3] for seed in range(20))


def test_a_range_a_list_and_a_grid_keep_to_their_bounds() -> None:
    how = {
        "n": {"from": 2, "to": 3},
        "odd": {"from": 1, "to": 9, "step": 2},
        "values": {"list": 5, "from": 0, "to": 4, "distinct": True},
        "grid": {"grid": [2, 3], "from": -1, "to": "n"},
        "half": 2.5,
    }
    many = [draw(question(TRUE_FALSE, draw=how), seed).values for seed in range(100)]
    assert {values["n"] for values in many} == {2, 3}
    assert {values["odd"] for values in many} == {1, 3, 5, 7, 9}
    assert all(sorted(values["values"]) == [0, 1, 2, 3, 4] for values in many)
    assert all([len(row) for row in values["grid"]] == [3, 3] for values in many)
    assert all(-1 <= cell <= values["n"] for values in many for row in values["grid"] for cell in row)
    assert {values["half"] for values in many} == {2.5}


def test_choices_are_equally_likely() -> None:
    counts = [0] * 6
    chance = Chance("dice")
    for _ in range(6000):
        counts[chance.below(6)] += 1
    assert sum((count - 1000) ** 2 / 1000 for count in counts) < 20.5, "chi-squared, 5 degrees of freedom, p = 0.001"


def test_shuffling_reaches_every_order_equally() -> None:
    orders: dict[tuple[int, ...], int] = {}
    for seed in range(2400):
        order = tuple(Chance(str(seed)).shuffled([1, 2, 3, 4]))
        orders[order] = orders.get(order, 0) + 1
    assert len(orders) == 24
    assert sum((count - 100) ** 2 / 100 for count in orders.values()) < 49.7, "23 degrees of freedom, p = 0.001"


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"where": ["n < 0"]}, r"output-size, seed 3: where 'n < 0' does not hold \(with n = \d+\); no other try"),
        ({"option": [{"text": "<<n>>", "right": True}, {"text": "<<n>>.0"}]}, "options 1 and 2 are alike"),
        ({"draw": {**SINGLE["draw"], "out": "n // (k - k)"}}, r"seed 3: 'n // \(k - k\)': .*by zero \(with n = "),
        ({"draw": {**SINGLE["draw"], "n": {"from": 9, "to": 8}}}, "there is no number from 9 to 8"),
        ({"draw": {**SINGLE["draw"], "n": {"from": "1 / 2", "to": 8}}}, "from and to are whole numbers"),
        ({"draw": {**SINGLE["draw"], "z": {"list": 3, "from": 1, "to": 2, "distinct": True}}}, "cannot give 3"),
        ({"explanation": "<<matrix(n)>>"}, "a grid is needed"),
    ],
)
def test_a_question_that_cannot_be_drawn_says_why(changes, message) -> None:
    with pytest.raises(DrawError, match=message):
        draw(question(**changes), 3)


@pytest.mark.parametrize("answer", [{"value": "'a'"}, {"value": "c > 1"}, {"value": "c", "tolerance": "-1"}])
def test_an_answer_that_is_no_number_is_refused(answer) -> None:
    with pytest.raises(DrawError):
        draw(question(NUMERIC, answer=[answer]), 0)


def test_hostile_computing_ends_soon() -> None:
    work = {f"w{i}": "correlate([[1]*16]*16, [[1]*8]*8)" for i in range(30)}
    with pytest.raises(DrawError, match="computes too much"):
        draw(question(TRUE_FALSE, draw=work | {"n": {"from": 1, "to": 9}}, where=["n > 9"]), 0)
