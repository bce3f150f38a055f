"""The machine's rates and the protocol's own cost, by the real sandbox."""

from __future__ import annotations

import dataclasses
import os
import signal
from pathlib import Path
from time import thread_time

import numpy as np
import pytest
import torch

from grader.benchmark.cores import held_core
from grader.benchmark.load import cases_of, load_work
from grader.benchmark.machine import Machine, Measuring, library_milliseconds, null_milliseconds, null_source
from grader.benchmark.side import Place
from grader.benchmark.work import Expected, Work, disagreement
from grader.contract import Entry, load_assignment
from grader.sandbox.errors import SandboxFailure
from tests.grader.timed_assignment import BENCHMARK, write_timed_assignment

ROOT = Path(__file__).parents[3] / "assignments"


@pytest.fixture
def timed(tmp_path):
    return load_assignment(write_timed_assignment(tmp_path))


def work(operations: float, bytes_moved: float, picks: tuple[int, ...] = (), outputs: int = 1) -> Work:
    return Work(
        entry="multiply",
        shape="2×3",
        draw=lambda rng: (rng.standard_normal((2, 3), dtype=np.float32),),
        expected=lambda _: (Expected(np.zeros((2, 3))),) * outputs,
        operations=operations,
        bytes_moved=bytes_moved,
        picks=picks,
    )


@pytest.mark.parametrize("profile", ["numpy", "torch"])
def test_rates_are_those_that_the_judge_itself_measures_to_within_a_factor_of_four(timed, bubblewrap, profile):
    timed = dataclasses.replace(timed, profile=profile)
    machine = Machine()
    with held_core() as core:
        measuring = Measuring(timed, work(1, 1), Place(bubblewrap, core))
        try:
            for _ in range(3):
                measuring.measure(machine)
        finally:
            measuring.close()
    assert len(machine.arithmetic) == len(machine.memory) == 3
    source = np.ones(1 << 23, np.float32)

    taken = []
    for _ in range(5):
        began = thread_time()
        source.copy()
        taken.append(thread_time() - began)
    assert 1 / 4 < machine.bytes / (2 * source.nbytes / min(taken)) < 16  # a fresh copy has its pages to get first
    assert 1e9 < machine.operations < 1e13


def test_the_measuring_process_is_stopped_between_measurements(timed, bubblewrap):
    with held_core() as core:
        measuring = Measuring(timed, work(1, 1), Place(bubblewrap, core))
        try:
            measuring.measure(Machine())
            stat = Path(f"/proc/{measuring.sandbox.pid}/stat").read_text()
            assert stat.rpartition(")")[2].split()[0] == "T"
        finally:
            measuring.close()


def test_the_slower_of_both_rates_is_the_limit():
    machine = Machine(arithmetic=[1e9, 2e9, 9e9], memory=[1e8, 1e9, 1e10])
    assert machine.least_seconds(work(4e9, 1e9)) == (2.0, "arithmetic")
    assert machine.least_seconds(work(1e9, 3e9)) == (3.0, "memory")


def test_the_null_call_costs_what_moving_arguments_and_outputs_costs(tmp_path, bubblewrap):
    text = BENCHMARK.replace('"small": 64', '"small": 64, "large": 1200')
    timed = load_assignment(write_timed_assignment(tmp_path, benchmark=text))
    with held_core() as core:
        place, rng = Place(bubblewrap, core), np.random.default_rng(0)
        small, large = (null_milliseconds(timed, load_work(timed, case), place, rng) for case in ("small", "large"))
    assert 0 < 3 * small < large


@pytest.mark.parametrize("profile", ["numpy", "torch"])
@pytest.mark.parametrize(("picks", "outputs"), [((), 1), ((0,), 1), ((0, 2), 2)])
def test_the_null_submission_returns_what_is_asked_for(timed, bubblewrap, profile, picks, outputs):
    entries = (*timed.entries, Entry("another", "function", "", ("value",)))
    timed = dataclasses.replace(timed, profile=profile, entries=entries)
    with held_core() as core:
        asked = work(1, 1, picks, outputs)
        assert null_milliseconds(timed, asked, Place(bubblewrap, core), np.random.default_rng(0)) > 0
    assert "def another(" in null_source(timed, asked, asked.draw(np.random.default_rng(0)))


def test_the_null_submissions_outputs_lie_on_the_device_so_that_it_moves_them_as_others_do(timed):
    asked = work(1, 1)
    source = null_source(
        dataclasses.replace(timed, profile="torch"), asked, asked.draw(np.random.default_rng(0)), "cuda"
    )
    assert "device='cuda'" in source


@pytest.mark.parametrize("name", ["19-fast-conv-gpu", "20-fast-pool-gpu", "21-depthwise-block"])
def test_the_librarys_own_operator_is_right_and_timed_though_it_is_refused_to_others(bubblewrap, name):
    assignment = load_assignment(ROOT / name)
    for case in cases_of(assignment):
        asked = load_work(assignment, case)
        if case == "gpu":
            continue  # minutes on a processor
        drawn = asked.draw(np.random.default_rng(1))
        names: dict = {}
        exec(asked.library, names)
        got = names[asked.entry](*[torch.from_numpy(each) if isinstance(each, np.ndarray) else each for each in drawn])
        assert disagreement(got.numpy(), asked.expected(drawn)[0]) == ""
    with held_core() as core:
        place = Place(bubblewrap, core)
        assert library_milliseconds(assignment, load_work(assignment), place, np.random.default_rng(0)) > 0


def test_a_measurement_that_fails_is_our_failure(timed, bubblewrap):
    with held_core() as core:
        place = Place(bubblewrap, core)
        measuring = Measuring(timed, work(1, 1), place)
        os.kill(measuring.sandbox.pid, signal.SIGKILL)
        with pytest.raises(SandboxFailure, match="the machine's rates could not be measured"):
            measuring.measure(Machine())
        measuring.close()
        broken = dataclasses.replace(work(1, 1), entry="not a name")
        with pytest.raises(SandboxFailure, match="a call that does nothing could not be measured"):
            null_milliseconds(timed, broken, place, np.random.default_rng(0))
