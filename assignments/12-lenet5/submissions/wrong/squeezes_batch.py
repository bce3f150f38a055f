"""A squeeze drops the batch dimension of a single image too: flatten from dimension 1 instead."""

import torch
from torch import nn
from torch.nn import functional as F

TABLE = [
    *([0, 1, 2], [1, 2, 3], [2, 3, 4], [3, 4, 5], [0, 4, 5], [0, 1, 5]),
    *([0, 1, 2, 3], [1, 2, 3, 4], [2, 3, 4, 5], [0, 3, 4, 5], [0, 1, 4, 5], [0, 1, 2, 5]),
    *([0, 1, 3, 4], [1, 2, 4, 5], [0, 2, 3, 5]),
    [0, 1, 2, 3, 4, 5],
]


def scaled_tanh(x):
    return 1.7159 * torch.tanh(2 / 3 * x)


class Subsampling(nn.Module):
    def __init__(self, maps):
        super().__init__()
        self.weight = nn.Parameter(torch.full((maps,), 0.25))
        self.bias = nn.Parameter(torch.zeros(maps))

    def forward(self, x):
        return 4 * F.avg_pool2d(x, 2) * self.weight[:, None, None] + self.bias[:, None, None]


class PartialConv(nn.Module):
    def __init__(self):
        super().__init__()
        self.maps = nn.ModuleList(nn.Conv2d(len(sources), 1, 5) for sources in TABLE)

    def forward(self, x):
        return torch.cat([conv(x[:, sources]) for conv, sources in zip(self.maps, TABLE)], dim=1)


class RadialBasis(nn.Module):
    def __init__(self, classes):
        super().__init__()
        self.register_buffer("codes", torch.randint(0, 2, (classes, 84)) * 2.0 - 1.0)

    def forward(self, x):
        return -((x[:, None] - self.codes) ** 2).sum(2)


class LeNet5(nn.Module):
    def __init__(self, num_classes=10, variant="modern", act="relu", pool="max"):
        super().__init__()
        self.old = variant == "1998"
        self.act = scaled_tanh if self.old else {"relu": F.relu, "tanh": torch.tanh}[act]
        pooling = {"max": nn.MaxPool2d, "avg": nn.AvgPool2d}[pool]
        self.c1 = nn.Conv2d(1, 6, 5)
        self.s2 = Subsampling(6) if self.old else pooling(2)
        self.c3 = PartialConv() if self.old else nn.Conv2d(6, 16, 5)
        self.s4 = Subsampling(16) if self.old else pooling(2)
        self.c5 = nn.Conv2d(16, 120, 5)
        self.f6 = nn.Linear(120, 84)
        self.out = RadialBasis(num_classes) if self.old else nn.Linear(84, num_classes)

    def forward(self, x):
        x = self.s2(self.act(self.c1(x)))
        if self.old:
            x = self.act(x)
        x = self.s4(self.act(self.c3(x)))
        if self.old:
            x = self.act(x)
        x = self.act(self.c5(x))
        x = x.squeeze()
        x = self.act(self.f6(x))
        return self.out(x)
