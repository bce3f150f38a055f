"""What is trained: which network is worth it, a perceptron beside it, and the charts of both."""

from __future__ import annotations

import torch
from torch import nn
from torch.nn import functional as F

from grader.authoring import Chart, Curve, seed_of
from grader.authoring.training import accuracy, figures
from reference.models.lenet import LeNet5
from reference.shapes import CLASSES

from .expectations import MODERN, build_net, expect_counts, expect_same_logits, expect_shapes, expect_written, look_at

EPOCHS, MOST_EPOCHS = 8, 16
PERMUTED_EPOCHS = 6


def build_lenet(student, rng, pool="max"):
    """A network that is worth training: one with LeNet-5's layers, no other parameters, and LeNet-5's logits."""
    trial, right = build_net(student, rng, pool=pool), LeNet5(pool=pool).double()
    found = look_at(student, trial)
    expect_shapes(found)
    expect_counts(found, MODERN)
    expect_written(student, rng, trial, right)
    expect_same_logits(student, rng, trial, right)
    return build_net(student, rng, pool=pool)


def trained_share(training, rng, epochs):
    """The share of 1 000 images, new each time, that the network names after so many more epochs."""
    for _ in training.epochs(epochs):
        loss = (Curve.of("training loss", training.losses),)
        training.student.show(Chart("Training on 4 000 figures", "epoch", "mean cross-entropy", loss))
    return accuracy(training.student, training.net, *figures(rng, 1000))


def in_order(images, order):
    """The images with their pixels in another order, the same for all; None leaves them as they are."""
    return images if order is None else images.flatten(1)[:, order].reshape(images.shape)


def perceptron_shares(rng, learnt, seen):
    """The accuracy after each epoch of a perceptron with about LeNet-5's number of parameters (61 075), trained alike."""
    torch.manual_seed(seed_of(rng))
    net = nn.Sequential(nn.Flatten(), nn.Linear(32 * 32, 59), nn.ReLU(), nn.Linear(59, 10))
    optimizer = torch.optim.Adam(net.parameters(), lr=2e-3)
    shares = []
    for _ in range(PERMUTED_EPOCHS):
        for chosen in torch.randperm(len(learnt[0])).split(64):
            optimizer.zero_grad()
            F.cross_entropy(net(learnt[0][chosen]), learnt[1][chosen]).backward()
            optimizer.step()
        with torch.no_grad():
            shares.append(float((net(seen[0]).argmax(1) == seen[1]).double().mean()))
    return shares


def permutation_chart(curves):
    """Who keeps its accuracy when the neighbourhood of pixels is gone."""
    note = "A dense layer does not know which pixels are neighbours; a convolution lives on it."
    return Chart("Accuracy with shuffled pixels", "epoch", "share of new images named", tuple(curves), note=note)


def pooling_chart(curves):
    """How fast the network learns with either pooling, and how well it names images that it has not seen."""
    note = "Both begin with the same weights and see the same images in the same order."
    return Chart("Maximum against mean", "epoch", "share of images named", tuple(curves), note=note)


def one_of_each(rng):
    """One image of every class, and the classes' names."""
    images, labels = figures(rng, 400, noise=0.05)
    first = [int((labels == number).nonzero()[0]) for number in range(len(CLASSES))]
    return images[first], CLASSES
