"""A small assignment whose check trains a network, draws its loss while it does, and shows its feature maps."""

from __future__ import annotations

from pathlib import Path

NAME = "91-tiny-network"
TITLE = "Tiny network"
EPOCHS = 6
FIGURES = ("square", "disc", "tri_up")
TOML = f"""
title = "{TITLE}"
summary = "A small network that learns."
profile = "torch"
filename = "tiny.py"
points = 2

[[entry]]
name = "Tiny"
kind = "class"

[limits]
check_seconds = 20
total_seconds = 90
memory_mib = 2048
"""
CHECKS = f"""
import pytest
import torch

from grader.authoring import Chart, Curve, expect
from grader.authoring.feature_maps import feature_maps
from grader.authoring.networks import build
from grader.authoring.training import Training, figures

FIGURES = {FIGURES}


@pytest.mark.points(1)
@pytest.mark.undiagnosed
@pytest.mark.seconds(60)
@pytest.mark.title("It learns three figures")
def test_learns(student, rng):
    net = build(student, rng, "Tiny")
    training = Training(student, net, *figures(rng, 96, classes=FIGURES), rng, rate=1e-2, batch=32)
    for _ in training.epochs({EPOCHS}):
        student.show(
            Chart(
                "Training", "epoch", "mean loss (nats)", (Curve.of("training loss", training.losses),), limit=1.0,
                note="It goes down while the network learns.",
            )
        )
    images = torch.cat([figures(rng, 1, classes=(name,))[0] for name in FIGURES])
    student.show(feature_maps(student, net, images, FIGURES, ("first", "second", "out"), title="What it sees"))
    expect(training.losses[-1] < training.losses[0], "The loss does not go down.")


@pytest.mark.points(1)
@pytest.mark.hidden
@pytest.mark.undiagnosed
def test_secret(student, rng):
    student.show(Chart("Secret", "x", "y", (Curve.of("secret", [1.0, 2.0]),)))
    build(student, rng, "Tiny")
"""
ACCEPTED = '''"""Two convolutions and a linear layer."""

from torch import nn


class Tiny(nn.Module):
    def __init__(self):
        super().__init__()
        self.first = nn.Sequential(nn.Conv2d(1, 6, 5, stride=2), nn.ReLU())
        self.second = nn.Conv2d(6, 16, 3, stride=2)
        self.out = nn.Linear(16 * 6 * 6, 3)

    def forward(self, x):
        return self.out(self.second(self.first(x)).relu().flatten(1))
'''
SLOW = f"""{ACCEPTED}

import time

_quick = Tiny.forward


def _forward(self, x):
    time.sleep(0.15 if self.training else 0)
    return _quick(self, x)


Tiny.forward = _forward
"""
"""There is something to watch while it trains."""


def write_tiny_network(root: Path) -> Path:
    """The assignment's folder, below `root`."""
    folder = root / NAME
    samples = folder / "submissions" / "accepted"
    samples.mkdir(parents=True)
    (samples / "plain.py").write_text(ACCEPTED)
    (folder / "assignment.toml").write_text(TOML)
    (folder / "checks.py").write_text(CHECKS)
    (folder / "statement.md").write_text("# Tiny network\n")
    (folder / "starter.py").write_text("from torch import nn\n\n\nclass Tiny(nn.Module):\n    pass\n")
    return folder
