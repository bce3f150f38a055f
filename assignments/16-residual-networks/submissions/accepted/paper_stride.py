"""Sequences of layers as the paper has them: the bottleneck's stride is in its first 1x1 convolution (version 1)."""

import torch.nn as nn
import torch.nn.functional as F


def conv(c_in, c_out, k, stride=1):
    return [nn.Conv2d(c_in, c_out, k, stride, padding=(k - 1) // 2, bias=False), nn.BatchNorm2d(c_out)]


class Residual(nn.Module):
    """A branch and a shortcut; the input is left as it is, the branch's own output may be added to in place."""

    def __init__(self, branch, c_in, c_out, stride):
        super().__init__()
        self.branch = nn.Sequential(*branch)
        same = c_in == c_out and stride == 1
        self.shortcut = nn.Sequential() if same else nn.Sequential(*conv(c_in, c_out, 1, stride))

    def forward(self, x):
        out = self.branch(x)
        out += self.shortcut(x)
        return F.relu(out, inplace=True)


class BasicBlock(Residual):
    def __init__(self, c_in, c_out, stride=1):
        branch = [*conv(c_in, c_out, 3, stride), nn.ReLU(inplace=True), *conv(c_out, c_out, 3)]
        super().__init__(branch, c_in, c_out, stride)


class Bottleneck(Residual):
    def __init__(self, c_in, width, stride=1):
        first = [*conv(c_in, width, 1, stride), nn.ReLU(inplace=True)]
        second = [*conv(width, width, 3), nn.ReLU(inplace=True)]
        super().__init__([*first, *second, *conv(width, width * 4, 1)], c_in, width * 4, stride)


def stage(block, c_in, width, count, stride):
    c_out = width if block is BasicBlock else 4 * width
    return nn.Sequential(block(c_in, width, stride), *(block(c_out, width) for _ in range(count - 1)))


def resnet(depth, num_classes=1000):
    counts = {18: (2, 2, 2, 2), 34: (3, 4, 6, 3), 50: (3, 4, 6, 3), 101: (3, 4, 23, 3), 152: (3, 8, 36, 3)}[depth]
    block, e = (Bottleneck, 4) if depth >= 50 else (BasicBlock, 1)
    return nn.Sequential(
        nn.Sequential(*conv(3, 64, 7, 2), nn.ReLU(inplace=True), nn.MaxPool2d(3, 2, 1)),
        stage(block, 64, 64, counts[0], 1),
        stage(block, 64 * e, 128, counts[1], 2),
        stage(block, 128 * e, 256, counts[2], 2),
        stage(block, 256 * e, 512, counts[3], 2),
        nn.AdaptiveAvgPool2d((1, 1)),
        nn.Flatten(),
        nn.Linear(512 * e, num_classes),
    )
