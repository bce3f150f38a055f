"""Networks of ours that are trained before a check begins: once in the life of a process, on the judge's side."""

from __future__ import annotations

import copy
from collections.abc import Callable
from functools import lru_cache

import numpy as np
import torch
from torch import nn

from grader.authoring.training import figures

Train = Callable[[torch.Tensor, torch.Tensor], nn.Module]


def pretrained(train: Train, classes: tuple[str, ...], n: int = 2000, noise: float = 0.3, seed: int = 1) -> nn.Module:
    """What `train(images, labels)` makes of `n` figures of these classes: a fresh copy, always with the same weights.

    `train` is a function of a module, such as those of `reference.models`: it is called once for the same arguments.
    torch's global generator is seeded for it, and then as it was.
    """
    return copy.deepcopy(_trained(train, classes, n, noise, seed))


@lru_cache(maxsize=4)
def _trained(train: Train, classes: tuple[str, ...], n: int, noise: float, seed: int) -> nn.Module:
    images, labels = figures(np.random.default_rng(seed), n, noise, classes=classes)
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(seed)
        return train(images, labels)
