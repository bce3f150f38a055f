"""Every hostile submission gains nothing, tells nothing, leaves nothing, and the next honest one has full marks.

The whole collection is graded twice by one worker, in an order drawn anew, with an honest submission after each.
STRIDE_HOSTILE_SEED repeats an order, STRIDE_HOSTILE_ROUNDS sets how often.
"""

from __future__ import annotations

import json
import os
import random
import secrets
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from grader.contract import Result, Status, Verdict
from grader.sandbox.wire import MEMORY_OF_HEADER, clean
from tests.hostile.remains import (
    Memory,
    control_groups,
    depths_below,
    fingerprint,
    marked_files,
    marked_processes,
    soon,
    writable_places,
)
from tests.hostile.worker import Worker, collection

# Processes that share a run (pytest-xdist) must agree on what is in it.
RUN = int(os.environ.get("PYTEST_XDIST_TESTRUNUID") or secrets.token_hex(4), 16) % 2**32
SEED = int(os.environ.get("STRIDE_HOSTILE_SEED") or RUN)
ROUNDS = int(os.environ.get("STRIDE_HOSTILE_ROUNDS") or 2)
FEWEST = 90
CUT_MARK_BYTES = 200
RETURNED_MIB = 8
MOST_MIB = MEMORY_OF_HEADER / 2**20 + 3 * RETURNED_MIB + 32
"""What the judge may take while it reads the worst answer (`grader.sandbox.wire`), and what grading takes itself."""

COLLECTION = collection()


def in_random_order() -> list[Any]:
    """The collection, each round in an order of its own."""
    dice = random.Random(SEED)
    orders = [dice.sample(sorted(COLLECTION), len(COLLECTION)) for _ in range(ROUNDS)]
    numbered = [(number, name) for number, order in enumerate(orders, 1) for name in order]
    return [pytest.param(COLLECTION[name], id=f"{number}-{name}") for number, name in numbered]


@pytest.fixture(autouse=True)
def say_how_to_repeat(request: pytest.FixtureRequest) -> None:
    """Beside a failure stands the order in which it came about."""
    request.node.add_report_section("setup", "order", f"STRIDE_HOSTILE_SEED={SEED} repeats the order of this run")


@pytest.fixture(scope="module", autouse=True)
def nothing_changes() -> Iterator[None]:
    """Compares NumPy and the standard library before the run with what they are after it."""
    folders = [Path(np.__file__).parent, Path(os.__file__).parent / "json"]
    before = [fingerprint(folder) for folder in folders]
    yield
    assert [fingerprint(folder) for folder in folders] == before


@pytest.mark.parametrize("path", in_random_order())
def test_hostile_submission_gains_nothing_and_harms_nobody(path: Path, worker: Worker) -> None:
    planted = fingerprint(worker.canaries.root)
    memory = Memory()

    result = worker.attacked_by(path)

    assert result.verdict is not Verdict.INTERNAL_ERROR, result.worker
    assert result.score == 0.0
    assert_everything_is_said_cleanly(result)
    assert memory.peak() <= MOST_MIB
    assert worker.canaries.leaks(result) == []
    assert worker.canaries.listeners.heard == []
    assert soon(lambda: depths_below(os.getpid()) <= worker.idle), depths_below(os.getpid())
    assert marked_processes(worker.canaries.mark) == []
    assert marked_files(worker.canaries.mark, writable_places(worker.canaries.assignment.folder)) == []
    assert fingerprint(worker.canaries.root) == planted
    assert soon(lambda: len(control_groups()) <= worker.idle_groups), control_groups()

    honest = worker.honest()
    assert honest.score == honest.max_score, honest.to_dict()
    assert worker.canaries.secret["neighbour"] in honest.stdout


def assert_everything_is_said_cleanly(result: Result) -> None:
    """Every lost check says why, in text that any page and terminal takes, within the limits of output."""
    assert result.checks
    for check in result.checks:
        assert check.status is not Status.PASSED
        assert check.message
        assert clean(check.message) == check.message
        assert clean(check.diagnosis) == check.diagnosis
    assert clean(result.stdout) == result.stdout
    assert len(result.stdout.encode()) <= len(result.checks) * (3 * 256 * 1024 + CUT_MARK_BYTES)
    json.dumps(result.to_dict(), allow_nan=False).encode()


def test_every_hostile_submission_says_what_it_tries_and_what_success_would_be() -> None:
    for name, path in COLLECTION.items():
        assert "Success: " in path.read_text().splitlines()[0], name
    assert len(COLLECTION) >= FEWEST
