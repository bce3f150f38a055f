"""Checks of a trained network: its weights fit it, it keeps to the budgets, and it names images that it never saw."""

from __future__ import annotations

import numpy as np
import pytest
import torch

from grader.authoring import CheckFailed, case, expect, expect_close, expect_shape
from grader.authoring.networks import predict
from grader.authoring.trained import expect_within_budgets, held_out_accuracy, trained_network
from grader.authoring.training import accuracy, figures

NOISE = 0.3
HELD_OUT = 2000
LEVELS = (0.60, 0.80, 0.90, 0.95)
MEAN, DEVIATION = 0.12, 0.38
"""Of the pixels of such images, about."""

FEW = 500
"""Images on which an explanation is tried."""

GAIN = 0.1
"""What an explanation must add to the accuracy; less noise helps every network, and must add more."""

GAIN_OF_LESS_NOISE = 0.35


@pytest.mark.points(1)
@pytest.mark.title("The weights are finite, and each has its place in the network")
def test_fit(student, rng):
    trained_network(student, rng, "Net")


@pytest.mark.points(1)
@pytest.mark.title("At most 10 000 parameters, and 1 000 000 mult-adds for an image")
def test_budgets(student, rng):
    expect_within_budgets(student, trained_network(student, rng, "Net"))


@pytest.mark.points(1)
@pytest.mark.title("Ten logits for each image, the same whatever is beside it")
def test_logits(student, rng):
    net, (images, _) = trained_network(student, rng, "Net"), figures(rng, 7, noise=NOISE)
    together = predict(student, net, images, seed=1)
    expect(
        np.shape(together)[1:] != (11,), "Each image has 11 outputs; there are ten figures.", lesson="eleven_classes"
    )
    expect_shape(together, (7, 10), what="the logits of seven images")
    again = predict(student, net, images, seed=2)
    expect_close(again, together, rtol=0, atol=1e-4, what="the logits, asked for once more")
    alone = predict(student, net, images, chunk=1)
    expect_close(alone, together, rtol=1e-3, atol=1e-3, what="the logits of each image alone")


@pytest.mark.parametrize(
    ("level", "below"),
    [
        case(f"{level:.0%}".rstrip("%"), title, points, level, below)
        for level, below, points, title in (
            (LEVELS[0], 0.0, 2.0, "Names 60% of 2 000 images that it never saw"),
            (LEVELS[1], LEVELS[0], 1.5, "Names 80% of them"),
            (LEVELS[2], LEVELS[1], 1.5, "Names 90% of them"),
            (LEVELS[3], LEVELS[2], 2.0, "Names 95% of them"),
        )
    ],
)
def test_accuracy(student, rng, level, below):
    share = student.model.accuracy
    net = images = labels = None
    if share is None:
        net, (images, labels) = trained_network(student, rng, "Net"), figures(rng, HELD_OUT, noise=NOISE)
        expect_within_budgets(student, net)
        share = held_out_accuracy(student, net, images, labels)
    if share >= level:
        return
    lesson, told = "", ""
    if share >= below:  # the first level that is missed: the others are missed for the same reason
        if net is None:
            net, (images, labels) = trained_network(student, rng, "Net"), figures(rng, FEW, noise=NOISE)
        lesson, told = explanation(student, rng, net, images[:FEW], labels[:FEW], share)
    message = f"The network names {share:.1%} of {HELD_OUT:,} new images; {level:.0%} is expected here.{told}"
    raise CheckFailed(message, lesson=lesson)


def explanation(student, rng, net, images, labels, share):
    """The lesson of what raises the accuracy, and how far it does, in words; both empty where nothing is known."""
    tried = {
        "standardised": ("on standardised images", (images - MEAN) / DEVIATION),
        "bright_pixels": ("on images whose pixels are multiplied by 255", images * 255),
        "upside_down": ("on images turned upside down", images.flip(2)),
    }
    found = {}
    for lesson, (where, changed) in tried.items():
        found[lesson] = (where, accuracy(student, net, changed, labels), GAIN)
    fresh, truth = figures(rng, FEW, noise=0.05)
    found["less_noise"] = ("on images with noise 0.05", accuracy(student, net, fresh, truth), GAIN_OF_LESS_NOISE)
    found["other_order"] = (
        "when its outputs are put into another order",
        reordered(student, net, images, labels),
        GAIN,
    )
    # Last, for it changes the running statistics.
    by_batch = torch.as_tensor(predict(student, net, images, 100, training=True)).argmax(1)
    named = float((by_batch == labels).double().mean())
    found["unsettled_statistics"] = ("in training mode, by the statistics of each batch", named, GAIN)
    explaining = {lesson: found[lesson] for lesson in found if found[lesson][1] >= share + found[lesson][2]}
    if explaining:
        lesson = max(explaining, key=lambda name: explaining[name][1])
        where, raised, _ = explaining[lesson]
        return lesson, f" It names {raised:.1%} {where}."
    if share <= 0.2:
        return "untrained", " By chance it would be 10%."
    return ("learnt_by_heart", "") if share < LEVELS[1] else ("", "")


def reordered(student, net, images, labels):
    """The accuracy when each output stands for the figure that it is largest for, where that is another one for each."""
    answers = torch.as_tensor(predict(student, net, images)).argmax(1)
    counts = torch.zeros(10, 10)
    for answer, label in zip(answers.tolist(), labels.tolist(), strict=True):
        counts[answer, label] += 1
    order = counts.argmax(1)
    if len(set(order.tolist())) < 10:
        return 0.0
    return float((order[answers] == labels).double().mean())
