"""What the checks draw: figures with few labels, clouds of features, networks with random weights."""

from __future__ import annotations

import numpy as np
import torch

from grader.authoring import seed_of
from grader.authoring.training import figures
from reference.models.transfer import SmallCNN

OLD = ("ring", "square", "tri_up", "tri_down", "cross", "hbar")
NEW = ("disc", "frame", "plus", "vbar")
NOISE = 0.3


def weights_of(rng):
    """A SmallCNN whose weights, statistics and normalisation are random."""
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(seed_of(rng))
        net = SmallCNN(6)
        with torch.no_grad():
            for name, value in net.state_dict().items():
                if name.endswith(("running_var", "std")):
                    value.copy_(torch.empty_like(value).uniform_(0.3, 0.9))
                elif name.endswith(("running_mean", "mean", "bias")):
                    value.copy_(torch.empty_like(value).uniform_(0.05, 0.4))
    return net.eval()


def task(rng, classes, labels_each):
    """So many images of each of the new figures, and their labels, in random order."""
    images, labels = figures(rng, 60 * classes, NOISE, classes=NEW[:classes] if classes <= 4 else (*NEW, "ring"))
    chosen = torch.cat([(labels == label).nonzero()[:labels_each, 0] for label in range(classes)])
    chosen = chosen[torch.from_numpy(rng.permutation(len(chosen)))]
    return images[chosen], labels[chosen]


def five_clouds(rng):
    """The weight (64, 1024) of a linear extractor, 40 images of five patterns with labels, and 200 new ones."""
    weight = torch.from_numpy(rng.normal(size=(64, 1024)) / 32).float()
    patterns = rng.normal(size=(5, 1, 32, 32))
    return weight, *clouds(rng, patterns, 8), *clouds(rng, patterns, 40)


def clouds(rng, patterns, each):
    """Noisy copies of patterns (K, 1, 32, 32), as many of each, and which pattern each shows."""
    labels = rng.permutation(np.repeat(np.arange(len(patterns)), each))
    images = patterns[labels] + rng.normal(size=(len(labels), *patterns.shape[1:])) / 2
    return torch.from_numpy(images).float(), torch.from_numpy(labels)


def named(features, weight, bias, truth):
    """The share of features whose largest logit is their class's."""
    logits = features @ torch.as_tensor(weight).T + torch.as_tensor(bias)
    return float((logits.argmax(1) == truth).double().mean())
