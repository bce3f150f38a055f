"""Events in the timed process, with its clock in their place: recorded, read as a stranger's word, never believed."""

from __future__ import annotations

import dataclasses

import numpy as np
import pytest

from grader.benchmark.events import event_flags
from grader.benchmark.gpu import GpuDevice
from grader.benchmark.pairs import Contest, time_pair
from grader.contract import ProcessPair, event_times
from grader.sandbox.errors import StudentCrashed
from grader.sandbox.replies import MOST_MILLISECONDS, milliseconds_in

CALLS = 4
BUSY_MILLISECONDS = 5.0
"""What a call takes at least, by a loop that holds the core: more than all that the protocol adds."""

WORKING = f"""
import time
clock = time.perf_counter
def work():
    until = clock() + {BUSY_MILLISECONDS / 1000}
    while clock() < until:
        pass
def scale(x, settings):
    work()
    return x * settings['by'], None
"""
ANSWERING = (
    WORKING
    + """
import sys
honest = scale
def scale(x, settings):
    frame = sys._getframe()
    while "channel" not in frame.f_locals or "receive" not in frame.f_globals:
        frame = frame.f_back
    send = frame.f_globals["send"]
    def instead(channel, reply, body):
        frame.f_globals["send"] = send
        send(channel, reply | {{"value": {value}}}, body)
    frame.f_globals["send"] = instead
    return honest(x, settings)
"""
)
UNREADABLE = ("float('nan')", "float('inf')", "-1.0", "10**9", "10**4000 // 10**3900", "'5.0'", "True", "None")
AFTER_THE_CALL = (
    WORKING
    + """
import numpy as np
class Late(np.ndarray):
    def __array_function__(self, function, types, args, kwargs):
        work()
        return function(args[0], args[1].view(np.ndarray), **kwargs)
def scale(x, settings):
    return (x * settings['by']).view(Late), None
"""
)


@pytest.fixture
def contest(scaling, work, place, tmp_path):
    """Makes the contest of a text with one that works honestly, where events are recorded."""
    device = GpuDevice("cpu", tmp_path)
    device.prepare(warm_seconds=0.05)
    device.usual = 1000.0  # other programs of this machine are no concern of these tests
    with_events = dataclasses.replace(place, gpu=device)

    def make(source=WORKING):
        return Contest(scaling, work, {"scaling.py": source}, {"scaling.py": WORKING}, with_events)

    return make


def timed(contest) -> ProcessPair:
    return time_pair(contest, CALLS, np.random.default_rng(3)).samples


def test_honest_events_tell_of_most_of_a_call_and_raise_no_flag(contest):
    pair = timed(contest())

    assert len(pair.submission_events) == len(pair.reference_events) == CALLS
    for side in ("submission", "reference"):
        found = event_times([pair], side)
        assert (found.calls, found.told, found.impossible) == (CALLS, CALLS, 0)
        assert BUSY_MILLISECONDS <= found.events < found.judged
        assert 0 < found.outside < found.judged - BUSY_MILLISECONDS / 2
    assert not [flag for flag in event_flags([pair]) if "outside" not in flag]


def test_without_a_gpu_no_events_are_recorded(contest):
    on_a_core = contest()
    pair = timed(dataclasses.replace(on_a_core, place=dataclasses.replace(on_a_core.place, gpu=None)))

    assert (pair.submission_events, pair.reference_events) == ((), ())
    assert event_flags([pair]) == ()


@pytest.mark.parametrize("value", UNREADABLE)
def test_what_is_no_duration_is_not_read_flagged_and_changes_no_time(contest, value):
    pair = timed(contest(ANSWERING.format(value=value)))

    assert pair.submission_events == (None,) * CALLS
    assert min(pair.submission) >= BUSY_MILLISECONDS
    (flag,) = event_flags([pair])
    assert flag == "The submission’s events told no time that can be read for 4 of 4 calls."


@pytest.mark.parametrize(
    ("patched", "told"),
    [
        ("time.perf_counter = lambda: 0.0", "lie outside the submission’s events"),
        ("time.perf_counter = lambda: 10 * clock()", "more time than had passed by the judge’s clock for 4 of 4"),
        ("time.perf_counter = lambda: 1 / 0", "no time that can be read for 4 of 4"),
        ("time.perf_counter = lambda: 'noon'", "no time that can be read for 4 of 4"),
    ],
)
def test_a_clock_that_is_changed_is_flagged_and_changes_no_time(contest, patched, told):
    pair = timed(contest(f"{WORKING}\n{patched}\n"))

    assert min(pair.submission) >= BUSY_MILLISECONDS
    (flag,) = event_flags([pair])
    assert told in flag


def test_work_after_the_call_counts_and_is_flagged(contest):
    pair = timed(contest(AFTER_THE_CALL))

    assert min(pair.submission) >= BUSY_MILLISECONDS
    assert event_times([pair], "submission").events < BUSY_MILLISECONDS
    (flag,) = event_flags([pair])
    assert "lie outside the submission’s events" in flag


def test_a_value_that_is_no_data_ends_the_process_and_not_the_judge(contest):
    with pytest.raises(StudentCrashed):
        timed(contest(ANSWERING.format(value="{'array': ['O', [1], 0]}")))


@pytest.mark.parametrize(
    "value", [None, True, "1", [1.0], float("nan"), float("inf"), -1e-9, 2**4096, 2 * MOST_MILLISECONDS]
)
def test_no_duration_is_read_from_what_is_none(value):
    assert milliseconds_in(value) is None


@pytest.mark.parametrize("value", [0, 0.0, 3.5, 7, MOST_MILLISECONDS])
def test_a_duration_is_read_as_it_is(value):
    assert milliseconds_in(value) == float(value)


def pair_of(judged: float, events: float | None, other: float = 8.0, others: float | None = 7.0) -> ProcessPair:
    return ProcessPair((judged,) * 3, (other,) * 3, (events,) * 3, (others,) * 3)


@pytest.mark.parametrize(
    ("pair", "told"),
    [
        (pair_of(8.0, 7.0), ()),
        (pair_of(8.0, 6.6), ()),
        (pair_of(8.0, 6.4), ("1.6 ms of a call lie outside",)),
        (pair_of(8.0, 8.01), ()),
        (pair_of(8.0, 8.2), ("The submission’s events told of more time",)),
        (pair_of(8.0, None), ("The submission’s events told no time",)),
        (pair_of(8.0, 7.0, others=None), ("The reference’s events told no time",)),
        (pair_of(8.0, 0.0, others=9.0), ("The reference’s events told of more time",)),
        (pair_of(0.3, 0.0, 0.3, 0.29), ("0.3 ms of a call",)),
        (pair_of(0.3, 0.1, 0.3, 0.29), ()),
    ],
)
def test_events_are_flagged_where_they_and_the_judges_clock_cannot_both_be_right(pair, told):
    flags = event_flags([pair])

    assert len(flags) == len(told)
    assert all(text in flag for text, flag in zip(told, flags, strict=True))
