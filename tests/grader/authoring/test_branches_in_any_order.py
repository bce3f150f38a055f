"""Weights written in any order: branches side by side may be created as their author likes."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
import torch
from torch import nn

from grader.authoring import CheckFailed
from grader.authoring import networks as authoring
from tests.grader.authoring.here import Here


class Branches(nn.Module):
    """Two branches whose biases are equally long, created in the order of `kernels`; the 1×1 comes out first."""

    def __init__(self, *kernels: int) -> None:
        super().__init__()
        self.convs = nn.ModuleDict({str(kernel): nn.Conv2d(2, 3, kernel, padding="same") for kernel in kernels})

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        return torch.cat([self.convs["1"](x), self.convs["3"](x)], dim=1)


@pytest.fixture
def student() -> Any:
    return Here()


@pytest.fixture
def rng() -> np.random.Generator:
    return np.random.default_rng(5)


def outputs(*nets: nn.Module) -> list[torch.Tensor]:
    x = torch.randn(2, 2, 4, 5, generator=torch.Generator().manual_seed(1))
    return [net(x) for net in nets]


def test_branches_created_in_another_order_give_the_same(student: Any, rng: np.random.Generator) -> None:
    net, right = Branches(3, 1), Branches(1, 3)
    authoring.write_weights(student, rng, net, right, in_any_order=True)
    torch.testing.assert_close(*outputs(net, right))


def test_without_it_another_order_is_told(student: Any, rng: np.random.Generator) -> None:
    with pytest.raises(CheckFailed, match=r"in the reference it is convs\.1\.weight"):
        authoring.write_weights(student, rng, Branches(3, 1), Branches(1, 3))


def test_branches_of_different_shapes_still_differ_when_exchanged(student: Any, rng: np.random.Generator) -> None:
    net, right = Branches(3, 1), Branches(1, 3)
    authoring.write_weights(student, rng, net, right, in_any_order=True)
    own, ours = outputs(net, right)
    assert not torch.allclose(own.roll(3, dims=1), ours)


def test_layers_in_a_row_have_weights_of_their_own(student: Any, rng: np.random.Generator) -> None:
    net, right = (nn.Sequential(nn.Linear(3, 3), nn.Linear(3, 3)) for _ in range(2))
    authoring.write_weights(student, rng, net, right)
    assert not torch.equal(net[0].weight, net[1].weight)
    assert torch.equal(net[1].weight, right[1].weight)
