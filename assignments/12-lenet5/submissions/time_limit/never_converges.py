"""Trains itself in its constructor until it is perfect, which never happens."""

import torch
from torch import nn


class LeNet5(nn.Module):
    def __init__(self, num_classes=10, variant="modern", act="relu", pool="max"):
        super().__init__()
        self.c1 = nn.Conv2d(1, 6, 5)
        loss = torch.tensor(1.0)
        while loss > 0:
            loss = self.c1(torch.randn(8, 1, 32, 32)).pow(2).mean() + 1
