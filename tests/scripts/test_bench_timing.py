"""`make bench-timing`: what it counts, and that it ends with 1 where a figure is not reached."""

from __future__ import annotations

import json
import subprocess
import sys
import time
from pathlib import Path

import numpy as np
import pytest

from grader.contract import Comparison, Device, Outcome, Timing, load_assignment
from reference.conv import conv_forward
from scripts.bench_timing import Figures, background_load, slower_variant

ROOT = Path(__file__).parent.parent.parent


def bench(*arguments: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "scripts.bench_timing", *arguments]
    return subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)


def timing(low: float, high: float, tier: str = "gold", seconds: float = 10.0) -> Timing:
    verdict = Comparison.FASTER if low > 1 else Comparison.SLOWER if high < 1 else Comparison.SAME
    return Timing(
        *("04", "", 1, Outcome.TIMED, Device("cpu", "a processor"), 2.0),
        ratio=(low + high) / 2,
        interval=(low, high),
        verdict=verdict,
        tier=tier,
        seconds=seconds,
    )


@pytest.fixture
def figures() -> Figures:
    """A hundred timings of equal code and ten of the slower variant that are as they should be."""
    chosen = load_assignment(ROOT / "assignments" / "04-conv-forward")
    return Figures(chosen, [timing(0.98, 1.02)] * 100, [timing(0.85, 0.88)] * 10, [1.0])


def test_figures_that_are_reached_are_no_problem(figures):
    figures.equal[:7] = [timing(1.01, 1.03)] * 7
    figures.slower[0] = timing(0.9, 1.01)
    assert list(figures.problems()) == []
    assert figures.holding == 93


def test_too_few_intervals_that_hold_1_are_a_problem(figures):
    figures.equal[:8] = [timing(1.01, 1.03)] * 8
    assert list(figures.problems()) == ["only 92 of 100 intervals of equal code hold 1"]


def test_equal_code_with_different_tiers_is_counted_by_pairs(figures):
    figures.equal[50] = timing(0.5, 1.1, "silver")
    assert figures.unequal == 2
    assert figures.worst_unequal == 2
    figures.equal[60] = timing(0.5, 1.1, "silver")
    assert list(figures.problems()) == ["4 of 100 pairs of equal code get different tiers"]


def test_a_slower_variant_that_is_not_called_slower_is_a_problem(figures):
    figures.slower[:2] = [timing(0.9, 1.01)] * 2
    assert list(figures.problems()) == ["only 8 of 10 timings call the variant slower"]


def test_a_timing_that_takes_more_than_a_minute_is_a_problem(figures):
    figures.slower[0] = timing(0.85, 0.88, seconds=61.0)
    assert list(figures.problems()) == ["a timing took 61 s"]


def test_the_slower_variant_gives_the_same_maps():
    chosen = load_assignment(ROOT / "assignments" / "04-conv-forward")
    files = {"conv.py": (chosen.folder / "submissions" / "accepted" / "im2col.py").read_text()}
    (source,) = slower_variant(files, "conv.py").values()
    namespace: dict = {}
    exec(source, namespace)
    rng = np.random.default_rng(0)
    x, w, b = rng.standard_normal((4, 3, 7, 6)), rng.standard_normal((5, 3, 3, 3)), rng.standard_normal(5)
    out, _ = namespace["conv_forward"](x, w, b, {"stride": 1, "pad": 1})
    np.testing.assert_allclose(out, conv_forward(x, w, b, {"stride": 1, "pad": 1})[0])


def command_line(pid: int) -> str:
    """What the process was started with; for a moment after its start the kernel tells nothing."""
    until = time.monotonic() + 10
    while not (line := Path(f"/proc/{pid}/cmdline").read_text()) and time.monotonic() < until:
        time.sleep(0.01)
    return line


def test_the_background_load_ends_with_what_it_is_for():
    with background_load(2) as burners:
        assert len(set(burners)) == 2
        assert all("bytearray" in command_line(pid) for pid in burners)
    assert not any(Path(f"/proc/{pid}").exists() for pid in burners)


@pytest.mark.slow
def test_a_short_bench_says_what_it_measured():
    done = bench("--quick", "--comparisons", "2", "--runs", "1", "--seconds", "2", "--json")
    data = json.loads(done.stdout)
    assert done.returncode == (1 if data["problems"] else 0), done.stderr
    assert (data["equal"]["timings"], data["slower"]["timings"]) == (2, 1)
    assert data["equal"]["hold_1"] <= 2
    assert data["slower"]["ratios"][0] < data["equal"]["ratios"][0]
    assert data["load"]["least"] <= data["load"]["median"] <= data["load"]["most"]


def test_an_assignment_that_is_not_timed_is_refused():
    done = bench("--assignment", "02")
    assert done.returncode == 2
    assert "is not timed" in done.stderr
