"""Builds a layer of 160 GB in every block and network."""

from torch import nn


class BasicBlock(nn.Module):
    def __init__(self, c_in, c_out, stride=1):
        super().__init__()
        self.conv1 = nn.Linear(200_000, 200_000)


class Bottleneck(BasicBlock):
    pass


def resnet(depth, num_classes=1000):
    return BasicBlock(3, num_classes)
