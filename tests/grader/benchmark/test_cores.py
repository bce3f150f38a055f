"""The core that a timing has to itself, and the time that is counted on it."""

from __future__ import annotations

import os
import subprocess
import sys
import time

import pytest

from grader.benchmark import cores
from grader.benchmark.cores import CoreTime, held_core
from grader.benchmark.side import arguments_of, room_for

TAKEN_BY_ANOTHER = """
import sys
from grader.benchmark.cores import held_core
with held_core() as core:
    print(core, flush=True)
    sys.stdin.read()
"""
BURNER = "import os, sys\nos.sched_setaffinity(0, {int(sys.argv[1])})\nprint(flush=True)\nwhile True: pass\n"


def program(source: str, *arguments: str) -> subprocess.Popen:
    command = [sys.executable, "-c", source, *arguments]
    return subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)


pytestmark = pytest.mark.usefixtures("own_locks")


@pytest.fixture
def only_core():
    """One core that this test may use alone."""
    before = os.sched_getaffinity(0)
    core = max(before)
    os.sched_setaffinity(0, {core})
    yield core
    os.sched_setaffinity(0, before)


def test_a_core_is_held_by_one_timing_alone(only_core, monkeypatch):
    with program(TAKEN_BY_ANOTHER) as other:
        assert int(other.stdout.readline()) == only_core
        monkeypatch.setattr(cores.time, "sleep", lambda _: other.stdin.close())
        with held_core() as core:
            assert core == only_core
            assert other.wait(5) == 0


def test_the_caller_runs_on_the_core_meanwhile_and_has_its_own_back():
    before = os.sched_getaffinity(0)

    with held_core() as core:
        assert os.sched_getaffinity(0) == {core}

    assert os.sched_getaffinity(0) == before


def test_the_core_is_given_back_after_an_exception(only_core):
    with pytest.raises(KeyError), held_core():
        raise KeyError

    assert os.sched_getaffinity(0) == {only_core}
    with program(TAKEN_BY_ANOTHER) as other:
        assert int(other.stdout.readline()) == only_core
        other.stdin.close()


def test_two_timings_take_two_cores():
    if len(os.sched_getaffinity(0)) < 2:
        pytest.skip("this machine has one core")
    with program(TAKEN_BY_ANOTHER) as other:
        first = int(other.stdout.readline())
        with held_core() as second:
            assert second != first
        other.stdin.close()


def test_the_time_of_a_call_does_not_hold_what_other_programs_take(side, place, example):
    timed = side("import time\ndef scale(x, settings):\n" + SPIN)
    alone = counted_and_wall(timed, example)

    with program(BURNER, str(place.core)) as burner:
        burner.stdout.readline()
        beside = counted_and_wall(timed, example)
        burner.kill()

    assert beside[1] / beside[0] > 1.4
    assert beside[0] / alone[0] < 1.3


SPIN = """
    until = time.thread_time() + 0.05
    while time.thread_time() < until:
        pass
    return x * settings['by'], None
"""


def counted_and_wall(timed, example):
    """Medians of what was counted and of what a clock on the wall says, in seconds."""
    counted, wall = [], []
    for _ in range(5):
        began = time.perf_counter()
        counted.append(timed.call(arguments_of(example), room_for(timed.block)) / 1000)
        wall.append(time.perf_counter() - began)
    return sorted(counted)[2], sorted(wall)[2]


@pytest.mark.parametrize(
    ("sizes", "expected"),
    [(["32K", "1024K", "32768K"], 32), (["512K", "98304K"], 96), (["48K", "2048K"], 32), (["4194304K"], 128), ([], 32)],
)
def test_the_last_cache_is_what_the_kernel_says_within_bounds(tmp_path, monkeypatch, sizes, expected):
    for number, size in enumerate(sizes):
        folder = tmp_path / "cpu0" / "cache" / f"index{number}"
        folder.mkdir(parents=True)
        (folder / "size").write_text(f"{size}\n")
    monkeypatch.setattr(cores, "CACHES", tmp_path)

    assert cores.last_cache.__wrapped__() == expected << 20


def test_where_the_kernel_does_not_count_the_wall_clock_is_read(monkeypatch):
    monkeypatch.setattr(cores.os, "pread", lambda *_: b"0 0 0\n")

    clock = CoreTime(os.getpid())

    assert not clock.is_counted
    before = clock.moment()
    time.sleep(0.01)
    assert clock.spent(before, clock.moment(), 0).counted >= 9


def test_the_time_of_a_process_that_has_ended_is_no_number():
    with program("import sys; print(flush=True); sys.stdin.read()") as other:
        other.stdout.readline()
        clock = CoreTime(other.pid)
        assert clock.process_milliseconds() > 0
        other.stdin.close()
        other.wait()

        with pytest.raises(ProcessLookupError):
            clock.moment()
        clock.close()
