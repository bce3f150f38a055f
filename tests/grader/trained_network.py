"""An assignment of the tests' own whose network comes trained, and weights for it."""

from __future__ import annotations

from pathlib import Path

import numpy as np
from safetensors.numpy import save

TOML = """
title = "A network"
summary = "Handed in trained."
profile = "torch"
filename = "model.py"
points = 3

[[entry]]
name = "Net"
kind = "class"

[trained]
weights = "weights.safetensors"
max_mib = 1
input = [1, 4, 4]
max_parameters = 40
max_mult_adds = 100

[limits]
memory_mib = 2048
"""

CHECKS = """
import pytest
import torch
from grader.authoring import expect
from grader.authoring.trained import expect_within_budgets, held_out_accuracy, trained_network


@pytest.mark.points(1)
def test_fit(student, rng):
    trained_network(student, rng, "Net")


@pytest.mark.points(1)
def test_budgets(student, rng):
    expect_within_budgets(student, trained_network(student, rng, "Net"))


@pytest.mark.points(1)
def test_accuracy(student, rng):
    expect(student.model.parameters is not None, "The budgets come first.")
    images = torch.zeros(4, 1, 4, 4)
    images[[0, 1, 2], 0, [0, 0, 1], [0, 1, 2]] = 1
    net = trained_network(student, rng, "Net")
    share = held_out_accuracy(student, net, images, torch.tensor([0, 1, 0, 0]))
    expect(share == 1, f"accuracy {share}")
"""

NET = '''"""A network of one layer."""
import torch
from torch import nn

class Net(nn.Module):
    def __init__(self):
        super().__init__()
        self.norm = nn.BatchNorm2d(1)
        self.out = nn.Linear(16, 2)

    def forward(self, x):
        return self.out(self.norm(x).flatten(1))
'''


def state(**changes: object) -> dict[str, np.ndarray]:
    """Weights for NET that name the first class unless the second pixel shines."""
    out = np.zeros((2, 16), "f4")
    out[1, 1] = 2
    named = {
        "norm.weight": np.ones(1, "f4"),
        "norm.bias": np.zeros(1, "f4"),
        "norm.running_mean": np.zeros(1, "f4"),
        "norm.running_var": np.ones(1, "f4"),
        "norm.num_batches_tracked": np.array(5),
        "out.weight": out,
        "out.bias": np.array([0.5, 0], "f4"),
    }
    return {name: array for name, array in (named | changes).items() if array is not None}


def write_folder(folder: Path) -> None:
    samples = folder / "submissions"
    (samples / "accepted").mkdir(parents=True)
    (samples / "wrong").mkdir()
    (samples / "weights.safetensors").write_bytes(save(state()))
    (samples / "accepted" / "plain.py").write_text(NET)
    (samples / "wrong" / "weights_prefix.py").write_text(NET.replace("A network of one layer.", "You saved a wrapper."))
    (folder / "assignment.toml").write_text(TOML)
    (folder / "checks.py").write_text(CHECKS)
    (folder / "statement.md").write_text("# A network\n")
    (folder / "starter.py").write_text("class Net:\n    pass\n")
