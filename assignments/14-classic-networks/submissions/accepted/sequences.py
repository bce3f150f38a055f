"""Sequences of layers all the way, one function for what the three networks end in."""

import torch
from torch import nn


class Lrn(nn.LocalResponseNorm):
    """Response normalisation with the sum over five maps, as in the paper; torch takes their mean."""

    def __init__(self):
        super().__init__(5, alpha=5e-4, beta=0.75, k=2)


def conv(c_in, c_out, kernel, **settings):
    return [nn.Conv2d(c_in, c_out, kernel, **settings), nn.ReLU()]


def dense(inputs, num_classes):
    return [
        nn.Flatten(),
        *(nn.Linear(inputs, 4096), nn.ReLU(), nn.Dropout(0.5)),
        *(nn.Linear(4096, 4096), nn.ReLU(), nn.Dropout(0.5)),
        nn.Linear(4096, num_classes),
    ]


class Network(nn.Module):
    def __init__(self, features, classifier):
        super().__init__()
        self.features, self.classifier = nn.Sequential(*features), nn.Sequential(*classifier)

    def forward(self, x):
        return self.classifier(self.features(x))


def alexnet(num_classes=1000, groups=2, lrn=True):
    features = [
        *conv(3, 96, 11, stride=4),
        *([Lrn()] if lrn else []),
        nn.MaxPool2d(3, 2),
        *conv(96, 256, 5, padding=2, groups=groups),
        *([Lrn()] if lrn else []),
        nn.MaxPool2d(3, 2),
        *conv(256, 384, 3, padding=1),
        *conv(384, 384, 3, padding=1, groups=groups),
        *conv(384, 256, 3, padding=1, groups=groups),
        nn.MaxPool2d(3, 2),
    ]
    return Network(features, dense(256 * 6 * 6, num_classes))


def zfnet(num_classes=1000, lrn=True):
    features = [
        *conv(3, 96, 7, stride=2, padding=1),
        nn.MaxPool2d(3, 2, ceil_mode=True),
        *([Lrn()] if lrn else []),
        *conv(96, 256, 5, stride=2),
        nn.MaxPool2d(3, 2, ceil_mode=True),
        *([Lrn()] if lrn else []),
        *conv(256, 384, 3, padding=1),
        *conv(384, 384, 3, padding=1),
        *conv(384, 256, 3, padding=1),
        nn.MaxPool2d(3, 2),
    ]
    return Network(features, dense(256 * 6 * 6, num_classes))


def vgg(cfg, num_classes=1000, in_ch=3):
    features = []
    for entry in cfg:
        if entry == "M":
            features += [nn.MaxPool2d(2)]
        else:
            features += conv(in_ch, entry, 3, padding=1)
            in_ch = entry
    return Network(features, dense(in_ch * 7 * 7, num_classes))


def where(net):
    sizes = {}
    for name, parameter in net.named_parameters():
        if parameter.requires_grad:
            layer = name.rpartition(".")[0]
            sizes[layer] = sizes.get(layer, 0) + parameter.numel()
    largest = max(sizes, key=sizes.get)
    return largest, sizes[largest], sizes[largest] / sum(sizes.values())
