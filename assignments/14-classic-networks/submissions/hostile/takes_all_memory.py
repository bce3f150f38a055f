"""Builds layers of hundreds of gigabytes."""

from torch import nn


def alexnet(num_classes=1000, groups=2, lrn=True):
    return nn.Linear(300_000, 300_000, device="cpu")


def zfnet(num_classes=1000, lrn=True):
    return nn.Conv2d(30_000, 30_000, 11, device="cpu")


def vgg(cfg, num_classes=1000, in_ch=3):
    return nn.Sequential(*(nn.Linear(200_000, 200_000, device="cpu") for _ in cfg))


def where(net):
    return max([name] * 50_000_000_000 for name, _ in net.named_modules())
