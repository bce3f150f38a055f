"""A small timed assignment, and its sides on a core that is held meanwhile."""

from __future__ import annotations

import tempfile
from collections.abc import Callable, Iterator
from contextlib import ExitStack

import numpy as np
import pytest

from grader.benchmark.cores import held_core
from grader.benchmark.side import Place, Side
from grader.benchmark.work import Expected, Work
from grader.contract import Assignment, load_assignment
from tests.grader.conftest import write_assignment

TOML = """
title = "Scaling"
summary = "A multiple of the input."
profile = "numpy"
filename = "scaling.py"
points = 5

[[entry]]
name = "scale"

[limits]
check_seconds = 2
cpu_seconds = 20
memory_mib = 512
"""

HONEST = "def scale(x, settings):\n    return x * settings['by'], None\n"


@pytest.fixture
def scaling(tmp_path) -> Assignment:
    return load_assignment(write_assignment(tmp_path, toml=TOML, name="92-scaling"))


@pytest.fixture
def work() -> Work:
    return Work(
        entry="scale",
        shape="64×1024, float32",
        draw=lambda rng: (rng.standard_normal((64, 1024), dtype=np.float32), {"by": np.full((1, 1), 3, np.float32)}),
        expected=lambda arguments: (Expected(3 * arguments[0].astype(np.float64), np.abs(arguments[0])),),
        picks=(0,),
        operations=65536.0,
        bytes_moved=524288.0,
    )


@pytest.fixture
def example(work):
    return work.draw(np.random.default_rng(0))


@pytest.fixture
def own_locks(tmp_path, monkeypatch) -> None:
    """Cores that are held by nobody but this test: it waits for no other timing on this machine."""
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    monkeypatch.setenv("TMPDIR", str(tmp_path))


@pytest.fixture
def place(bubblewrap, own_locks) -> Iterator[Place]:
    with held_core() as core:
        yield Place(bubblewrap, core)


@pytest.fixture
def side(scaling, work, example, place) -> Iterator[Callable[..., Side]]:
    """Starts the side of a text; all are closed after the test."""
    with ExitStack() as opened:

        def start(source: str = HONEST) -> Side:
            started = Side(scaling, {"scaling.py": source}, work, example, place)
            opened.callback(started.close)
            return started

        yield start
