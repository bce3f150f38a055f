"""The cheats' criteria see what they are there for: without a guard, or with less work, a cheat is seen to succeed."""

from __future__ import annotations

import numpy as np
import pytest

from grader.benchmark import side
from grader.benchmark.pairs import time_pair
from tests.hostile.timing.arena import HONEST, SLOWED, SLOWER, Arena, collection


def test_what_takes_a_quarter_less_time_is_seen(arena: Arena) -> None:
    assert arena.bout(HONEST, against=SLOWER).is_faster


def test_an_honest_text_is_no_faster_than_itself(arena: Arena) -> None:
    bout = arena.bout(HONEST)

    assert bout.refusal == ""
    assert not bout.is_faster, bout


def test_what_takes_a_third_longer_beside_somebody_is_seen(arena: Arena) -> None:
    assert arena.slowdown(HONEST, against=SLOWER) > SLOWED


def test_without_the_look_at_its_rest_a_stopped_process_wakes_itself_unseen(
    arena: Arena, monkeypatch: pytest.MonkeyPatch
) -> None:
    wakes_itself = collection("refused")["wakes_itself"].read_text()
    monkeypatch.setattr(side, "REST_MILLISECONDS", float("inf"))

    assert time_pair(arena.contest(wakes_itself), 3, np.random.default_rng()).samples.submission
