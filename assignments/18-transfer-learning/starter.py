"""Transfer learning: fill in the four functions. SmallCNN is the pretrained model's class; leave it as it is."""

import torch
from torch import nn


class SmallCNN(nn.Module):
    """The network that was trained before: normalised images (N, 1, 32, 32) to logits (N, num_classes).

    `mean` and `std` are those of the images that it was trained on: raw images are normalised by (x - mean) / std.
    """

    def __init__(self, num_classes: int = 6) -> None:
        super().__init__()
        self.register_buffer("mean", torch.zeros(()))
        self.register_buffer("std", torch.ones(()))
        layers = []
        channels = 1
        for maps in (8, 16, 32, 64):
            layers += [nn.Conv2d(channels, maps, 3, padding=1, bias=False), nn.BatchNorm2d(maps), nn.ReLU()]
            layers.append(nn.MaxPool2d(2))
            channels = maps
        self.features = nn.Sequential(*layers)
        self.pool = nn.AdaptiveAvgPool2d(1)
        self.fc = nn.Linear(64, num_classes)

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        return self.fc(self.pool(self.features(x)).flatten(1))


def make_extractor(model: SmallCNN) -> nn.Module:
    """The model without its classifier, for raw images (N, 1, 32, 32): features (N, 64). The model stays whole."""
    raise NotImplementedError("make_extractor is still to be written")


def freeze(m: nn.Module) -> nn.Module:
    """Keep m as it is, parameters and batch norm's statistics, whatever is trained; returns m."""
    raise NotImplementedError("freeze is still to be written")


def train_head(extractor: nn.Module, X: torch.Tensor, y: torch.Tensor, epochs: int = 100) -> nn.Linear:
    """A new linear head, trained on the frozen extractor's features of X (N, 1, 32, 32) and the labels y (N,).

    The labels are 0 to K - 1. Nothing in the extractor changes.
    """
    raise NotImplementedError("train_head is still to be written")


def fine_tune(
    extractor: nn.Module,
    head: nn.Linear,
    X: torch.Tensor,
    y: torch.Tensor,
    lr_base: float,
    lr_head: float,
    epochs: int,
) -> None:
    """Train extractor and head further, in place, by Adam: the extractor with lr_base, the head with lr_head.

    Both end in evaluation mode.
    """
    raise NotImplementedError("fine_tune is still to be written")
