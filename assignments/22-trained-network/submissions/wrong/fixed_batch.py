"""You fixed the batch size in forward: let the first dimension be as it comes, with flatten(1) or -1."""

import torch
from torch import nn


def layer(inputs, outputs, kernel, stride=1, groups=1):
    convolution = nn.Conv2d(inputs, outputs, kernel, stride, kernel // 2, groups=groups, bias=False)
    return nn.Sequential(convolution, nn.BatchNorm2d(outputs), nn.ReLU())


def separable(inputs, outputs, stride=1):
    return nn.Sequential(layer(inputs, inputs, 3, stride, groups=inputs), layer(inputs, outputs, 1))


class Net(nn.Module):
    def __init__(self):
        super().__init__()
        self.maps = nn.Sequential(layer(1, 8, 5, 2), separable(8, 16), separable(16, 24, 2), separable(24, 32, 2))
        self.out = nn.Linear(32, 10)

    def forward(self, x):
        return self.out(self.maps(x).reshape(100, 32, 16).mean(2))
