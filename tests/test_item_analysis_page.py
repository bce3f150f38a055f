"""docs/item-analysis.md names every figure and every scoring rule, and its worked example is what the code gives."""

from __future__ import annotations

import re
from dataclasses import fields
from pathlib import Path

import pytest

from server.quiz.analysis import ItemFigures, QuizFigures
from server.quiz.question import Scoring
from server.quiz.scoring import RULES, Tally

PAGE = (Path(__file__).resolve().parent.parent / "docs" / "item-analysis.md").read_text(encoding="utf-8")
EXAMPLE = Tally(shown=5, right=3, picked_right=2, picked_wrong=1)
ROWS = dict(re.findall(r"^\| `(\w+)`[^|]*\|[^|]*\| ([0-9.]+|as given) \|", PAGE, re.MULTILINE))


@pytest.mark.parametrize("name", [field.name for figures in (ItemFigures, QuizFigures) for field in fields(figures)])
def test_every_figure_is_named(name):
    assert f"`{name}`" in PAGE


def test_every_rule_has_a_row():
    assert set(ROWS) == {scoring.value for scoring in Scoring}


@pytest.mark.parametrize("scoring", RULES)
def test_the_worked_example_is_what_the_code_gives(scoring):
    assert float(ROWS[scoring.value]) == pytest.approx(max(0.0, RULES[scoring](EXAMPLE)), abs=5e-5)
