"""The networks of both sides, what must hold before an experiment counts, and the experiment itself."""

from __future__ import annotations

import torch

from grader.authoring import Chart, Curve, expect, expect_close, seed_of
from grader.authoring.training import accuracy
from reference.models.transfer import SmallCNN, make_extractor

from . import inside
from .data import NEW, OLD, five_clouds, task, weights_of

PASS = 0.7


class Experiment:
    """Accuracy over epochs of several ways to train on the same few images, shown as it grows."""

    def __init__(self, student, rng, images, labels, unseen, truth):
        self.student, self.rng = student, rng
        self.images, self.labels, self.unseen, self.truth = images, labels, unseen, truth
        self.measured = {}

    def measure(self, name, epoch, extractor, head):
        """The accuracy on new images now, as one more point of a curve."""
        share = accuracy(self.student, self.student.run(inside.JOIN, extractor, head), self.unseen, self.truth)
        self.measured.setdefault(name, []).append((epoch, share))
        curves = tuple(
            Curve.of(each, [share for _, share in at], [epoch for epoch, _ in at]) for each, at in self.measured.items()
        )
        title = "Ten labels a class: accuracy on new images"
        note = (
            "The pretrained base knows edges and corners already; forty images are too few to learn them from scratch."
        )
        self.student.show(Chart(title, "epochs", "accuracy", curves, limit=PASS, note=note))
        return share

    def train(self, name, extractor, head, lr_base, lr_head):
        """Forty epochs of the student's fine_tune, ten at a time, the first ten in two parts."""
        share, done = self.measure(name, 0, extractor, head), 0
        for epochs in (5, 5, 10, 10, 10):
            given = (self.images, self.labels, lr_base, lr_head, epochs, seed_of(self.rng))
            self.student.run(inside.FINE_TUNE, extractor, head, *given)
            done += epochs
            share = self.measure(name, done, extractor, head)
        return share


def pretrained_extractor(student, rng, base):
    """The student's extractor of the pretrained base, which freezing and a new head leave as it was."""
    extractor = student.make_extractor(student.run(inside.MODEL, base.state_dict(), len(OLD)))
    images, labels = task(rng, 4, 2)
    student.run(inside.SEEDED_HEAD, extractor, images, labels, 1, seed_of(rng))
    got = student.run(inside.FEATURES, extractor, images)
    expect(got is not None, "make_extractor returns no nn.Module.")
    with torch.no_grad():
        expected = make_extractor(base)(images)
    limit = 1e-3 * float(expected.abs().max())
    expect_close(got, expected, rtol=0.0, atol=limit, what="the frozen features")
    return extractor


def expect_learnt(student, rng):
    """What a head leaves as it was, and what form it has, counts where it has learnt something at all."""
    weight, images, labels, unseen, truth = five_clouds(rng)
    logits = student.run(inside.HEAD_NAMES, weight, images, labels, unseen, seed_of(rng))
    told = "train_head returns no nn.Module that gives a row of logits for each row of features."
    expect(getattr(logits, "ndim", 0) == 2 and len(logits) == len(truth), told)
    share = float((torch.as_tensor(logits).argmax(1) == truth).double().mean())
    told = f"It names {share:.0%} of new features in five clouds far apart; here 75% would do."
    expect(share >= 0.75, f"This counts for a head that has learnt something. {told}")


def expect_tunes(student, rng):
    """Only a fine_tune that trains all of the network is worth the experiment."""
    images, labels = task(rng, 2, 5)
    found = student.run(inside.TUNED, our_extractor(student, rng), images, labels, 2, 1e-3, 1e-2, 1, seed_of(rng))
    moves = all(name in found["moved"][part] for part, names in found["parameters"].items() for name in names)
    told = "The experiment is made with a fine_tune that trains all weights and goes through all images: see above."
    expect(moves and found["seen"] == len(images), told)


def untrained(rng, base):
    """A network that has learnt nothing; its images are normalised as the base's."""
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(seed_of(rng))
        net = SmallCNN(len(NEW))
    net.mean.copy_(base.mean)
    net.std.copy_(base.std)
    return net


def small_cnn(student, rng):
    """A SmallCNN with random weights, ours and the same in the sandbox."""
    right = weights_of(rng)
    return right, student.run(inside.MODEL, right.state_dict(), 6)


def our_extractor(student, rng):
    """Our own extractor of a random SmallCNN, in the sandbox."""
    return student.run(inside.OUR_EXTRACTOR, weights_of(rng).state_dict(), 6)
