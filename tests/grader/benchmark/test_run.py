"""A whole timing by the real sandbox: when it ends, what it says, and whose fault what is."""

from __future__ import annotations

import dataclasses
import json
import re
import time
from contextlib import contextmanager

import numpy as np
import pytest

import grader.sandbox.bubblewrap as sandbox_module
from grader.benchmark import run
from grader.benchmark.cores import held_core
from grader.benchmark.gpu import GpuDevice
from grader.benchmark.load import load_work
from grader.benchmark.run import FULL, Effort, time_submission, with_tier
from grader.benchmark.side import Place
from grader.benchmark.statistics import Estimate
from grader.contract import AssignmentError, Comparison, Device, Outcome, Timing, event_times, load_assignment
from grader.sandbox.bubblewrap import Bubblewrap
from tests.grader.timed_assignment import (
    EIGHT_TIMES,
    ONCE,
    RAISES_WHERE_LARGE,
    WRONG_WHERE_LARGE,
    write_timed_assignment,
)

FEW = Effort(least_pairs=2, fewest_pairs=3, most_pairs=3, calls=(3, 5))
INSTANT = """
import numpy as np
OUT = np.zeros((384, 384), np.float32)
def multiply(a, b):
    return OUT
"""


@pytest.fixture
def timed(tmp_path):
    return load_assignment(write_timed_assignment(tmp_path))


def timing_of(timed, launcher, source: str, **options) -> Timing:
    return time_submission(timed, {"product.py": source}, launcher, 7, **({"effort": FEW} | options))


def test_eight_times_the_work_is_slower_and_the_figures_fit_together(timed, launcher):
    timing = timing_of(timed, launcher, EIGHT_TIMES)
    assert (timing.outcome, timing.verdict, timing.tier) == (Outcome.TIMED, Comparison.SLOWER, "bronze")
    low, high = timing.interval
    assert 1 / 16 < low <= timing.ratio <= high < 1 / 2
    assert timing.milliseconds > 2 * timing.reference_milliseconds > 2 * timing.null_milliseconds > 0
    assert timing.gflops == pytest.approx(2 * 384**3 / timing.milliseconds / 1e6)
    assert timing.percent_of_limit == pytest.approx(100 * timing.gflops / timing.machine["gflops"])
    assert timing.limited_by == "arithmetic"
    assert len(timing.samples[0].submission) == 3
    assert 2 <= len(timing.samples) <= 3


def test_a_timing_travels_as_json(timed, bubblewrap):
    timing = timing_of(timed, bubblewrap, ONCE)
    assert Timing.from_dict(json.loads(json.dumps(timing.to_dict()))) == timing


def test_timed_against_another_file_it_gets_no_tier(timed, bubblewrap):
    timing = timing_of(timed, bubblewrap, ONCE, against={"product.py": EIGHT_TIMES})
    assert timing.verdict is Comparison.FASTER
    assert (timing.tier, timing.points) == ("", 0.0)


@pytest.mark.parametrize(
    ("source", "told"),
    [
        (WRONG_WHERE_LARGE, r"wrong output.*first at index \(1, 2\).*got nan"),
        (RAISES_WHERE_LARGE, "ValueError: too large for me"),
        ("def other(): pass\n", "multiply"),
        (INSTANT, "wrong output"),
        ("def multiply(a, b):\n    while True: pass\n", "In a timed call"),
    ],
)
def test_what_a_submission_does_wrong_refuses_its_timing_with_the_reason(timed, bubblewrap, source, told):
    timed = dataclasses.replace(timed, limits=dataclasses.replace(timed.limits, check_seconds=1.0))
    timing = timing_of(timed, bubblewrap, source)
    assert timing.outcome is Outcome.REFUSED
    assert (timing.ratio, timing.points, timing.tier) == (None, 0.0, "")

    assert re.search(told, timing.message), timing.message


def test_what_cannot_be_so_fast_is_refused(timed, bubblewrap, monkeypatch):
    monkeypatch.setattr(run, "GAIN", 0.05)
    timing = timing_of(timed, bubblewrap, ONCE)
    assert timing.outcome is Outcome.REFUSED
    assert "cannot be" in timing.message


SLOW_LIBRARY = """
import time

def multiply(a, b):
    until = time.perf_counter() + 0.2
    while time.perf_counter() < until:
        pass
    return a @ b
"""


@pytest.fixture
def beside_a_gpu(timed, bubblewrap, tmp_path, monkeypatch):
    """Times as on a GPU, for which the processor stands in: the same steps, with the wall clock."""

    @contextmanager
    def place(assignment, launcher):
        device = GpuDevice("cpu", tmp_path)
        with held_core() as core, device.lock():
            device.prepare(warm_seconds=0.05)
            device.usual = 1000.0  # other programs of this machine are no concern of these tests
            yield Place(launcher, core, "cpu", device)

    def with_library(assignment, case):
        return dataclasses.replace(load_work(assignment, "graded"), library=library)

    library = ""
    monkeypatch.setattr(run, "held_place", place)
    monkeypatch.setattr(run, "load_work", with_library)

    def time_it(source: str, librarys: str = "") -> Timing:
        nonlocal library
        library = librarys
        return timing_of(timed, bubblewrap, source)

    return time_it


def test_on_a_gpu_events_stand_beside_every_call_and_travel_with_it(beside_a_gpu):
    timing = beside_a_gpu(ONCE)

    assert timing.outcome is Outcome.TIMED, timing.message
    assert timing.device.kind == "gpu"
    for side in ("submission", "reference"):
        found = event_times(timing.samples, side)
        assert found.calls == found.told == sum(len(pair.submission) for pair in timing.samples)
        assert 0 < found.events < found.judged
    assert Timing.from_dict(json.loads(json.dumps(timing.to_dict()))) == timing


def test_on_a_gpu_a_clock_that_is_changed_is_flagged_and_gains_nothing(beside_a_gpu):
    timing = beside_a_gpu(f"import time\ntime.perf_counter = lambda: 0.0\n{EIGHT_TIMES}")

    assert timing.outcome is Outcome.TIMED, timing.message
    assert timing.verdict is not Comparison.FASTER
    assert timing.milliseconds > timing.reference_milliseconds
    assert [flag for flag in timing.flags if "lie outside the submission’s events" in flag]


def test_on_a_gpu_who_is_faster_than_the_librarys_own_is_flagged(beside_a_gpu):
    timing = beside_a_gpu(ONCE, SLOW_LIBRARY)

    assert timing.machine["library_ms"] >= 200
    assert [flag for flag in timing.flags if "times as fast as the library’s own" in flag]


def test_on_a_gpu_who_is_not_faster_than_the_librarys_own_is_not_flagged(beside_a_gpu):
    timing = beside_a_gpu(EIGHT_TIMES, ONCE)

    assert timing.machine["library_ms"] > 0
    assert not [flag for flag in timing.flags if "library" in flag]


def test_a_reference_that_fails_is_the_assignments_fault(timed, bubblewrap):
    with pytest.raises(AssignmentError, match=r"what submissions are timed against fails.*too large for me"):
        timing_of(timed, bubblewrap, ONCE, against={"product.py": RAISES_WHERE_LARGE})


def test_progress_tells_each_process_pair_with_the_present_estimate(timed, bubblewrap):
    signs = []
    timing = timing_of(timed, bubblewrap, ONCE, on_progress=signs.append)
    assert [sign.done for sign in signs] == list(range(1, len(timing.samples) + 1))
    assert {sign.most for sign in signs} == {3}
    assert signs[-1].estimate.ratio == timing.ratio


def test_a_run_without_time_has_the_least_process_pairs_of_the_fewest_calls(timed, bubblewrap):
    timing = timing_of(timed, bubblewrap, ONCE, effort=FULL, seconds=0.01)
    assert [len(pair.submission) for pair in timing.samples] == [3, 3, 3]


def test_a_run_outlives_the_replacement_of_the_warm_process(timed, monkeypatch):
    monkeypatch.setattr(sandbox_module, "RECYCLE_AFTER", 2)
    with Bubblewrap() as launcher:
        assert timing_of(timed, launcher, ONCE).outcome is Outcome.TIMED
        first = launcher.warm["numpy"]
        deadline = time.monotonic() + 20
        while launcher.warm["numpy"] is first and time.monotonic() < deadline:
            timing_of(timed, launcher, ONCE)
        assert launcher.warm["numpy"] is not first


@pytest.mark.parametrize(
    ("found", "settled"),
    [
        (Estimate(0.3, 0.25, 0.35), True),
        (Estimate(0.3, 0.18, 0.35), False),
        (Estimate(0.3, 0.205, 0.35), False),
        (Estimate(0.3, 0.25, 0.53), False),
        (Estimate(2.0, 1.5, 2.5), True),
    ],
)
def test_an_interval_settles_a_tier_where_it_is_clear_of_all_thresholds(found, settled):
    assert Effort(thresholds=(0.2, 0.54)).is_settled(found) is settled


def test_without_thresholds_nothing_is_settled_early():
    assert not Effort().is_settled(Estimate(0.3, 0.3, 0.3))


def test_calls_are_as_many_as_the_time_that_is_left_allows():
    effort = Effort(most_pairs=14, calls=(3, 20))
    assert effort.next_calls(seconds=60, done=4, seconds_per_call=0.5) == 12
    assert effort.next_calls(seconds=60, done=4, seconds_per_call=0.01) == 20
    assert effort.next_calls(seconds=-5, done=4, seconds_per_call=0.5) == 3
    assert effort.next_calls(seconds=9, done=14, seconds_per_call=1.0) == 9


@pytest.mark.parametrize(("low", "tier", "points"), [(0.019, "", 0.0), (0.02, "bronze", 1.0), (0.5, "silver", 2.0)])
def test_the_lower_end_of_the_interval_gives_the_tier(timed, low, tier, points):
    blank = Timing(timed.id, "", 1, Outcome.TIMED, Device("cpu", ""), 2.0, ratio=1.0, interval=(low, 3.0))
    given = with_tier(blank, timed.benchmark)
    assert (given.tier, given.points) == (tier, points)


def test_the_seed_decides_what_is_drawn(timed, bubblewrap, monkeypatch):
    drawn = []

    def spying(assignment, case):
        work = original(assignment, case)
        return dataclasses.replace(work, draw=lambda rng: drawn.append(value := work.draw(rng)) or value)

    original = run.load_work
    monkeypatch.setattr(run, "load_work", spying)
    effort = Effort(least_pairs=2, fewest_pairs=2, most_pairs=2, calls=(2, 2))
    for _ in range(2):
        timing_of(timed, bubblewrap, ONCE, effort=effort)
    half = len(drawn) // 2
    assert all(np.array_equal(a[0], b[0]) for a, b in zip(drawn[:half], drawn[half:], strict=True))
    assert not np.array_equal(drawn[0][0], drawn[1][0])
