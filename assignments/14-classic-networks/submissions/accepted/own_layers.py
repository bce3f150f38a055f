"""Modules with layers of their own: response normalisation by hand, poolings that are padded where they cut a window."""

from collections import Counter

import torch
import torch.nn as nn
import torch.nn.functional as F


class ResponseNorm(nn.Module):
    """b = a / (k + alpha (sum of a² over n neighbouring maps))^beta."""

    def __init__(self, n=5, k=2.0, alpha=1e-4, beta=0.75):
        super().__init__()
        self.n, self.k, self.alpha, self.beta = n, k, alpha, beta

    def forward(self, a):
        reach, maps = self.n // 2, a.shape[1]
        squares = F.pad(a.square(), (0, 0, 0, 0, reach, reach))
        total = sum(squares[:, shift : shift + maps] for shift in range(self.n))
        return a * (self.k + self.alpha * total) ** -self.beta


class CeilPool(nn.Module):
    """3x3 maxima, two apart; a window that is cut off at the right or lower edge counts."""

    def forward(self, x):
        height, width = x.shape[-2:]
        x = F.pad(x, (0, (width - 3) % 2, 0, (height - 3) % 2), value=-torch.inf)
        return F.max_pool2d(x, 3, 2)


class Convolutions(nn.Module):
    """The rows of a paper's table: (kernels, side, settings), a pooling, or a normalisation."""

    def __init__(self, in_ch, rows):
        super().__init__()
        self.layers = nn.ModuleList()
        for row in rows:
            if isinstance(row, nn.Module):
                self.layers.append(row)
            else:
                kernels, side, settings = row
                self.layers.append(nn.Conv2d(in_ch, kernels, side, **settings))
                in_ch = kernels

    def forward(self, x):
        for layer in self.layers:
            x = layer(x)
            if isinstance(layer, nn.Conv2d):
                x = F.relu(x)
        return x


class Classic(nn.Module):
    def __init__(self, in_ch, rows, maps, side, num_classes):
        super().__init__()
        self.features = Convolutions(in_ch, rows)
        self.to_side = nn.AdaptiveAvgPool2d(side)
        self.fc6 = nn.Linear(maps * side * side, 4096)
        self.fc7 = nn.Linear(4096, 4096)
        self.fc8 = nn.Linear(4096, num_classes)
        self.dropout = nn.Dropout()

    def forward(self, x):
        x = torch.flatten(self.to_side(self.features(x)), 1)
        x = self.dropout(F.relu(self.fc6(x)))
        x = self.dropout(F.relu(self.fc7(x)))
        return self.fc8(x)


def same(**more):
    return {"padding": "same", **more}


def alexnet(num_classes=1000, groups=2, lrn=True):
    norm = [ResponseNorm()] if lrn else []
    rows = [
        *((96, 11, {"stride": 4}), *norm, nn.MaxPool2d(3, 2)),
        *((256, 5, same(groups=groups)), *norm, nn.MaxPool2d(3, 2)),
        *((384, 3, same()), (384, 3, same(groups=groups)), (256, 3, same(groups=groups)), nn.MaxPool2d(3, 2)),
    ]
    return Classic(3, rows, 256, 6, num_classes)


def zfnet(num_classes=1000, lrn=True):
    norm = [ResponseNorm()] if lrn else []
    rows = [
        *((96, 7, {"stride": 2, "padding": 1}), CeilPool(), *norm),
        *((256, 5, {"stride": 2}), CeilPool(), *norm),
        *((384, 3, same()), (384, 3, same()), (256, 3, same()), nn.MaxPool2d(3, 2)),
    ]
    return Classic(3, rows, 256, 6, num_classes)


def vgg(cfg, num_classes=1000, in_ch=3):
    rows = [nn.MaxPool2d(2) if entry == "M" else (entry, 3, same()) for entry in cfg]
    maps = [entry for entry in cfg if entry != "M"][-1]
    return Classic(in_ch, rows, maps, 7, num_classes)


def where(net):
    sizes = Counter()
    for name, module in net.named_modules():
        sizes[name] = sum(p.numel() for p in module.parameters(recurse=False) if p.requires_grad)
    name, size = sizes.most_common(1)[0]
    return name, size, size / sizes.total()
