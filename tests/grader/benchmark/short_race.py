"""A race that takes a second: few letters under little noise, and an honest training of them."""

from __future__ import annotations

from pathlib import Path

import numpy as np

from grader.benchmark.race import Data, Race
from grader.contract import Assignment, load_assignment
from reference.alphabets import make_alphabet, write_letters

TRAINING, TEST, TARGET = 600, 300, 0.7

HONEST = """
import torch
from torch import nn
from torch.nn import functional as F


class Net(nn.Module):
    def __init__(self):
        super().__init__()
        self.conv1 = nn.Conv2d(1, 12, 5, stride=2, padding=2)
        self.norm1 = nn.BatchNorm2d(12)
        self.conv2 = nn.Conv2d(12, 32, 5, padding=2)
        self.norm2 = nn.BatchNorm2d(32)
        self.out = nn.Linear(32, 10)

    def forward(self, x):
        x = F.relu(self.norm1(self.conv1(F.avg_pool2d(x, 2))))
        return self.out(F.relu(self.norm2(self.conv2(x))).amax((2, 3)))


def fit(net, images, labels):
    net.train()
    optimizer = torch.optim.Adam(net.parameters(), lr=8e-3)
    for chosen in torch.randperm(len(images)).repeat(2).split(20):
        optimizer.zero_grad()
        F.cross_entropy(net(images[chosen]), labels[chosen]).backward()
        optimizer.step()


def train(images, labels, seed):
    torch.manual_seed(seed)
    net = Net()
    fit(net, images, labels)
    return net
"""

TOML = """
title = "A short race"
summary = "Train."
profile = "torch"
filename = "race.py"
points = 12

[[entry]]
name = "Net"
kind = "class"

[[entry]]
name = "train"

[limits]
memory_mib = 2048

[benchmark]
kind = "training"
reference = "plain"

[[benchmark.tier]]
name = "gold"
at_least = 0.2
points = 2
"""

BENCHMARK = """
from tests.grader.benchmark.short_race import RACE


def race():
    return RACE
"""


def draw(rng: np.random.Generator) -> Data:
    alphabet = make_alphabet(rng)
    return Data(*write_letters(alphabet, TRAINING, rng, noise=0.1), *write_letters(alphabet, TEST, rng, noise=0.1))


RACE = Race(
    entry="train",
    network="Net",
    shape="few letters",
    draw=draw,
    target=TARGET,
    seeds=2,
    may_miss=0,
    most_numbers=50_000,
)


def write_race(folder: Path) -> Assignment:
    """The race as an assignment's folder, without any check."""
    (folder / "submissions" / "accepted").mkdir(parents=True)
    texts = {"assignment.toml": TOML, "benchmark.py": BENCHMARK, "submissions/accepted/plain.py": HONEST}
    for name, text in (texts | dict.fromkeys(("statement.md", "starter.py", "checks.py"), "")).items():
        (folder / name).write_text(text)
    return load_assignment(folder)
