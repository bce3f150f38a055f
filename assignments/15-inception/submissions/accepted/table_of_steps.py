"""Convolutions kept by what they read, and the whole network as a list of steps read from a table."""

import torch
from torch import nn

WIDTHS = """
3a 192 64 96 128 16 32 32
3b 256 128 128 192 32 96 64
-
4a 480 192 96 208 16 48 64
*
4b 512 160 112 224 24 64 64
4c 512 128 128 256 24 64 64
4d 512 112 144 288 32 64 64
*
4e 528 256 160 320 32 128 128
-
5a 832 256 160 320 32 128 128
5b 832 384 192 384 48 128 128
"""


class Inception(nn.Module):
    def __init__(self, c_in, c1, c3r, c3, c5r, c5, pool_proj):
        super().__init__()
        self.on_input = nn.ModuleList(nn.Conv2d(c_in, width, 1) for width in (c1, c3r, c5r))
        self.on_pooled = nn.Conv2d(c_in, pool_proj, 1)
        self.wide = nn.ModuleList([nn.Conv2d(c3r, c3, 3, 1, 1), nn.Conv2d(c5r, c5, 5, 1, 2)])
        self.pool = nn.MaxPool2d(3, 1, 1)

    def forward(self, x):
        one, *reduced = (conv(x).relu() for conv in self.on_input)
        wide = [conv(each).relu() for conv, each in zip(self.wide, reduced)]
        return torch.cat([one, *wide, self.on_pooled(self.pool(x)).relu()], dim=1)


class AuxHead(nn.Sequential):
    def __init__(self, c_in, num_classes=1000):
        super().__init__(
            nn.AvgPool2d(5, 3),
            nn.AdaptiveAvgPool2d((4, 4)),
            nn.Conv2d(c_in, 128, 1),
            nn.ReLU(inplace=True),
            nn.Flatten(),
            nn.Linear(2048, 1024),
            nn.ReLU(inplace=True),
            nn.Dropout(0.7),
            nn.Linear(1024, num_classes),
        )


class GoogLeNet(nn.Module):
    def __init__(self, num_classes=1000, aux=True):
        super().__init__()
        steps = [nn.Conv2d(3, 64, 7, 2, 3), nn.ReLU(), nn.MaxPool2d(3, 2, ceil_mode=True)]
        steps += [nn.Conv2d(64, 64, 1), nn.ReLU(), nn.Conv2d(64, 192, 3, 1, 1), nn.ReLU()]
        steps += [nn.MaxPool2d(3, 2, ceil_mode=True)]
        for line in WIDTHS.split("\n")[1:-1]:
            if line == "-":
                steps.append(nn.MaxPool2d(3, 2, ceil_mode=True))
            elif line == "*":
                width = sum(widths[i] for i in (1, 3, 5, 6))
                steps += [AuxHead(width, num_classes)] if aux else []
            else:
                widths = [int(word) for word in line.split()[1:]]
                steps.append(Inception(*widths))
        steps += [nn.AdaptiveAvgPool2d(1), nn.Flatten(), nn.Dropout(0.4), nn.Linear(1024, num_classes)]
        self.steps = nn.ModuleList(steps)

    def forward(self, x):
        heads = []
        for step in self.steps:
            if not isinstance(step, AuxHead):
                x = step(x)
            elif self.training:
                heads.append(step(x))
        return (x, *heads) if heads else x


def total_loss(outs, y, w=0.3):
    loss = nn.CrossEntropyLoss()
    if isinstance(outs, tuple | list):
        return loss(outs[0], y) + w * loss(outs[1], y) + w * loss(outs[2], y)
    return loss(outs, y)
