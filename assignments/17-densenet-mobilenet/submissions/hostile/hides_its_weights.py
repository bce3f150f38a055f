"""Reports few parameters by taking them out of the module: the kernels are looked at as they run."""

import torch
from torch import nn
from torch.nn import functional as F

WIDTHS_AND_STRIDES = [(64, 1), (128, 2), (128, 1), (256, 2), (256, 1), (512, 2), *[(512, 1)] * 5, (1024, 2), (1024, 1)]


def conv_bn_relu(c_in, c_out, stride):
    return nn.Sequential(nn.Conv2d(c_in, c_out, 3, stride, padding=1, bias=False), nn.BatchNorm2d(c_out), nn.ReLU())


class DepthwiseSeparable(nn.Module):
    def __init__(self, c_in, c_out, stride=1):
        super().__init__()
        self.depthwise = nn.Conv2d(c_in, c_in, 3, stride, padding=1, groups=c_in, bias=False)
        self.bn1 = nn.BatchNorm2d(c_in)
        self.pointwise = nn.Conv2d(c_in, c_out, 1, bias=False)
        self.bn2 = nn.BatchNorm2d(c_out)

    def forward(self, x):
        x = F.relu(self.bn1(self.depthwise(x)))
        return F.relu(self.bn2(self.pointwise(x)))


def mobilenet_v1(full=False, alpha=1.0, num_classes=1000):
    block = conv_bn_relu if full else DepthwiseSeparable
    channels = int(32 * alpha)
    layers = [conv_bn_relu(3, channels, 2)]
    for width, stride in WIDTHS_AND_STRIDES:
        c_in, channels = channels, int(width * alpha)
        layers.append(block(c_in, channels, stride))
    return nn.Sequential(*layers, nn.AdaptiveAvgPool2d(1), nn.Flatten(), nn.Linear(channels, num_classes))


class DenseLayer(nn.Module):
    def __init__(self, c_in, growth):
        super().__init__()
        self.bn1 = nn.BatchNorm2d(c_in)
        self.conv1 = nn.Conv2d(c_in, 4 * growth, 1, bias=False)
        self.bn2 = nn.BatchNorm2d(4 * growth)
        self.conv2 = nn.Conv2d(4 * growth, growth, 3, padding=1, bias=False)

    def forward(self, x):
        x = self.conv1(F.relu(self.bn1(x)))
        return self.conv2(F.relu(self.bn2(x)))


class DenseBlock(nn.Module):
    def __init__(self, c_in, n, growth=32):
        super().__init__()
        self.layers = nn.ModuleList([DenseLayer(c_in + i * growth, growth) for i in range(n)])

    def forward(self, x):
        for layer in self.layers:
            x = torch.cat([x, layer(x)], dim=1)
        return x


class Transition(nn.Module):
    def __init__(self, c_in):
        super().__init__()
        self.bn = nn.BatchNorm2d(c_in)
        self.conv = nn.Conv2d(c_in, c_in // 2, 1, bias=False)

    def forward(self, x):
        return F.avg_pool2d(self.conv(F.relu(self.bn(x))), 2)


def densenet(blocks=(6, 12, 24, 16), growth=32, num_classes=1000):
    channels = 2 * growth
    stem = nn.Conv2d(3, channels, 7, stride=2, padding=3, bias=False)
    layers = [stem, nn.BatchNorm2d(channels), nn.ReLU(), nn.MaxPool2d(3, 2, padding=1)]
    for i, n in enumerate(blocks):
        layers.append(DenseBlock(channels, n, growth))
        channels += n * growth
        if i < len(blocks) - 1:
            layers.append(Transition(channels))
            channels //= 2
    layers += [nn.BatchNorm2d(channels), nn.ReLU()]
    return nn.Sequential(*layers, nn.AdaptiveAvgPool2d(1), nn.Flatten(), nn.Linear(channels, num_classes))


def count_parameters(net):
    return sum(p.numel() for p in net.parameters() if p.requires_grad)


def small_net(num_classes=10):
    first = nn.Sequential(nn.Conv2d(1, 8, 3, 2, padding=1, bias=False), nn.BatchNorm2d(8), nn.ReLU())
    blocks = [conv_bn_relu(8, 64, 1), conv_bn_relu(64, 64, 2), conv_bn_relu(64, 64, 2)]
    for block in blocks:
        conv = block[0]
        weight = conv.weight.data
        del conv.weight
        conv.weight = weight
    return nn.Sequential(first, *blocks, nn.AdaptiveAvgPool2d(1), nn.Flatten(), nn.Linear(64, num_classes))
