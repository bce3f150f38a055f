"""VGG: 3x3 convolutions alone, in five blocks that end in pooling.

K. Simonyan, A. Zisserman, "Very deep convolutional networks for large-scale image recognition", 2014, table 1.
"""

from __future__ import annotations

from collections.abc import Sequence

from torch import nn

from reference.models.blocks import conv_relu, dense_end, named

# The columns A, B, D and E of table 1: how many convolutions each of the five blocks has.
DEPTHS = {11: (1, 1, 2, 2, 2), 13: (2, 2, 2, 2, 2), 16: (2, 2, 3, 3, 3), 19: (2, 2, 4, 4, 4)}
WIDTHS = (64, 128, 256, 512, 512)


def vgg(cfg: Sequence[int | str], num_classes: int = 1000, in_ch: int = 3) -> nn.Sequential:
    """A network of 3x3 convolutions: images (N, in_ch, 224, 224) to logits (N, num_classes).

    `cfg` lists the layers: a number is a convolution with so many maps, "M" halves height and width.
    """
    layers: dict[str, nn.Module] = {}
    block, number = 1, 1
    for entry in cfg:
        if isinstance(entry, int):
            layers[f"conv{block}_{number}"] = conv_relu(in_ch, entry, 3)
            in_ch, number = entry, number + 1
        else:
            layers[f"pool{block}"] = nn.MaxPool2d(2)
            block, number = block + 1, 1
    return named(**layers, **dense_end(in_ch, 7, num_classes))


def configuration(depth: int) -> list[int | str]:
    """The layers of VGG-11, 13, 16 or 19, as `vgg` takes them. Raises ValueError for another depth."""
    if depth not in DEPTHS:
        raise ValueError(f"VGG has {', '.join(map(str, DEPTHS))} layers, not {depth}")
    cfg: list[int | str] = []
    for width, count in zip(WIDTHS, DEPTHS[depth], strict=True):
        cfg += [*[width] * count, "M"]
    return cfg


def vgg_of_depth(depth: int, num_classes: int = 1000) -> nn.Sequential:
    """VGG-11, 13, 16 or 19: images (N, 3, 224, 224) to logits (N, num_classes)."""
    return vgg(configuration(depth), num_classes)
