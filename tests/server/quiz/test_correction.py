"""A correction changes how responses score, and nothing that anybody saw."""

from __future__ import annotations

import pytest

from server.quiz.correction import (
    Correction,
    CorrectionError,
    Remedy,
    check_correction,
    check_draw,
    corrected,
    corrected_fraction,
    correction_from_dict,
)
from server.quiz.drawing import draw
from server.quiz.question import Answer, Response
from server.quiz.source import question_from_dict


def question(kind: str, **fields):
    return question_from_dict({"id": "q", "kind": kind, "stem": "?", **fields}, "test")


def options(*right: bool, **more):
    return [{"text": f"option {place}", "right": each, **more} for place, each in enumerate(right)]


SINGLE = question("single", option=options(True, False, False))
NUMERIC = question(
    "numeric",
    draw={"a": {"from": 2, "to": 9}},
    answer=[{"value": "a * 2"}, {"value": "a * 3", "fraction": 0, "why": "Tripled."}],
)


def key(*right: int) -> Correction:
    return Correction(Remedy.KEY, right=right)


def accepts(*answers: tuple) -> Correction:
    return Correction(Remedy.KEY, answers=tuple(Answer(*answer) for answer in answers))


def test_it_survives_json():
    for correction in (key(0, 2), accepts(("a + 1", "0.5", 0.5)), Correction(Remedy.DROPPED, reason="Why not?")):
        assert correction_from_dict(correction.to_dict()) == correction
    assert correction_from_dict(None) is None


def test_without_one_the_key_stands():
    drawn = draw(SINGLE, 0)
    assert corrected(drawn, None) is drawn
    assert corrected_fraction(drawn, Response((0,)), None) == 1.0


def test_dropped_has_no_fraction_and_full_marks_has_all():
    drawn = draw(SINGLE, 0)
    assert corrected_fraction(drawn, Response((0,)), Correction(Remedy.DROPPED)) is None
    assert corrected_fraction(drawn, Response(), Correction(Remedy.FULL_MARKS)) == 1.0


def test_several_options_of_a_single_choice_may_be_right():
    drawn = draw(SINGLE, 0)
    found = [corrected_fraction(drawn, Response((place,)), key(1, 2)) for place in range(3)]
    assert found == [0.0, 1.0, 1.0]
    assert corrected(drawn, key(1, 2)).key == {1, 2}


def test_a_multiple_choice_keeps_its_rule():
    drawn = draw(question("multiple", option=options(True, True, False, False)), 0)
    assert corrected_fraction(drawn, Response((0, 1)), key(0, 1, 2)) == pytest.approx(2 / 3)
    assert corrected_fraction(drawn, Response((0, 1)), key(0)) == 0.0


def test_fractions_are_shared_anew_among_the_right_ones():
    written = [
        {**each, "fraction": part} for each, part in zip(options(True, True, False), (0.5, 0.5, -1), strict=True)
    ]
    drawn = draw(question("multiple", option=written, scoring="fractions"), 0)
    correction = key(0, 1, 2)
    assert corrected_fraction(drawn, Response((0, 1, 2)), correction) == 1.0
    assert corrected_fraction(drawn, Response((0, 1)), correction) == pytest.approx(2 / 3)
    assert corrected_fraction(drawn, Response((0, 2)), key(0)) == 0.0, "the wrong one takes away what it did"


def test_who_was_shown_no_right_option_has_full_marks():
    shown_two = question("single", option=options(True, False, False, False), show=2)
    drawn = draw(shown_two, 3)
    (unseen, *_) = {1, 2, 3} - {option.place for option in drawn.options}
    assert corrected_fraction(drawn, Response((0,)), key(unseen)) == 1.0
    assert corrected_fraction(drawn, Response((0,)), key(0, unseen)) == 1.0


def test_other_numbers_are_computed_for_each_draw_and_known_mistakes_stay():
    for seed in range(5):
        drawn = draw(NUMERIC, seed)
        a = drawn.values["a"]
        correction = accepts(("a + 1",), ("a * 2", "0", 0.5))
        assert corrected_fraction(drawn, Response(text=str(a + 1)), correction) == 1.0
        assert corrected_fraction(drawn, Response(text=str(a * 2)), correction) == 0.5
        assert corrected(drawn, correction).answers[-1].why == "Tripled."


def test_a_number_that_cannot_be_computed_for_a_draw_is_not_accepted_there():
    correction = accepts(("1 / (a - 5)",), ("a * 2",))
    seeds = {draw(NUMERIC, seed).values["a"]: seed for seed in range(60)}
    assert 5 in seeds
    drawn = draw(NUMERIC, seeds[5])
    assert corrected_fraction(drawn, Response(text="10"), correction) == 1.0
    with pytest.raises(CorrectionError):
        check_draw(drawn, correction)
    check_draw(draw(NUMERIC, seeds[6]), correction)


@pytest.mark.parametrize(
    ("asked", "correction", "words"),
    [
        (SINGLE, key(), "at least one option"),
        (SINGLE, key(0), "right already"),
        (SINGLE, key(1, 7), "not in the question"),
        (NUMERIC, accepts(), "100 %"),
        (NUMERIC, accepts(("a * 2",)), "accepted already"),
        (NUMERIC, accepts(("b + 1",)), "draws nothing called b"),
        (NUMERIC, accepts(("2 +",)), "no expression"),
        (NUMERIC, accepts(("3", "0", 0.5)), "100 %"),
        (NUMERIC, accepts(("3",), ("4", "0", 2.0)), "at most 100 %"),
        (NUMERIC, accepts(("__import__('os')",)), "function"),
    ],
)
def test_what_does_not_fit_the_question_is_refused_with_the_reason(asked, correction, words):
    with pytest.raises(CorrectionError, match=words):
        check_correction(asked, correction)


def test_what_fits_is_not_refused():
    for asked, correction in (
        (SINGLE, key(0, 1)),
        (NUMERIC, accepts(("a * 2",), ("7", "0.1"))),
        (SINGLE, Correction(Remedy.DROPPED)),
    ):
        check_correction(asked, correction)


def test_a_negative_tolerance_is_found_with_the_draw():
    with pytest.raises(CorrectionError, match="negative"):
        check_draw(draw(NUMERIC, 0), accepts(("3", "0 - 1")))
