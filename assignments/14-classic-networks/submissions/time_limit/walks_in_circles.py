"""where walks through the network and never marks what it has seen: only its own checks are lost by it."""

from torch import nn


def alexnet(num_classes=1000, groups=2, lrn=True):
    return nn.Sequential(nn.Flatten(), nn.Linear(3 * 227 * 227, num_classes))


def zfnet(num_classes=1000, lrn=True):
    return nn.Sequential(nn.Flatten(), nn.Linear(3 * 224 * 224, num_classes))


def vgg(cfg, num_classes=1000, in_ch=3):
    return nn.Sequential(nn.Flatten(), nn.Linear(in_ch * 224 * 224, num_classes))


def where(net):
    waiting, largest = list(net.named_modules()), ("", 0)
    while waiting:
        name, module = waiting.pop()
        count = sum(p.numel() for p in module.parameters(recurse=False))
        largest = max(largest, (name, count), key=lambda pair: pair[1])
        waiting += [(name, module)]
    return (*largest, 1.0)
