"""LeNet-5: fill in the class."""

import torch
from torch import nn


class LeNet5(nn.Module):
    """LeNet-5 for images (N, 1, 32, 32): logits (N, num_classes).

    variant: "modern" or "1998"
    act: "relu" or "tanh", for the modern variant
    pool: "max" or "avg", for the modern variant

    The layers are named c1, s2, c3, s4, c5, f6 and out.
    """

    def __init__(self, num_classes: int = 10, variant: str = "modern", act: str = "relu", pool: str = "max") -> None:
        super().__init__()
        raise NotImplementedError("LeNet5 is still to be written")

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        raise NotImplementedError("LeNet5.forward is still to be written")
