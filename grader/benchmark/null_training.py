"""The protocol's own cost of a race: what a training takes that learns nothing, and whose network names nothing."""

from __future__ import annotations

from grader.benchmark.machine import ours
from grader.benchmark.race import Data, Race
from grader.benchmark.side import Place
from grader.benchmark.training_side import Racer, run_lap
from grader.contract import Assignment

NULL = """
import torch
from torch import nn


class {network}(nn.Module):
    def __init__(self):
        super().__init__()
        self.numbers = nn.Parameter(torch.zeros({numbers}))

    def forward(self, images):
        return torch.zeros(len(images), {classes})


def {entry}(images, labels, seed):
    return {network}()
"""


def null_milliseconds(assignment: Assignment, race: Race, data: Data, numbers: int, place: Place) -> float:
    """Milliseconds of one such training of a network with so many numbers. Raises SandboxFailure."""
    classes = int(data.labels.max()) + 1
    source = NULL.format(network=race.network, entry=race.entry, numbers=numbers, classes=classes)
    with ours("a training that learns nothing"):
        return run_lap(assignment, Racer({assignment.filename: source}, numbers), data, 0, place, race).milliseconds
