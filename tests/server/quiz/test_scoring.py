"""What a response earns, by kind and by rule."""

from __future__ import annotations

from itertools import combinations

import pytest

from server.quiz.question import (
    Answer,
    DrawnAnswer,
    DrawnOption,
    DrawnQuestion,
    Kind,
    Option,
    Question,
    Response,
    Scoring,
)
from server.quiz.scoring import RULES, fraction, matching_answer

# The worked example of the rules: five options, three of them right; two right and one wrong are picked.
EXAMPLE = Response(picked=(0, 1, 3))
WORKED = {
    Scoring.ALL_OR_NOTHING: 0.0,
    Scoring.NET_CORRECT: 1 / 3,
    Scoring.COVERAGE: 4 / 9,
    Scoring.EACH_OPTION: 0.6,
    Scoring.FALSE2: 1 / 6,
    Scoring.RIGHT_MINUS_WRONG: 0.2,
}


def question(kind: Kind, options=(), answers=(), scoring=Scoring.NET_CORRECT) -> DrawnQuestion:
    """A drawn question; options are (is_right, fraction), answers (value, tolerance, fraction)."""
    written = Question(
        "q",
        kind,
        "stem",
        tuple(Option(str(place), *option) for place, option in enumerate(options)),
        tuple(Answer(str(value)) for value, *_ in answers),
        scoring=scoring,
    )
    drawn = tuple(DrawnOption(place, str(place), right, "", part) for place, (right, part) in enumerate(options))
    return DrawnQuestion(written, "stem", drawn, tuple(DrawnAnswer(*answer) for answer in answers), "", {})


def several(scoring: Scoring, right: int = 3, wrong: int = 2) -> DrawnQuestion:
    return question(Kind.MULTIPLE, [(True, None)] * right + [(False, None)] * wrong, scoring=scoring)


def numeric(*answers: tuple) -> DrawnQuestion:
    return question(Kind.NUMERIC, answers=answers)


@pytest.mark.parametrize(("scoring", "expected"), WORKED.items())
def test_every_rule_gives_the_worked_example(scoring, expected):
    assert fraction(several(scoring), EXAMPLE) == pytest.approx(expected, abs=1e-12)


def test_every_rule_is_in_the_worked_example_or_has_fractions_of_its_own():
    assert set(WORKED) | {Scoring.FRACTIONS} == set(Scoring)
    assert set(RULES) | {Scoring.FRACTIONS} == set(Scoring)


def test_moodles_fractions_are_added_and_kept_within_0_and_1():
    drawn = question(Kind.MULTIPLE, [(True, 0.5), (True, 0.5), (False, -0.5), (False, -1.0)], scoring=Scoring.FRACTIONS)
    assert fraction(drawn, Response((0,))) == 0.5
    assert fraction(drawn, Response((0, 1))) == 1.0
    assert fraction(drawn, Response((0, 1, 2))) == 0.5
    assert fraction(drawn, Response((0, 3))) == 0.0


@pytest.mark.parametrize("part", [0.3333333, 0.33333, 0.333])
def test_three_thirds_are_the_whole_however_they_are_rounded(part):
    drawn = question(Kind.MULTIPLE, [(True, part)] * 3 + [(False, -part)], scoring=Scoring.FRACTIONS)
    assert fraction(drawn, Response((0, 1, 2))) == 1.0
    assert fraction(drawn, Response((0, 1))) == pytest.approx(2 * part)


@pytest.mark.parametrize("scoring", RULES)
@pytest.mark.parametrize(("right", "wrong"), [(1, 1), (1, 4), (3, 2), (5, 1), (2, 0)])
def test_every_rule_gives_all_for_the_key_and_stays_within_0_and_1(scoring, right, wrong):
    drawn = several(scoring, right, wrong)
    places = range(right + wrong)
    earned = {
        picked: fraction(drawn, Response(picked))
        for size in range(1, right + wrong + 1)
        for picked in combinations(places, size)
    }
    key = tuple(range(right))
    if scoring is not Scoring.RIGHT_MINUS_WRONG:
        assert earned[key] == 1.0
    assert all(0.0 <= each <= 1.0 for each in earned.values())
    assert max(earned.values()) == earned[key]


def test_right_minus_wrong_counts_options_that_must_be_left_too():
    assert fraction(several(Scoring.RIGHT_MINUS_WRONG), Response((0, 1, 2))) == pytest.approx(3 / 5)


@pytest.mark.parametrize("scoring", Scoring)
def test_no_answer_earns_nothing_under_any_rule(scoring):
    drawn = question(Kind.MULTIPLE, [(True, 1.0), (False, 0.0), (False, 0.0)], scoring=scoring)
    assert fraction(drawn, Response()) == 0.0


def test_options_that_were_not_shown_count_for_nothing():
    drawn = several(Scoring.EACH_OPTION)
    assert fraction(drawn, Response((0, 1, 2, 99))) == 1.0


@pytest.mark.parametrize("kind", [Kind.SINGLE, Kind.TRUE_FALSE])
def test_one_option_is_right_or_wrong(kind):
    drawn = question(kind, [(True, None), (False, None)])
    assert fraction(drawn, Response((0,))) == 1.0
    assert fraction(drawn, Response((1,))) == 0.0
    assert fraction(drawn, Response((7,))) == 0.0


def test_a_single_choice_takes_one_option_alone():
    drawn = question(Kind.SINGLE, [(True, None), (False, None)])
    assert fraction(drawn, Response((0, 1))) == 0.0
    assert fraction(drawn, Response((0, 7))) == 0.0


def test_a_single_choice_may_give_parts_and_never_less_than_nothing():
    drawn = question(Kind.SINGLE, [(True, 1.0), (False, 0.5), (False, -0.25)])
    assert [fraction(drawn, Response((place,))) for place in range(3)] == [1.0, 0.5, 0.0]


@pytest.mark.parametrize("text", ["3.13", "3.15", "3,14", "3.1401"])
def test_a_number_counts_within_its_tolerance_with_both_ends(text):
    assert fraction(numeric((3.14, 0.01)), Response(text=text)) == 1.0


@pytest.mark.parametrize("text", ["3.1299", "3.1501", "-3.14", "abc", "1/0", ""])
def test_a_number_outside_its_tolerance_or_none_at_all_earns_nothing(text):
    assert fraction(numeric((3.14, 0.01)), Response(text=text)) == 0.0


def test_an_exact_number_may_come_from_floats():
    assert fraction(numeric((0.1 + 0.2, 0.0)), Response(text="0.3")) == 1.0
    assert fraction(numeric((68_719_476_736.0, 0.0)), Response(text="68 719 476 736")) == 1.0
    assert fraction(numeric((68_719_476_736.0, 0.0)), Response(text="68 719 476 836")) == 0.0
    assert fraction(numeric((0.0, 0.0)), Response(text="1e-12")) == 0.0


def test_the_first_answer_that_fits_counts_and_known_mistakes_are_found():
    drawn = numeric((10.0, 0.0, 1.0, "right"), (10.5, 1.0, 0.5, "rounded"), (20.0, 0.0, 0.0, "doubled"))
    assert fraction(drawn, Response(text="10")) == 1.0
    assert fraction(drawn, Response(text="11")) == 0.5
    assert fraction(drawn, Response(text="20")) == 0.0
    assert matching_answer(drawn, "20").why == "doubled"
    assert matching_answer(drawn, "30") is None


@pytest.mark.parametrize("value", [1234.0, 1.234])
def test_a_comma_that_can_be_read_two_ways_counts_in_the_better_one(value):
    assert fraction(numeric((value, 0.0)), Response(text="1,234")) == 1.0
