"""Everything as functions of nn.Sequential and small modules; a dense block keeps a list of maps; widths by arithmetic."""

from collections import OrderedDict

import torch
import torch.nn as nn
import torch.nn.functional as F


class Conv(nn.Conv2d):
    """Same padding, no bias."""

    def __init__(self, c_in, c_out, k, s=1, groups=1):
        super().__init__(c_in, c_out, k, s, (k - 1) // 2, groups=groups, bias=False)


class DepthwiseSeparable(nn.Module):
    """Both convolutions first, both normalisations afterwards: another order of parameters."""

    def __init__(self, c_in, c_out, stride=1):
        super().__init__()
        self.convs = nn.ModuleList([Conv(c_in, c_in, 3, stride, groups=c_in), Conv(c_in, c_out, 1)])
        self.norms = nn.ModuleList([nn.BatchNorm2d(c_in), nn.BatchNorm2d(c_out)])

    def forward(self, x):
        for conv, norm in zip(self.convs, self.norms):
            x = norm(conv(x)).clamp(min=0)
        return x


def full_block(c_in, c_out, stride):
    return nn.Sequential(OrderedDict(conv=Conv(c_in, c_out, 3, stride), norm=nn.BatchNorm2d(c_out), act=nn.ReLU(True)))


class MobileNet(nn.Module):
    def __init__(self, full, alpha, num_classes):
        super().__init__()
        width = lambda n: int(n * alpha)  # noqa: E731
        block = full_block if full else DepthwiseSeparable
        self.stem = full_block(3, width(32), 2)
        self.body = nn.Sequential(block(width(32), width(64), 1))
        for n in (128, 256, 512, 1024):
            self.body.append(block(width(n // 2), width(n), 2))
            for _ in range(5 if n == 512 else 1):
                self.body.append(block(width(n), width(n), 1))
        self.dropout = nn.Dropout(0.001)
        self.fc = nn.Linear(width(1024), num_classes)

    def forward(self, x):
        return self.fc(self.dropout(self.body(self.stem(x)).mean(dim=(2, 3))))


def mobilenet_v1(full=False, alpha=1.0, num_classes=1000):
    return MobileNet(full, alpha, num_classes)


class DenseBlock(nn.Module):
    def __init__(self, c_in, n, growth=32):
        super().__init__()
        self.stages = nn.ModuleList()
        for c in range(c_in, c_in + n * growth, growth):
            first = [nn.BatchNorm2d(c), nn.ReLU(inplace=True), Conv(c, 4 * growth, 1)]
            second = [nn.BatchNorm2d(4 * growth), nn.ReLU(inplace=True), Conv(4 * growth, growth, 3)]
            self.stages.append(nn.Sequential(*first, *second))

    def forward(self, x):
        maps = [x]
        for stage in self.stages:
            maps.append(stage(torch.hstack(maps)))
        return torch.hstack(maps)


class Transition(nn.Sequential):
    def __init__(self, c_in):
        super().__init__(nn.BatchNorm2d(c_in), nn.ReLU(inplace=True), Conv(c_in, c_in // 2, 1), nn.AvgPool2d(2, 2))


class DenseNet(nn.Module):
    def __init__(self, blocks, growth, num_classes):
        super().__init__()
        c = 2 * growth
        self.stem = nn.Sequential(Conv(3, c, 7, 2), nn.BatchNorm2d(c), nn.ReLU(inplace=True), nn.MaxPool2d(3, 2, 1))
        self.body = nn.Sequential()
        for n in blocks:
            if len(self.body):
                self.body.append(Transition(c))
                c //= 2
            self.body.append(DenseBlock(c, n, growth))
            c += n * growth
        self.norm = nn.BatchNorm2d(c)
        self.classifier = nn.Linear(c, num_classes)

    def forward(self, x):
        x = F.relu(self.norm(self.body(self.stem(x))), inplace=True)
        return self.classifier(F.adaptive_avg_pool2d(x, (1, 1)).flatten(1))


def densenet(blocks=(6, 12, 24, 16), growth=32, num_classes=1000):
    return DenseNet(blocks, growth, num_classes)


def count_parameters(net):
    count = 0
    for _, tensor in net.named_parameters():
        count += tensor.numel() * tensor.requires_grad
    return int(count)


def small_net(num_classes=10):
    return nn.Sequential(
        full_block(1, 16, 2),
        DepthwiseSeparable(16, 40, 2),
        DepthwiseSeparable(40, 64),
        nn.AdaptiveAvgPool2d(1),
        nn.Flatten(),
        nn.Linear(64, num_classes),
    )
