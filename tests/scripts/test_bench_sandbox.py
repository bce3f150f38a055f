"""`make bench-sandbox`: every way to the first line of a student's code, side by side."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from scripts.bench_sandbox import COLD, FORK, REPEATS, STAGES, WARM, Figures, stages_of, summary

ROOT = Path(__file__).parent.parent.parent
DOCKER = """#!/bin/sh
case $1 in
  run) for code; do :; done; exec {python} -c "$code" ;;
  version) exit {answers} ;;
esac
"""


def bench(*arguments: str, programs: Path | None = None) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "scripts.bench_sandbox", *arguments]
    path = os.environ["PATH"] if programs is None else f"{programs}:{os.environ['PATH']}"
    return subprocess.run(command, cwd=ROOT, env=os.environ | {"PATH": path}, capture_output=True, text=True)


def fake_docker(folder: Path, answers: int) -> Path:
    """A docker that runs what it is given without a container, or does not answer."""
    program = folder / "docker"
    program.write_text(DOCKER.format(python=sys.executable, answers=answers))
    program.chmod(0o755)
    return folder


@pytest.mark.slow
def test_bench_measures_every_way_with_both_profiles(tmp_path) -> None:
    outcome = bench("--rounds", "1", "--json", programs=fake_docker(tmp_path, answers=0))
    assert outcome.returncode == 0, outcome.stderr
    figures = json.loads(outcome.stdout)
    for profile in ("numpy", "torch"):
        ways = figures["milliseconds"][profile]
        assert {name: ways[name]["count"] for name in REPEATS} == REPEATS
        assert 0 < ways["warm"]["median"] < ways["warm, loaded"]["median"] < ways["warm, life"]["median"]
        assert set(figures["stages"][profile]) == set(STAGES)
        assert all(stage["lower quartile"] > 0 for stage in figures["stages"][profile].values())
        ratio = ways[COLD]["median"] / ways[WARM]["median"]
        assert figures["ratios"][profile]["cold / warm"] == pytest.approx(ratio)
        assert figures["ratios"][profile]["container / warm"] > 0
    assert figures["notes"] == []


@pytest.mark.slow
def test_bench_says_in_words_what_it_found_and_what_it_could_not_measure(tmp_path) -> None:
    outcome = bench("--rounds", "1", programs=fake_docker(tmp_path, answers=1))
    assert outcome.returncode == 0, outcome.stderr
    for part in ("bare fork", "warm sandbox", "cold sandbox", "cold / warm, torch:", "seccomp", "scripts.bench_burst"):
        assert part in outcome.stdout
    assert "the Docker Engine does not answer" in outcome.stdout
    assert "container / warm" not in outcome.stdout


def test_bench_refuses_a_count_of_nothing() -> None:
    outcome = bench("--rounds", "0")
    assert outcome.returncode == 2
    assert "--rounds" in outcome.stderr


def test_the_stages_of_a_start_leave_no_time_out() -> None:
    stamps = {name: 10.0 + number**2 for number, name in enumerate(STAGES, start=1)}
    stages = stages_of(10.0, stamps)
    assert list(stages) == list(STAGES)
    assert sum(value for (value,) in stages.values()) == pytest.approx((stamps["first"] - 10.0) * 1000)


def test_a_ratio_needs_both_sides() -> None:
    figures = Figures(1)
    figures.ways["numpy"][WARM] += [10.0, 12.0, 50.0]
    figures.ways["numpy"][COLD] += [240.0]
    assert figures.ratio("numpy", COLD, WARM) == pytest.approx(20)
    assert figures.ratio("numpy", FORK, WARM) is None


def test_a_summary_is_median_and_quartiles() -> None:
    assert summary([3.0, 1.0, 2.0]) == {"median": 2, "lower quartile": 1, "upper quartile": 3, "count": 3}
    assert summary([7.0]) == {"median": 7, "lower quartile": 7, "upper quartile": 7, "count": 1}
