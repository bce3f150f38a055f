"""Layers are assigned before nn.Module's own __init__ has run."""

from torch import nn


class BasicBlock(nn.Module):
    def __init__(self, c_in, c_out, stride=1):
        self.conv1 = nn.Conv2d(c_in, c_out, 3, stride, padding=1, bias=False)


class Bottleneck(nn.Module):
    def __init__(self, c_in, width, stride=1):
        self.conv1 = nn.Conv2d(c_in, width, 1, bias=False)


def resnet(depth, num_classes=1000):
    return nn.Sequential(BasicBlock(3, 64, 2), nn.AdaptiveAvgPool2d(1), nn.Flatten(), nn.Linear(64, num_classes))
