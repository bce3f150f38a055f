"""One of the two that are timed: started, stopped between its calls, ended."""

from __future__ import annotations

import os
import time
from pathlib import Path

import numpy as np
import pytest

from grader.benchmark import side as side_module
from grader.benchmark.side import arguments_of, room_for
from grader.sandbox.errors import StudentCrashed, StudentFault, StudentKilled, StudentRaised, StudentTimeout
from tests.grader.benchmark.conftest import HONEST
from tests.hostile.remains import depths_below, soon

COUNTING = """
import signal, time
heard = 0
def hear(*_):
    global heard
    heard += 1
    signal.setitimer(signal.ITIMER_REAL, 0.001)
signal.signal(signal.SIGALRM, hear)
def scale(x, settings):
    signal.setitimer(signal.ITIMER_REAL, 0.001)
    out = x * settings['by']
    out[0, 0] = heard
    return out, None
"""
IN_A_THREAD = """
import threading
def scale(x, settings):
    threading.Thread(target=print).start()
"""
IN_A_CHILD = "import os\ndef scale(x, settings):\n    os.fork()\n"
THEN = """
import sys
def scale(x, settings):
    frame = sys._getframe()
    while "channel" not in frame.f_locals or "receive" not in frame.f_globals:
        frame = frame.f_back
    send = frame.f_globals["send"]
    def and_then(*reply):
        send(*reply)
        {then}
    frame.f_globals["send"] = and_then
    return x * settings['by'], None
"""


SPIN = """
import signal, time
def spin(*_):
    until = time.thread_time() + 0.05
    while time.thread_time() < until:
        pass
"""
WHEN_IT_GOES_ON = f"{SPIN}\nsignal.signal(signal.SIGCONT, spin)\n{HONEST}"
AFTER_ITS_REPLY = SPIN + THEN.format(then="spin()")
SLEEPING = "import time\ndef scale(x, settings):\n    time.sleep(0.05)\n    return x * settings['by'], None\n"
HOARDING = """
import mmap
held = []
def scale(x, settings):
    held.append(mmap.mmap(-1, 300 << 20))
    for place in range(0, 300 << 20, 4096):
        held[-1][place] = 1
    return x * settings['by'], None
"""


def called(timed, example):
    """The output of one call."""
    (room,) = rooms = room_for(timed.block)
    timed.call(arguments_of(example), rooms)
    return room


def called_twice(timed, example):
    called(timed, example)
    called(timed, example)


def open_descriptors() -> int:
    return len(list(Path("/proc/self/fd").iterdir()))


def state_of(pid: int) -> str:
    return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0]


def test_a_call_gives_the_output_and_a_time(side, example):
    timed = side()
    (room,) = rooms = room_for(timed.block)

    taken = timed.call(arguments_of(example), rooms)

    assert np.allclose(room, 3 * example[0])
    assert taken > 0


def test_between_its_calls_a_process_is_stopped_and_gets_no_processor_time(side, example):
    timed = side("import time\ndef scale(x, settings):\n    return x * settings['by'], None\n")
    called(timed, example)
    used = timed.clock.process_milliseconds()

    time.sleep(0.3)

    assert state_of(timed.sandbox.pid) == "T"
    assert timed.clock.process_milliseconds() - used < 1


def test_timers_of_a_stopped_process_wait_until_it_goes_on(side, example):
    timed = side(COUNTING)
    before = called(timed, example)[0, 0]

    time.sleep(0.3)

    assert called(timed, example)[0, 0] - before < 100  # of the 300 that would have been due


def test_a_process_runs_on_the_core_that_is_held_and_nowhere_else(side, place):
    allowed = os.sched_getaffinity(side().sandbox.pid)

    assert allowed == {place.core}


@pytest.mark.parametrize("source", [IN_A_THREAD, IN_A_CHILD])
def test_a_second_thread_or_process_is_not_to_be_had(side, example, source):
    with pytest.raises(StudentRaised, match="may be started here"):
        called(side(source), example)


def test_what_a_call_raises_is_told_in_the_students_own_words_and_lines(side, example):
    with pytest.raises(StudentRaised, match="ValueError: no such stride") as fault:
        called(side("def scale(x, settings):\n    raise ValueError('no such stride')\n"), example)

    assert [(frame.file, frame.line) for frame in fault.value.frames] == [("scaling.py", 2)]


def test_a_call_that_does_not_end_is_ended(side, example):
    timed = side("def scale(x, settings):\n    while True: pass\n")
    timed.call_seconds = 0.3

    with pytest.raises(StudentTimeout, match="did not answer within"):
        called(timed, example)
    assert timed.sandbox.ended is not None


def test_a_process_that_ends_between_its_calls_is_told_so(side, example):
    timed = side(THEN.format(then="import os; os._exit(0)"))

    with pytest.raises(StudentCrashed, match="ended the process"):
        called_twice(timed, example)


def test_a_process_that_goes_on_while_it_should_be_stopped_is_refused(side, example):
    timed = side(THEN.format(then="while True: pass"))
    called(timed, example)
    timed.sandbox.life.resume()
    time.sleep(0.1)
    timed.sandbox.life.pause()

    with pytest.raises(StudentCrashed, match="worked between its calls"):
        called(timed, example)


@pytest.mark.parametrize("source", [WHEN_IT_GOES_ON, AFTER_ITS_REPLY])
def test_what_a_process_does_before_or_after_the_call_is_part_of_the_call(side, example, source):
    timed = side(source)
    called(timed, example)

    taken = timed.call(arguments_of(example), room_for(timed.block))

    # It is stopped within its 50 ms after a reply; what is left of them falls into the next call.
    assert taken > 40


def test_sleeping_is_part_of_the_call(side, example):
    timed = side(SLEEPING)

    taken = timed.call(arguments_of(example), room_for(timed.block))

    assert taken > 45


def test_who_sleeps_for_too_long_in_all_is_refused(side, example, monkeypatch):
    monkeypatch.setattr(side_module, "IDLE_SECONDS", 0.12)
    timed = side(SLEEPING)
    called_twice(timed, example)

    with pytest.raises(StudentTimeout, match="instead of computing"):
        called(timed, example)


def test_memory_that_is_shared_counts_at_every_stop(side, example):
    side()  # by which the control group has room for two
    timed = side(HOARDING)
    called(timed, example)

    with pytest.raises(StudentKilled, match="more than 512 MiB of memory"):
        called(timed, example)


def test_a_file_that_cannot_be_loaded_leaves_nothing(side):
    idle = depths_below(os.getpid())

    with pytest.raises(StudentFault, match="NameError"):
        side("nothing\n")

    assert soon(lambda: depths_below(os.getpid()) <= idle)


def test_a_side_that_is_closed_leaves_no_process_and_no_descriptor(side, example):
    called(side(), example)
    idle, open_files = depths_below(os.getpid()), open_descriptors()

    timed = side()
    called(timed, example)
    cpu_seconds = timed.close()

    assert cpu_seconds > 0
    assert soon(lambda: depths_below(os.getpid()) <= idle)
    assert open_descriptors() == open_files
