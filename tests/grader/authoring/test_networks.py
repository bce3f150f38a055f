"""Networks compared by behaviour: what is counted, how weights are matched, and what a difference is called."""

from __future__ import annotations

import re
import resource
from functools import partial
from pathlib import Path

import numpy as np
import pytest
import torch
from torch import nn

from grader.authoring import CheckFailed
from grader.authoring.networks import (
    blank,
    build,
    called,
    drawn,
    expect_count,
    expect_gradients,
    expect_maps,
    expect_mult_adds,
    expect_same_outputs,
    running,
    running_of,
    tensors,
    tensors_of,
    write_weights,
)
from reference.models.catalogue import find
from reference.models.cost import count_parameters, mult_adds
from reference.models.resnet import BasicBlock, resnet
from reference.models.vgg import configuration, vgg
from tests.grader.authoring.here import Here


class Renamed(nn.Module):
    """A basic block as a student might write it: other names, and no module but the layers."""

    def __init__(self, c_in: int, c_out: int, stride: int = 1, kernel: int = 3) -> None:
        super().__init__()
        self.first = nn.Conv2d(c_in, c_out, kernel, stride, kernel // 2, bias=False)
        self.first_norm = nn.BatchNorm2d(c_out)
        self.second = nn.Conv2d(c_out, c_out, 3, padding=1, bias=False)
        self.second_norm = nn.BatchNorm2d(c_out)
        self.way = nn.Conv2d(c_in, c_out, 1, stride, bias=False)
        self.way_norm = nn.BatchNorm2d(c_out)

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        out = torch.relu(self.first_norm(self.first(x)))
        return torch.relu(self.second_norm(self.second(out)) + self.way_norm(self.way(x)))


@pytest.fixture
def rng() -> np.random.Generator:
    return np.random.default_rng(3)


def resident_mib() -> float:
    """What this process has of the memory."""
    return int(Path("/proc/self/statm").read_text().split()[1]) * resource.getpagesize() / 2**20


@pytest.mark.parametrize(
    "build_one",
    [
        pytest.param(lambda rng: blank(vgg, configuration(16)), id="ours"),
        pytest.param(lambda rng: build(Here(vgg=vgg), rng, "vgg", configuration(16), is_blank=True), id="a student's"),
    ],
)
def test_a_blank_network_takes_no_memory_before_it_is_read(rng, build_one):
    for _ in range(3):
        build_one(rng)
    before = resident_mib()
    nets = [build_one(rng) for _ in range(3)]
    assert sum(p.numel() for net in nets for p in net.parameters()) == 3 * 138_357_544
    assert resident_mib() - before < 200, "three times 528 MiB would be read"


def test_a_blank_networks_tensors_are_zeros_apart_from_each_other():
    net = blank(lambda: nn.Sequential(nn.Conv2d(3, 5, 3), nn.BatchNorm2d(5), nn.Linear(5, 2)))
    for number, tensor in enumerate(net.state_dict().values(), 1):
        assert not tensor.any(), "an earlier tensor's memory is another's too"
        tensor.fill_(number)
    assert net[1].num_batches_tracked.dtype == torch.int64
    assert all(parameter.requires_grad for parameter in net.parameters())


@pytest.mark.parametrize("name", ["lenet5", "alexnet", "googlenet", "resnet50", "densenet121", "mobilenet"])
def test_counts_are_those_of_the_references(name):
    architecture = find(name)
    net = blank(architecture.build)
    shape = architecture.input
    assert tensors_of(net).count == count_parameters(net)
    assert running_of(net.eval(), shape).mult_adds == mult_adds(net, shape)


def test_equal_networks_under_other_names_agree(rng):
    here, right = Here(Block=Renamed), BasicBlock(4, 6, 2)
    net = build(here, rng, "Block", 4, 6, 2)
    write_weights(here, rng, net, right)
    expect_same_outputs(here, net, right, torch.randn(3, 4, 9, 8), what="the block's output")
    expect_count(tensors(here, net), tensors_of(right))
    expect_mult_adds(running(here, net, (4, 9, 8)), running_of(right, (4, 9, 8)))
    expect_maps(running(here, net, (4, 9, 8)), running_of(right, (4, 9, 8)))


def test_names_are_not_among_what_diagnosis_compares(rng):
    here = Here(Block=Renamed)
    net = build(here, rng, "Block", 4, 6)
    found = tensors(here, net)
    assert found.parameters[0] == ("first.weight", (6, 4, 3, 3))
    write_weights(here, rng, net, BasicBlock(4, 6))
    assert "first" not in repr(here.asked[1:])


@pytest.mark.parametrize(
    ("args", "right", "told"),
    [
        (
            (4, 6, 1, 5),
            (4, 6),
            "Your parameter first.weight has shape (6, 4, 5, 5); the reference's branch.0.conv.weight has",
        ),
        ((4, 4), (4, 4), "Your parameter way.weight of shape (4, 4, 1, 1) (and 2 more) has no counterpart"),
    ],
)
def test_the_first_tensor_that_does_not_fit_is_named(rng, args, right, told):
    here = Here(Block=Renamed)
    with pytest.raises(CheckFailed, match=re.escape(told)):
        write_weights(here, rng, build(here, rng, "Block", *args), BasicBlock(*right))


def test_a_missing_tensor_is_named_with_its_place(rng):
    here = Here(make=partial(nn.Conv2d, 1, 2, 3, bias=False))
    with pytest.raises(CheckFailed, match=r"After weight a parameter of shape \(2,\) is missing; .* it is bias"):
        write_weights(here, rng, build(here, rng, "make"), nn.Conv2d(1, 2, 3))


def test_frozen_parameters_are_told(rng):
    right, own = nn.Linear(3, 2), nn.Linear(3, 2)
    own.bias.requires_grad_(requires_grad=False)
    with pytest.raises(CheckFailed, match=r"bias has requires_grad=False"):
        write_weights(Here(), rng, own, right)


def test_what_is_no_module_is_said(rng):
    with pytest.raises(CheckFailed, match=r"no nn\.Module"):
        tensors(Here(), [1, 2])


def test_other_behaviour_with_the_same_weights_is_seen(rng):
    class ReluFirst(Renamed):
        def forward(self, x):
            out = torch.relu(self.first_norm(self.first(x)))
            return torch.relu(self.second_norm(self.second(out))) + self.way_norm(self.way(x))

    net, right = ReluFirst(4, 6), BasicBlock(4, 6)
    write_weights(Here(), rng, net, right)
    with pytest.raises(CheckFailed, match="values differ"):
        expect_same_outputs(Here(), net, right, torch.randn(2, 4, 7, 7))


def test_dropout_is_left_out_on_both_sides_and_stays_in_the_network(rng):
    own = nn.Sequential(nn.Linear(8, 8), nn.Dropout(0.5))
    right = nn.Sequential(nn.Dropout(0.3), nn.Linear(8, 8))
    write_weights(Here(), rng, own, right)
    expect_same_outputs(Here(), own, right, torch.randn(4, 8), modes=("training",))
    own.train()
    assert (own(torch.ones(50, 8)) == 0).any()


def test_a_parameter_without_gradient_is_named(rng):
    class Detached(nn.Module):
        def __init__(self):
            super().__init__()
            self.body, self.head = nn.Linear(4, 4), nn.Linear(4, 3)

        def forward(self, x):
            return self.head(self.body(x).detach())

    with pytest.raises(CheckFailed, match=r"other than 0: body\.weight, body\.bias\."):
        expect_gradients(Here(), Detached(), torch.randn(5, 4), torch.tensor([0, 1, 2, 0, 1]))


def test_a_blank_network_has_the_shapes_and_zeros(rng):
    net = build(Here(resnet=resnet), rng, "resnet", 18, num_classes=7, is_blank=True)
    assert tensors_of(net) == tensors_of(resnet(18, 7))
    assert not any(p.any() for p in net.parameters())
    assert tuple(net.eval()(torch.ones(1, 3, 32, 32)).shape) == (1, 7)


def test_call_is_written_as_in_python():
    assert called("BasicBlock", 4, 6) == "BasicBlock(4, 6)"
    assert called("mobilenet_v1", alpha=0.25, full=True) == "mobilenet_v1(alpha=0.25, full=True)"
    assert called("Net") == "Net()"


def test_drawn_tensors_repeat_with_the_generator():
    first, second = (drawn(np.random.default_rng(5), 3, 2, 4) for _ in range(2))
    assert torch.equal(first, second)
    assert (first.dtype, tuple(first.shape)) == (torch.float32, (3, 2, 4))
