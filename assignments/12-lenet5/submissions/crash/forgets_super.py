"""Layers are assigned before nn.Module's own __init__ has run."""

from torch import nn


class LeNet5(nn.Module):
    def __init__(self, num_classes=10, variant="modern", act="relu", pool="max"):
        self.c1 = nn.Conv2d(1, 6, 5)
        self.out = nn.Linear(84, num_classes)
