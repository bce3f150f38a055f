"""Two sides in turn: the same inputs for both, every output verified, and each fault told as whose it is."""

from __future__ import annotations

import dataclasses
import os
import time
from contextlib import suppress

import numpy as np
import pytest

from grader.benchmark import pairs
from grader.benchmark.pairs import Contest, ReferenceFailed, WrongOutput, time_pair
from grader.benchmark.work import Expected
from grader.sandbox import bubblewrap as wall
from grader.sandbox.errors import StudentFault, StudentRaised
from tests.grader.benchmark.conftest import HONEST
from tests.hostile.remains import depths_below, soon

CALLS = 4
FAILING = """
calls = 0
def scale(x, settings):
    global calls
    calls += 1
    if calls == 3:
        raise ValueError('in the third call')
    return x * settings['by'], None
"""
OFF = """
calls = 0
def scale(x, settings):
    global calls
    calls += 1
    out = x * settings['by']
    if calls == 3:
        out[7, 11] = {value}
    return out, None
"""
HOLDING = """
import numpy as np
held = []
def scale(x, settings):
    if not held:
        held.append(np.ones((100 << 20) // 8))
    return x * settings['by'], None
"""


@pytest.fixture
def contest(scaling, work, place):
    """Makes the contest of two texts."""

    def make(submission=HONEST, reference=HONEST, **changes):
        files = ({"scaling.py": text} for text in (submission, reference))
        return dataclasses.replace(Contest(scaling, work, *files, place), **changes)

    return make


def rng():
    return np.random.default_rng(5)


def test_both_are_timed_as_often_and_the_first_call_is_not_counted(contest):
    timed = time_pair(contest(), CALLS, rng())

    assert len(timed.samples.submission) == len(timed.samples.reference) == CALLS
    assert min(*timed.samples.submission, *timed.samples.reference) > 0
    assert timed.cpu_seconds > 0


def test_both_get_the_same_inputs_and_no_call_one_of_another(contest, work):
    drawn = []

    def draw(dice):
        drawn.append(work.draw(dice))
        return drawn[-1]

    time_pair(contest(work=dataclasses.replace(work, draw=draw)), CALLS, rng())

    assert len(drawn) == 1 + CALLS + 1
    assert len({arguments[0].tobytes() for arguments in drawn}) == len(drawn)


def test_who_goes_first_is_drawn(contest, monkeypatch):
    order = []
    call = pairs.Side.call

    def noted(timed, *arguments):
        order.append(id(timed))
        return call(timed, *arguments)

    monkeypatch.setattr(pairs.Side, "call", noted)
    time_pair(contest(), 12, rng())

    assert len(set(order[::2])) == 2


def test_what_is_verified_in_portions_is_verified_all(contest, monkeypatch):
    monkeypatch.setattr(pairs, "MEMORY_BYTES", 1)

    with pytest.raises(WrongOutput, match=r"first at index \(7, 11\)"):
        time_pair(contest(OFF.format(value=0)), CALLS, rng())


def test_a_fault_of_the_submission_is_its_own(contest):
    with pytest.raises(StudentRaised, match="in the third call"):
        time_pair(contest(FAILING), CALLS, rng())


@pytest.mark.parametrize("reference", [FAILING, "nothing\n", OFF.format(value=0)])
def test_a_fault_of_the_reference_is_not_the_submissions(contest, reference):
    with pytest.raises(ReferenceFailed):
        time_pair(contest(reference=reference), CALLS, rng())


@pytest.mark.parametrize("value", ["out[7, 11] + 1e-3", "float('nan')", "float('inf')"])
def test_an_output_that_is_off_is_told_with_its_index_and_numbers(contest, value):
    with pytest.raises(WrongOutput) as wrong:
        time_pair(contest(OFF.format(value=value)), CALLS, rng())

    assert "0.00% of the numbers are wrong, the first at index (7, 11): expected " in str(wrong.value)


def test_an_output_that_is_off_by_what_rounding_may_do_is_right(contest):
    time_pair(contest("def scale(x, settings):\n    return x / (1 / settings['by']), None\n"), CALLS, rng())


def test_an_output_that_is_only_selected_must_be_equal(contest, work):
    exact = dataclasses.replace(work, expected=lambda arguments: (Expected(np.float32(3) * arguments[0]),))
    time_pair(contest(work=exact), CALLS, rng())

    with pytest.raises(WrongOutput):
        time_pair(contest(OFF.format(value="out[7, 11] * (1 + 2**-22)"), work=exact), CALLS, rng())


def test_a_submission_and_a_reference_may_each_use_the_memory_that_they_may(contest, scaling):
    """Both are in one control group, and each alone takes more than half of what one may have."""
    small = dataclasses.replace(scaling, limits=dataclasses.replace(scaling.limits, memory_mib=160, check_seconds=20.0))

    timed = time_pair(contest(HOLDING, HOLDING, assignment=small), CALLS, rng())

    assert len(timed.samples.submission) == CALLS


def test_a_warm_process_that_is_replaced_takes_no_timing_with_it(side, example, bubblewrap, monkeypatch):
    first = side()
    monkeypatch.setattr(wall, "RECYCLE_AFTER", 0)
    bubblewrap.start("numpy", first.sandbox.limits).close()
    deadline = time.monotonic() + 20
    while not bubblewrap.successors["numpy"].poll_ready() and time.monotonic() < deadline:
        time.sleep(0.05)

    second = side()

    for timed in (first, second):
        assert timed.call(pairs.arguments_of(example), pairs.room_for(timed.block)) > 0


@pytest.mark.parametrize("texts", [(HONEST, HONEST), (FAILING, HONEST), (HONEST, FAILING), (HONEST, "nothing\n")])
def test_nothing_is_left_running_afterwards(contest, texts):
    time_pair(contest(), 1, rng())
    idle = depths_below(os.getpid())

    with suppress(StudentFault, ReferenceFailed):
        time_pair(contest(*texts), CALLS, rng())

    assert soon(lambda: depths_below(os.getpid()) <= idle)
