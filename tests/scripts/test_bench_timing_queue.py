"""`python -m scripts.bench_timing_queue`: what it counts, and that it runs over real processes."""

from __future__ import annotations

import json
import subprocess
import sys
from collections import Counter
from pathlib import Path

import pytest

from scripts.bench_timing_queue import plan, too_early

ROOT = Path(__file__).parent.parent.parent


def test_everybody_hands_in_once_and_the_greedy_as_often_as_they_are_asked_to():
    turns = plan(people=5, greedy=2, repeats=3)

    assert Counter(turns) == {"100001": 3, "100002": 3, "100003": 1, "100004": 1, "100005": 1}
    assert turns == plan(people=5, greedy=2, repeats=3)


@pytest.mark.parametrize(
    ("order", "early"), [("abcab", 0), ("abacb", 1), ("aaabbb", 2), ("a", 0), ("abababc", 4), ("abcaaa", 0)]
)
def test_second_timings_before_the_last_first_one_are_counted(order: str, early: int):
    assert too_early(list(order)) == early


@pytest.mark.slow
def test_it_times_everybody_by_turns(need):
    need("bwrap")
    options = ["--people", "3", "--greedy", "1", "--repeats", "3", "--seconds", "0.1", "--json"]
    command = [sys.executable, "-m", "scripts.bench_timing_queue", *options]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)

    assert done.returncode == 0, done.stderr
    figures = json.loads(done.stdout)
    assert Counter(figures["order"]) == {"100001": 3, "100002": 1, "100003": 1}
    assert {number: len(waits) for number, waits in figures["seconds_waited"].items()} == Counter(figures["order"])
