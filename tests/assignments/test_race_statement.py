"""The statement of the training race is true, and its lessons are those of its samples."""

from __future__ import annotations

import re
from pathlib import Path

import numpy as np

from grader.benchmark.race import load_race
from grader.benchmark.training import compressed_bytes
from grader.contract import load_assignment
from reference.models.cost import count_parameters, mult_adds

ASSIGNMENT = load_assignment(Path(__file__).parents[2] / "assignments" / "23-training-race")
STATEMENT = ASSIGNMENT.statement()
RACE = load_race(ASSIGNMENT)
CHECKS = (ASSIGNMENT.folder / "checks.py").read_text()


def source(name: str) -> str:
    return (ASSIGNMENT.folder / "submissions" / "accepted" / f"{name}.py").read_text()


def test_the_races_numbers_are_those_of_the_statement_and_of_the_checks():
    data = RACE.draw(np.random.default_rng(0))
    assert (len(data.images), len(data.test_images)) == (4000, 2000)
    assert "In a race $N$ is 4 000." in STATEMENT
    assert "names 2 000 test images" in STATEMENT
    assert (RACE.target, RACE.most_numbers, RACE.most_bytes, RACE.seeds, RACE.may_miss) == (0.9, 100_000, 2500, 6, 1)
    for words in ("target is 90%", "at most 100 000", "at most 2 500 bytes", "One of the six trainings may miss it"):
        assert words in STATEMENT
    assert f"MOST_NUMBERS = {RACE.most_numbers:_}" in CHECKS
    assert f"LEAST, TARGET = 0.6, {RACE.target}" in CHECKS


def test_the_tiers_are_those_of_the_table():
    assert ASSIGNMENT.benchmark
    rows = re.findall(r"^\| (bronze|silver|gold) \| ([\d.]+) \| ([\d.]+) \|$", STATEMENT, flags=re.MULTILINE)
    tiers = [(tier.name, tier.at_least, tier.points) for tier in ASSIGNMENT.benchmark.tiers]
    assert [(name, float(at_least), float(points)) for name, at_least, points in rows] == tiers


def test_the_training_that_is_shown_is_the_reference():
    assert ASSIGNMENT.benchmark
    shown = re.findall(r"```python\n(def train.*?)```", STATEMENT, flags=re.DOTALL)
    assert source(ASSIGNMENT.benchmark.reference).endswith(shown[0])


def test_numbers_by_hand():
    names: dict = {}
    exec(source("plain_loop"), names)
    net = names["Net"]()
    assert count_parameters(net) == 61_706
    assert "61 706 numbers" in STATEMENT
    assert mult_adds(net, (1, 32, 32)) == 416_520
    assert round(3 * 5 * 4000 * 416_520 / 1e10, 1) == 2.5
    assert "2.5 \\cdot 10^{10}" in STATEMENT


def test_accepted_samples_are_far_from_the_bound_of_the_file():
    sizes = [compressed_bytes({path.name: path.read_text()}) for path in ASSIGNMENT.submissions("accepted")]
    assert max(sizes) < RACE.most_bytes / 2


def test_lessons_that_checks_name_are_those_of_samples():
    named = {"hard_codes_batch", *re.findall(r'lesson="(\w+)"|^        "(\w+)": \(|else "(\w+)"', CHECKS, re.MULTILINE)}
    lessons = {name for group in named for name in ([group] if isinstance(group, str) else group) if name}
    assert len(lessons) >= 15
    assert lessons <= {path.stem for path in ASSIGNMENT.submissions("wrong")}
