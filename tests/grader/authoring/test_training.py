"""Training under a budget: the steps are torch's own Adam and SGD, and a loss that is no number ends it in words."""

from __future__ import annotations

import numpy as np
import pytest
import torch
from torch import nn
from torch.nn import functional as F  # noqa: N812 - its usual name

from grader.authoring import CheckFailed
from grader.authoring.training import Training, accuracy, figures
from tests.grader.authoring.here import Here


def network() -> nn.Module:
    torch.manual_seed(5)
    return nn.Sequential(nn.Conv2d(1, 3, 5, 4), nn.BatchNorm2d(3), nn.ReLU(), nn.Flatten(), nn.Linear(147, 10))


@pytest.mark.parametrize("momentum", [None, 0.9])
def test_the_steps_are_those_of_torch(momentum):
    images, labels = figures(np.random.default_rng(1), 40)
    ours, theirs = network(), network()
    training = Training(Here(), ours, images, labels, np.random.default_rng(7), rate=0.01, batch=16, momentum=momentum)
    losses = list(training.epochs(2)) + list(training.epochs(1))

    if momentum is None:
        optimizer = torch.optim.Adam(theirs.parameters(), lr=0.01)
    else:
        optimizer = torch.optim.SGD(theirs.parameters(), lr=0.01, momentum=momentum)
    generator, expected = torch.Generator().manual_seed(int(np.random.default_rng(7).integers(2**31))), []
    for _ in range(3):
        total = 0.0
        for chosen in torch.randperm(40, generator=generator).split(16):
            optimizer.zero_grad()
            loss = F.cross_entropy(theirs(images[chosen]), labels[chosen])
            loss.backward()
            optimizer.step()
            total += float(loss.detach()) * len(chosen)
        expected.append(total / 40)

    assert losses == training.losses == pytest.approx(expected, rel=1e-5)
    for own, other in zip(ours.parameters(), theirs.parameters(), strict=True):
        torch.testing.assert_close(own, other, rtol=1e-4, atol=1e-6)


def test_what_is_frozen_stays():
    images, labels = figures(np.random.default_rng(1), 20)
    net = network()
    net[0].requires_grad_(requires_grad=False)
    before = [p.clone() for p in net.parameters()]
    list(Training(Here(), net, images, labels, np.random.default_rng(0)).epochs(1))
    changed = [not torch.equal(p, was) for p, was in zip(net.parameters(), before, strict=True)]
    assert changed == [False, False, True, True, True, True]


def test_a_loss_beyond_all_numbers_is_said():
    images, labels = figures(np.random.default_rng(1), 20)
    net = network()
    with torch.no_grad():
        net[4].weight.fill_(float("nan"))
    with pytest.raises(CheckFailed, match="After 1 epochs the loss is nan: the weights have grown beyond all numbers"):
        list(Training(Here(), net, images, labels, np.random.default_rng(0)).epochs(1))


def test_accuracy_is_the_share_of_largest_logits():
    images, labels = figures(np.random.default_rng(1), 30)

    class Knows(nn.Module):
        def forward(self, x):
            return F.one_hot(torch.where(torch.arange(30) < 12, labels, (labels + 1) % 10), 10).float()

    assert accuracy(Here(), Knows(), images, labels) == pytest.approx(0.4)


def test_what_are_no_logits_is_said():
    images, labels = figures(np.random.default_rng(1), 30)
    with pytest.raises(CheckFailed, match=r"returns \(30, 1, 32, 32\) for 30 images; logits are one row an image"):
        accuracy(Here(), nn.Identity(), images, labels)
