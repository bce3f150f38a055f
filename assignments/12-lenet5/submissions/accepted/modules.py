"""Modules all the way: C5 as a convolution, C3 of 1998 as sixteen small convolutions."""

import torch
from torch import nn

TABLE = [
    [0, 1, 2], [1, 2, 3], [2, 3, 4], [3, 4, 5], [0, 4, 5], [0, 1, 5],
    [0, 1, 2, 3], [1, 2, 3, 4], [2, 3, 4, 5], [0, 3, 4, 5], [0, 1, 4, 5], [0, 1, 2, 5],
    [0, 1, 3, 4], [1, 2, 4, 5], [0, 2, 3, 5],
    [0, 1, 2, 3, 4, 5],
]  # fmt: skip


class ScaledTanh(nn.Module):
    def forward(self, x):
        return 1.7159 * torch.tanh(2 * x / 3)


class Subsample(nn.Module):
    def __init__(self, maps):
        super().__init__()
        self.weight = nn.Parameter(torch.full((maps,), 0.25))
        self.bias = nn.Parameter(torch.zeros(maps))
        self.pool = nn.AvgPool2d(2, divisor_override=1)

    def forward(self, x):
        return self.pool(x) * self.weight.view(-1, 1, 1) + self.bias.view(-1, 1, 1)


class PartialConv(nn.Module):
    def __init__(self):
        super().__init__()
        self.convs = nn.ModuleList([nn.Conv2d(len(sources), 1, 5) for sources in TABLE])

    def forward(self, x):
        return torch.cat([conv(x[:, sources]) for conv, sources in zip(self.convs, TABLE)], dim=1)


class RBF(nn.Module):
    def __init__(self, classes):
        super().__init__()
        self.register_buffer("codes", torch.sign(torch.rand(classes, 84) - 0.5))

    def forward(self, x):
        return -(x.unsqueeze(1) - self.codes).pow(2).sum(-1)


class LeNet5(nn.Module):
    def __init__(self, num_classes=10, variant="modern", act="relu", pool="max"):
        super().__init__()
        old = variant == "1998"
        self.g = ScaledTanh() if old else nn.ReLU() if act == "relu" else nn.Tanh()
        self.after_pool = self.g if old else nn.Identity()
        pooling = nn.MaxPool2d if pool == "max" else nn.AvgPool2d
        self.c1 = nn.Conv2d(1, 6, 5)
        self.s2 = Subsample(6) if old else pooling(2)
        self.c3 = PartialConv() if old else nn.Conv2d(6, 16, 5)
        self.s4 = Subsample(16) if old else pooling(2)
        self.c5 = nn.Conv2d(16, 120, 5)
        self.f6 = nn.Linear(120, 84)
        self.out = RBF(num_classes) if old else nn.Linear(84, num_classes)

    def forward(self, x):
        x = self.after_pool(self.s2(self.g(self.c1(x))))
        x = self.after_pool(self.s4(self.g(self.c3(x))))
        x = self.g(self.c5(x)).flatten(1)
        return self.out(self.g(self.f6(x)))
