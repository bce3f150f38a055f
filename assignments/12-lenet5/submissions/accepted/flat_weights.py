"""C5 as a linear layer; C3 of 1998 as 1 500 weights that are put in their places of a full kernel."""

import torch
import torch.nn as nn
import torch.nn.functional as F


class TableConv(nn.Module):
    """A full convolution, most of whose kernel is filled from a vector of weights and the rest from zeros."""

    def __init__(self):
        super().__init__()
        connected = torch.zeros(16, 6, dtype=torch.bool)
        for j in range(6):
            for k in range(3):
                connected[j, (j + k) % 6] = True
            for k in range(4):
                connected[6 + j, (j + k) % 6] = True
        for j, sources in enumerate(((0, 1, 3, 4), (1, 2, 4, 5), (0, 2, 3, 5)), start=12):
            connected[j, list(sources)] = True
        connected[15] = True
        self.register_buffer("place", connected[:, :, None, None].expand(16, 6, 5, 5).flatten().nonzero().flatten())
        self.weight = nn.Parameter(torch.empty(len(self.place)).uniform_(-0.1, 0.1))
        self.bias = nn.Parameter(torch.zeros(16))

    def forward(self, x):
        kernel = torch.zeros(16 * 6 * 5 * 5, dtype=x.dtype).index_copy(0, self.place, self.weight)
        return F.conv2d(x, kernel.view(16, 6, 5, 5), self.bias)


class Subsampling(nn.Module):
    """One coefficient and one bias a map, as a grouped convolution with equal taps."""

    def __init__(self, channels):
        super().__init__()
        self.weight = nn.Parameter(torch.ones(channels) / 4)
        self.bias = nn.Parameter(torch.zeros(channels))

    def forward(self, x):
        taps = self.weight[:, None, None, None].expand(-1, 1, 2, 2)
        return F.conv2d(x, taps, self.bias, stride=2, groups=len(self.weight))


class Codes(nn.Module):
    def __init__(self, num_classes):
        super().__init__()
        self.register_buffer("codes", torch.where(torch.rand(num_classes, 84) < 0.5, -1.0, 1.0))

    def forward(self, x):
        # |x - c|² = |x|² - 2 x·c + |c|²
        return 2 * x @ self.codes.T - x.pow(2).sum(1, keepdim=True) - self.codes.pow(2).sum(1)


class LeNet5(nn.Module):
    def __init__(self, num_classes=10, variant="modern", act="relu", pool="max"):
        super().__init__()
        self.variant, self.act = variant, act
        self.c1 = nn.Conv2d(1, 6, kernel_size=5)
        self.c5 = nn.Linear(16 * 5 * 5, 120)
        self.f6 = nn.Linear(120, 84)
        if variant == "1998":
            self.s2, self.c3, self.s4, self.out = Subsampling(6), TableConv(), Subsampling(16), Codes(num_classes)
        else:
            self.s2 = self.s4 = {"max": nn.MaxPool2d, "avg": nn.AvgPool2d}[pool](kernel_size=2, stride=2)
            self.c3 = nn.Conv2d(6, 16, kernel_size=5)
            self.out = nn.Linear(84, num_classes)

    def squash(self, x):
        if self.variant == "1998":
            return 1.7159 * torch.tanh(x * (2 / 3))
        return F.relu(x) if self.act == "relu" else torch.tanh(x)

    def forward(self, x):
        for conv, pool in ((self.c1, self.s2), (self.c3, self.s4)):
            x = pool(self.squash(conv(x)))
            if self.variant == "1998":
                x = self.squash(x)
        x = self.squash(self.c5(x.reshape(len(x), -1)))
        x = self.squash(self.f6(x))
        return self.out(x)
