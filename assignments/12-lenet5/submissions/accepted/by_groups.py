"""C3 of 1998 by the number of its sources, with gathered channels and grouped convolutions; layers wrapped in Sequential."""

import torch
from torch import nn

THREE = [[j, (j + 1) % 6, (j + 2) % 6] for j in range(6)]
FOUR = [[j, (j + 1) % 6, (j + 2) % 6, (j + 3) % 6] for j in range(6)] + [[0, 1, 3, 4], [1, 2, 4, 5], [0, 2, 3, 5]]


class C3(nn.Module):
    def __init__(self):
        super().__init__()
        self.three = nn.Conv2d(18, 6, 5, groups=6)
        self.four = nn.Conv2d(36, 9, 5, groups=9)
        self.all = nn.Conv2d(6, 1, 5)

    def forward(self, x):
        threes = self.three(x[:, sum(THREE, [])])
        fours = self.four(x[:, sum(FOUR, [])])
        return torch.hstack([threes, fours, self.all(x)])


class SumPool(nn.Module):
    def __init__(self, maps):
        super().__init__()
        self.weight = nn.Parameter(torch.rand(maps) / 2)
        self.bias = nn.Parameter(torch.zeros(maps))

    def forward(self, x):
        total = x[..., ::2, ::2] + x[..., ::2, 1::2] + x[..., 1::2, ::2] + x[..., 1::2, 1::2]
        return total * self.weight[None, :, None, None] + self.bias[None, :, None, None]


class Distances(nn.Module):
    def __init__(self, classes):
        super().__init__()
        self.register_buffer("codes", torch.randint(0, 2, (classes, 84)).float() * 2 - 1)

    def forward(self, x):
        return torch.stack([-((x - code) ** 2).sum(dim=1) for code in self.codes], dim=1)


class LeNet5(nn.Module):
    def __init__(self, num_classes=10, variant="modern", act="relu", pool="max"):
        super().__init__()
        self.c1 = nn.Sequential(nn.Conv2d(1, 6, 5))
        self.c5 = nn.Sequential(nn.Flatten(), nn.Linear(400, 120))
        self.f6 = nn.Linear(120, 84)
        if variant == "1998":
            self.s2, self.c3, self.s4, self.out = SumPool(6), C3(), SumPool(16), Distances(num_classes)
            self.order = "c1 g s2 g c3 g s4 g c5 g f6 g out".split()
            self.g = lambda x: 1.7159 * torch.tanh(2.0 / 3.0 * x)
        else:
            pooling = nn.MaxPool2d(2) if pool == "max" else nn.AvgPool2d(2)
            self.s2, self.c3, self.s4 = pooling, nn.Conv2d(6, 16, 5), pooling
            self.out = nn.Linear(84, num_classes)
            self.order = "c1 g s2 c3 g s4 c5 g f6 g out".split()
            self.g = torch.relu if act == "relu" else torch.tanh

    def forward(self, x):
        for name in self.order:
            x = getattr(self, name)(x)
        return x
