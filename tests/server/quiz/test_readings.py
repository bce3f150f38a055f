"""What figures mean in words."""

from __future__ import annotations

from dataclasses import replace

import pytest

from server.quiz.analysis import analyse
from server.quiz.analysis.readings import read_item, read_quiz

BASE = analyse([[1, 1], [0, 0]] * 20, [1, 1])


def item(facility: float | None, index: float | None, n: int = 40):
    return replace(BASE.items[0], facility=facility, discrimination_index=index, n=n)


@pytest.mark.parametrize(
    ("facility", "index", "chance", "word", "tone"),
    [
        (0.6, -5.0, None, "Key may be wrong", "bad"),
        (0.97, 40.0, None, "Too easy", "warn"),
        (1.0, None, None, "Too easy", "warn"),
        (0.05, 40.0, None, "Too hard", "warn"),
        (0.26, 5.0, 0.25, "Guessing", "warn"),
        (0.26, 5.0, None, "Weak", "warn"),
        (0.60, 5.0, 0.25, "Weak", "warn"),
        (0.26, 40.0, 0.25, "Hard, and it tells", "good"),
        (0.60, 60.0, 0.25, "Good", "good"),
        (0.60, 30.0, 0.25, "Fair", "good"),
        (0.60, None, 0.25, "Undefined", "quiet"),
        (None, None, None, "Nobody got it", "quiet"),
    ],
)
def test_an_item_is_read_by_its_figures(facility, index, chance, word, tone):
    reading = read_item(item(facility, index), chance)
    assert (reading.word, reading.tone) == (word, tone)
    assert reading.advice.endswith(".")


def test_few_participants_say_nothing_about_an_item():
    assert read_item(item(0.5, -50.0, n=4)).word == "Too few"


@pytest.mark.parametrize(
    ("cic", "n", "word"),
    [
        (None, 40, "Undefined"),
        (90.0, 19, "Few participants"),
        (90.0, 20, "Consistent"),
        (60.0, 40, "Fairly consistent"),
        (-10.0, 40, "Not consistent"),
    ],
)
def test_a_quiz_is_read_by_its_consistency(cic, n, word):
    assert read_quiz(replace(BASE.quiz, cic=cic, n=n)).word == word
