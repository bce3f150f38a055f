"""AlexNet, ZFNet and VGG: fill in the three builders and `where`."""

from collections.abc import Sequence

from torch import nn


def alexnet(num_classes: int = 1000, groups: int = 2, lrn: bool = True) -> nn.Module:
    """AlexNet: images (N, 3, 227, 227) to logits (N, num_classes).

    groups: the groups of conv2, conv4 and conv5
    lrn: with response normalisation after the ReLU of conv1 and of conv2

    The child `features` holds everything up to and including the last pooling.
    """
    raise NotImplementedError("alexnet is still to be written")


def zfnet(num_classes: int = 1000, lrn: bool = True) -> nn.Module:
    """ZFNet: images (N, 3, 224, 224) to logits (N, num_classes).

    lrn: with response normalisation after the first and the second pooling

    The child `features` holds everything up to and including the last pooling.
    """
    raise NotImplementedError("zfnet is still to be written")


def vgg(cfg: Sequence[int | str], num_classes: int = 1000, in_ch: int = 3) -> nn.Module:
    """VGG: images (N, in_ch, 224, 224) to logits (N, num_classes).

    cfg: the layers; a number is a 3x3 convolution with so many maps and its ReLU, "M" a pooling

    The child `features` holds everything up to and including the last pooling.
    """
    raise NotImplementedError("vgg is still to be written")


def where(net: nn.Module) -> tuple[str, int, float]:
    """The network's largest layer: its name, its trainable parameters, and their share of all of them, from 0 to 1."""
    raise NotImplementedError("where is still to be written")
