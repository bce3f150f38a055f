"""What the benchmark.py of a training benchmark says: the data of one race, the target, and what bounds a network."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from grader.benchmark.load import GRADED, load_benchmark
from grader.contract import BENCHMARK_FILE, Assignment, AssignmentError


@dataclass(frozen=True, slots=True)
class Data:
    """One race's data: what is trained on, and what the trained network must name.

    Images are float32 (N, C, H, W), labels int64 (N,), which count the classes from 0.
    """

    images: npt.NDArray[np.float32]
    labels: npt.NDArray[np.int64]
    test_images: npt.NDArray[np.float32]
    test_labels: npt.NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class Race:
    """Training against the clock.

    `entry` is the submission's function `(images, labels, seed) -> network`, `network` its class of networks, which is
    built without arguments. `draw` gives fresh data, of the same shapes each time. Classes must be new in each, or a
    network that was trained beforehand would name them. `target` is the accuracy on the test images that a training
    must reach, and `may_miss` how many of the `seeds` trainings need not. `most_numbers` bounds the floating-point
    numbers of a network, running statistics included, and `most_bytes` the submission's files, compressed: what is
    stored in them was not learnt here. `shape` says in words what is learnt.
    """

    entry: str
    network: str
    shape: str
    draw: Callable[[np.random.Generator], Data]
    target: float
    seeds: int = 6
    may_miss: int = 1
    most_numbers: int = 100_000
    most_bytes: int = 2_500


def load_race(assignment: Assignment, case: str = GRADED) -> Race:
    """What is trained. Raises AssignmentError where the assignment has no such benchmark or not this case."""
    if assignment.benchmark is None or assignment.benchmark.kind != "training":
        raise AssignmentError(f"{assignment.id} has no training benchmark")
    if case != GRADED:
        raise AssignmentError(f"{assignment.id} has no case {case!r}; a training benchmark has {GRADED} alone")
    made: Any = getattr(load_benchmark(assignment), "race", None)
    race = made() if callable(made) else None
    if not isinstance(race, Race):
        raise AssignmentError(f"{assignment.id}/{BENCHMARK_FILE}: race() must return a Race")
    return race
