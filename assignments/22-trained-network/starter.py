"""A trained network: fill in the class, train it at home, and hand it in with its weights."""

import torch
from torch import nn


class Net(nn.Module):
    """A network for images (N, 1, 32, 32) of ten figures: logits (N, 10)."""

    def __init__(self) -> None:
        super().__init__()
        raise NotImplementedError("Net is still to be written")

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        raise NotImplementedError("Net.forward is still to be written")
