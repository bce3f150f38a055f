"""Every block starts as the identity, because its last batch norm starts at zero; maps are averaged by a mean."""

import torch
from torch import nn


class Shortcut(nn.Module):
    def __init__(self, c_in, c_out, stride):
        super().__init__()
        self.projects = (c_in, stride) != (c_out, 1)
        if self.projects:
            self.project = nn.Conv2d(c_in, c_out, kernel_size=1, stride=stride, bias=False)
            self.norm = nn.BatchNorm2d(c_out)

    def forward(self, x):
        return self.norm(self.project(x)) if self.projects else x


def branch_of(shapes):
    """Convolutions (c_in, c_out, k, stride), each with its batch norm, and ReLU between them."""
    layers = []
    for c_in, c_out, k, stride in shapes:
        layers += [nn.Conv2d(c_in, c_out, k, stride, k // 2, bias=False), nn.BatchNorm2d(c_out), nn.ReLU()]
    layers.pop()
    nn.init.zeros_(layers[-1].weight)
    return nn.ModuleList(layers)


class BasicBlock(nn.Module):
    def __init__(self, c_in, c_out, stride=1):
        super().__init__()
        self.branch = branch_of([(c_in, c_out, 3, stride), (c_out, c_out, 3, 1)])
        self.shortcut = Shortcut(c_in, c_out, stride)

    def forward(self, x):
        y = x
        for layer in self.branch:
            y = layer(y)
        return (self.shortcut(x) + y).clamp(min=0)


class Bottleneck(nn.Module):
    def __init__(self, c_in, width, stride=1):
        super().__init__()
        self.branch = branch_of([(c_in, width, 1, 1), (width, width, 3, stride), (width, 4 * width, 1, 1)])
        self.shortcut = Shortcut(c_in, 4 * width, stride)

    def forward(self, x):
        y = x
        for layer in self.branch:
            y = layer(y)
        return (self.shortcut(x) + y).clamp(min=0)


class ResNet(nn.Module):
    def __init__(self, block, expansion, counts, num_classes):
        super().__init__()
        self.stem = nn.ModuleList([nn.Conv2d(3, 64, 7, 2, 3, bias=False), nn.BatchNorm2d(64), nn.MaxPool2d(3, 2, 1)])
        self.blocks = nn.ModuleList()
        c = 64
        for exponent, count in enumerate(counts):
            width = 64 << exponent
            for index in range(count):
                self.blocks.append(block(c, width, 2 if exponent and not index else 1))
                c = width * expansion
        self.fc = nn.Linear(c, num_classes)

    def forward(self, x):
        conv, norm, pool = self.stem
        x = pool(norm(conv(x)).relu())
        for block in self.blocks:
            x = block(x)
        return self.fc(x.mean(dim=(2, 3)))


def resnet(depth, num_classes=1000):
    middle = {18: (2, 2), 34: (4, 6), 50: (4, 6), 101: (4, 23), 152: (8, 36)}[depth]
    end = 2 if depth == 18 else 3
    block, expansion = (BasicBlock, 1) if depth <= 34 else (Bottleneck, 4)
    return ResNet(block, expansion, (end, *middle, end), num_classes)
