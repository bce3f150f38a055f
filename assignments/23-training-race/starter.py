"""A training race: fill in the network and its training."""

import torch
from torch import nn


class Net(nn.Module):
    """Names letters: images (N, 1, 32, 32) to logits (N, 10)."""

    def __init__(self) -> None:
        super().__init__()
        raise NotImplementedError("Net is still to be written")

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        raise NotImplementedError("Net.forward is still to be written")


def train(images: torch.Tensor, labels: torch.Tensor, seed: int) -> nn.Module:
    """Train a new network on images (N, 1, 32, 32), float32, and their labels (N,), int64, from 0 to 9; return it.

    All that is random must follow from `seed`.
    """
    raise NotImplementedError("train is still to be written")
