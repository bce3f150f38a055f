"""The references agree with their oracles over random cases of every kind; `make compare-references` runs many more."""

from __future__ import annotations

import importlib
import inspect
import json
import re
import subprocess
import sys
from collections import Counter
from pathlib import Path

import numpy as np
import pytest

from reference import conv
from reference.oracles import conv as torch_conv
from scripts import compare_references
from scripts.compare_references import compare, errors
from scripts.reference_cases.layers import conv_by_torch
from scripts.reference_cases.pairs import NOT_COMPARED, PAIRS
from scripts.reference_cases.trial import EMPTY, FEATURES, Pair, Trial

ROOT = Path(__file__).parents[2]
CASES = 30 * len(PAIRS)
SEED = 20261121
YARDSTICKS = ("__init__", "definition")


@pytest.fixture(scope="module")
def found() -> list[compare_references.Agreement]:
    return compare(CASES, SEED)


def test_references_agree_with_their_oracles(found) -> None:
    assert [failure for one in found for failure in one.failures] == []
    assert sum(one.cases for one in found) == CASES


def test_the_cases_have_every_feature(found) -> None:
    totals = sum((one.features for one in found), Counter())
    assert [name for name in FEATURES if not totals[name]] == []
    assert sum(one.refused for one in found) >= totals[EMPTY] > 10


def test_every_function_of_the_references_is_compared_or_has_a_reason() -> None:
    files = [file for file in sorted((ROOT / "reference").glob("*.py")) if file.stem not in YARDSTICKS]
    modules = [importlib.import_module(f"reference.{file.stem}") for file in files]
    public = {
        f"{module.__name__.removeprefix('reference.')}.{name}"
        for module in modules
        for name, value in vars(module).items()
        if inspect.isfunction(value) and value.__module__ == module.__name__ and not name.startswith("_")
    }
    compared = {pair.name for pair in PAIRS}
    assert public - compared - set(NOT_COMPARED) == set(), "add it to PAIRS or, with a reason, to NOT_COMPARED"
    assert set(NOT_COMPARED) - public == set()
    assert compared & set(NOT_COMPARED) == set()


@pytest.mark.parametrize(
    ("solution", "failure"),
    [
        (lambda x, w, b, setting: (conv.conv_forward(x, w, b, setting)[0] * (1 + 1e-9), None), "an error of"),
        (lambda x, w, b, setting: (conv.conv_forward(x, w, b, setting)[0][:, :, :1], None), "an error of inf"),
        (lambda x, w, b, setting: (conv.conv_forward(x, w, b, setting)[0] * np.nan, None), "an error of inf"),
        (lambda x, w, b, setting: (np.zeros((1, 1, 0, 0)), None), "the oracle alone refuses"),
    ],
    ids=["slightly wrong", "too small", "no numbers", "answers what is empty"],
)
def test_a_reference_that_is_wrong_is_found(solution, failure) -> None:
    (agreement,) = compare(200, SEED, [Pair(solution, "torch", conv_by_torch)])
    assert any(text.startswith(failure) for text in agreement.failures)
    assert agreement.cases == 200


def test_a_reference_that_refuses_too_much_is_found() -> None:
    def timid(*_: object) -> None:
        raise ValueError("nothing fits")

    (agreement,) = compare(20, SEED, [Pair(timid, "torch", conv_by_torch)])
    assert all(text.startswith("the reference alone refuses x (") for text in agreement.failures)


def test_an_error_is_relative_only_to_what_is_larger_than_one() -> None:
    assert errors([np.array([1e3 + 1e-9])], [np.array([1e3])]) == pytest.approx((1e-9, 1e-12), rel=1e-3)
    assert errors([np.array([1e-9])], [np.array([0.0])]) == (1e-9, 1e-9)


def test_the_command_prints_the_worst_case_and_repeats_it_from_its_seed() -> None:
    command = [sys.executable, "-m", "scripts.compare_references", "--cases", str(4 * len(PAIRS)), "--seed", "3"]
    told = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=True).stdout
    assert re.search(r"conv\.conv_forward against torch\n +4 cases, .*largest error [\d.e-]+ absolute", told)
    data = json.loads(subprocess.run([*command, "--json"], cwd=ROOT, capture_output=True, text=True, check=True).stdout)
    worst = max(data["references"], key=lambda one: one["relative"])
    assert f"the largest error is {worst['relative']:.1e}, of {worst['reference']}" in " ".join(told.split())


def test_the_command_fails_where_they_disagree(monkeypatch) -> None:
    broken = Trial(
        "one pixel", frozenset(), lambda: 1.0, lambda: torch_conv.convolve(*[np.ones((1,) * 4)] * 2, np.ones(1))
    )
    monkeypatch.setattr(
        compare_references, "compare", lambda *_, **__: compare(1, 1, [Pair(max, "one", lambda *_: broken)])
    )
    from click.testing import CliRunner

    outcome = CliRunner().invoke(compare_references.main, ["--seed", "5"])
    assert outcome.exit_code == 1
    assert "Repeat it with --seed 5" in outcome.output
