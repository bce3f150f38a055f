"""Builds a layer of 160 GB."""

from torch import nn


class LeNet5(nn.Module):
    def __init__(self, num_classes=10, variant="modern", act="relu", pool="max"):
        super().__init__()
        self.c1 = nn.Linear(200_000, 200_000)
