"""The table [benchmark] is read strictly, and says what a speed earns."""

from __future__ import annotations

import pytest

from grader.contract import AssignmentError, load_assignment
from tests.grader.conftest import TOML, write_assignment

BENCHMARK = """
[benchmark]
reference = "loop"
seconds = 20
[[benchmark.tier]]
name = "bronze"
at_least = 0.1
points = 1
[[benchmark.tier]]
name = "gold"
at_least = 0.5
points = 2
[benchmark.methods]
loop = "gold"
"""


def folder_with(tmp_path, table=BENCHMARK):
    folder = write_assignment(tmp_path, toml=TOML + table)
    (folder / "benchmark.py").write_text("")
    (folder / "submissions" / "accepted" / "loop.py").write_text("")
    return folder


def test_benchmark_is_read_and_its_points_are_part_of_all(tmp_path):
    assignment = load_assignment(folder_with(tmp_path))
    assert assignment.benchmark.reference == "loop"
    assert assignment.benchmark.methods == (("loop", "gold"),)
    assert (assignment.points, assignment.benchmark.points, assignment.check_points) == (5.0, 2.0, 3.0)


def test_assignment_without_a_benchmark_has_all_points_in_its_checks(assignment):
    assert assignment.benchmark is None
    assert assignment.check_points == assignment.points


@pytest.mark.parametrize(("low", "tier"), [(0.09, None), (0.1, "bronze"), (0.49, "bronze"), (0.5, "gold"), (3, "gold")])
def test_tier_is_the_fastest_that_the_lower_end_reaches(tmp_path, low, tier):
    reached = load_assignment(folder_with(tmp_path)).benchmark.tier_of(low)
    assert (reached.name if reached else None) == tier


@pytest.mark.parametrize(
    ("old", "new", "text"),
    [
        ('reference = "loop"', 'reference = "best"', "reference 'best' is none of submissions/accepted"),
        ("seconds = 20", "seconds = 0", "seconds must lie between"),
        ("seconds = 20", 'kind = "race"', "kind must be call or training"),
        ("seconds = 20", "secnds = 20", "unknown secnds"),
        ("at_least = 0.5", "at_least = 0.05", "gold must ask for more than bronze"),
        ("points = 2", "points = 0.5", "not give less"),
        ("points = 2", "points = 5", "more than the 5 for speed"),
        ('name = "gold"', 'name = "bronze"', "no name twice"),
        ('name = "gold"', 'name = "<b>"', "is no tier's name"),
        ('loop = "gold"', 'loop = "platinum"', "which there is not"),
        ('loop = "gold"', 'lop = "gold"', "methods names 'lop'"),
    ],
)
def test_broken_benchmark_is_refused_by_its_field(tmp_path, old, new, text):
    assert old in BENCHMARK
    with pytest.raises(AssignmentError, match=text):
        load_assignment(folder_with(tmp_path, BENCHMARK.replace(old, new)))


def test_benchmark_without_its_file_is_refused(tmp_path):
    folder = folder_with(tmp_path)
    (folder / "benchmark.py").unlink()
    with pytest.raises(AssignmentError, match=r"benchmark\.py is missing"):
        load_assignment(folder)
