"""What the statements of timed assignments say of speed is what the timing does."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from grader.benchmark.load import load_work
from grader.benchmark.side import PATIENCE
from grader.contract import Assignment, load_assignments

TIMED = [
    assignment
    for assignment in load_assignments(Path(__file__).parents[2] / "assignments").values()
    if assignment.benchmark and assignment.benchmark.kind == "call"
]
each = pytest.mark.parametrize("assignment", TIMED, ids=lambda assignment: assignment.id)


def speed(assignment: Assignment) -> str:
    """The part of the statement that is about speed, in one line."""
    return assignment.statement().partition("### Speed")[2].partition("\n## ")[0]


@each
def test_the_tiers_are_those_of_the_table(assignment):
    assert assignment.benchmark
    rows = re.findall(r"^\| (\w+) \| ([\d.]+)[^|]* \| ([\d.]+)[^|]* \|$", speed(assignment), flags=re.MULTILINE)
    tiers = [(tier.name, tier.at_least, tier.points) for tier in assignment.benchmark.tiers]
    assert [(name, float(at_least), float(points)) for name, at_least, points in rows] == tiers


@each
def test_a_call_is_stopped_when_the_statement_says_so(assignment):
    words = f"longer than {PATIENCE * assignment.limits.check_seconds:g} seconds is stopped"
    assert words in " ".join(speed(assignment).split())


@each
def test_the_command_for_home_names_the_file(assignment):
    assert f"`stride bench {assignment.number} {assignment.filename}`" in " ".join(speed(assignment).split())


@each
def test_every_size_of_the_timed_call_is_named(assignment):
    shape = load_work(assignment).shape
    words = " ".join(speed(assignment).split())
    sizes = re.findall(r"\d+[x×]\d+", shape)
    assert sizes
    assert [size for size in sizes if size.replace("x", "×") not in words] == []
    numbers = re.findall(r"(?:N|C)=(\d+)|(\d+) kernels", shape)
    assert [number for pair in numbers for number in pair if number and not re.search(rf"\b{number}\b", words)] == []
