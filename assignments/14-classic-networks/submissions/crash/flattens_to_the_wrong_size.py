"""fc6 does not fit the maps that come to it, so that no image gets through; and the layers' parameters are not looked at."""

from torch import nn


def network(in_ch, num_classes):
    features = nn.Sequential(nn.Conv2d(in_ch, 96, 11, 4), nn.ReLU(), nn.MaxPool2d(3, 2))
    return nn.Sequential(features, nn.Flatten(), nn.Linear(9216, num_classes))


def alexnet(num_classes=1000, groups=2, lrn=True):
    return network(3, num_classes)


def zfnet(num_classes=1000, lrn=True):
    return network(3, num_classes)


def vgg(cfg, num_classes=1000, in_ch=3):
    return network(in_ch, num_classes)


def where(net):
    return max(net.weights)
