"""The cheats' criteria see what they are there for: without a guard, or with less work, a cheat is seen to succeed."""

from __future__ import annotations

import subprocess
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import numpy as np
import pytest

from grader.benchmark import side
from grader.benchmark.pairs import time_pair
from grader.sandbox import bubblewrap, seccomp_filter
from tests.hostile.timing.arena import HONEST, SLOWED, SLOWER, Arena, collection

WAKES_ITSELF = collection("refused")["wakes_itself"]


@pytest.fixture
def lenient(arena: Arena, tmp_path: Path) -> Iterator[Arena]:
    """An arena whose system call filter lets timers through that can send any signal."""
    text = Path(seccomp_filter.__file__).read_text()
    program = tmp_path / "lenient_filter.py"
    allowed = text.replace(" timer_create ", " ").replace("time times", "time times timer_create timer_settime")
    program.write_text(allowed)
    launcher = bubblewrap.Bubblewrap()
    launcher.filter = subprocess.run([bubblewrap.SYSTEM_PYTHON, "-I", program], capture_output=True, check=True).stdout
    with closing(launcher):
        yield Arena(launcher, tmp_path, arena.place.core)


def test_what_takes_a_quarter_less_time_is_seen(arena: Arena) -> None:
    assert arena.bout(HONEST, against=SLOWER).is_faster


def test_an_honest_text_is_no_faster_than_itself(arena: Arena) -> None:
    bout = arena.bout(HONEST)

    assert bout.refusal == ""
    assert not bout.is_faster, bout


def test_what_takes_a_third_longer_beside_somebody_is_seen(arena: Arena) -> None:
    assert arena.slowdown(HONEST, against=SLOWER) > SLOWED


def test_with_a_timer_a_stopped_process_wakes_itself_and_is_seen(lenient: Arena) -> None:
    assert "worked between its calls" in lenient.bout(WAKES_ITSELF.read_text()).refusal


def test_without_the_look_at_its_rest_it_goes_unseen(lenient: Arena, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(side, "REST_MILLISECONDS", float("inf"))

    assert time_pair(lenient.contest(WAKES_ITSELF.read_text()), 3, np.random.default_rng()).samples.submission
