"""MobileNet v1, and its twin with full convolutions.

A. Howard et al., "MobileNets: efficient convolutional neural networks for mobile vision applications", 2017, tables 1,
4 (full convolutions), 5 (shallow), 6 (widths) and 7 (resolutions).
"""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable

from torch import nn

from reference.models.blocks import conv_bn_relu, conv_relu, named

# Table 1, after the first convolution: output channels and stride of each block.
BLOCKS = ((64, 1), (128, 2), (128, 1), (256, 2), (256, 1), (512, 2), *[(512, 1)] * 5, (1024, 2), (1024, 1))
# Table 5's shallow network goes without the five blocks of 14 x 14 x 512.
SHALLOW_BLOCKS = tuple(block for block in BLOCKS if block != (512, 1))


class DepthwiseSeparable(nn.Sequential):
    """A 3x3 kernel for each map, then 1x1 across maps: (N, c_in, H, W) to (N, c_out, H / stride, W / stride).

    ReLU after both; batch normalisation before it, or without `batch_norm` a bias.
    """

    def __init__(self, c_in: int, c_out: int, stride: int = 1, batch_norm: bool = True) -> None:
        conv = _conv_of(batch_norm)
        depthwise, pointwise = conv(c_in, c_in, 3, stride=stride, groups=c_in), conv(c_in, c_out, 1)
        super().__init__(OrderedDict(depthwise=depthwise, pointwise=pointwise))


def mobilenet_v1(
    full: bool = False, alpha: float = 1.0, num_classes: int = 1000, shallow: bool = False, batch_norm: bool = True
) -> nn.Sequential:
    """MobileNet: images (N, 3, 224, 224) to logits (N, num_classes).

    `full` has one 3x3 convolution where MobileNet has a depthwise and a pointwise one; `alpha` scales all widths.
    """
    conv = _conv_of(batch_norm)
    channels = int(32 * alpha)
    stages: dict[str, nn.Module] = {"conv1": conv(3, channels, 3, stride=2)}  # 32 x 112 x 112
    for number, (width, stride) in enumerate(SHALLOW_BLOCKS if shallow else BLOCKS, 1):
        c_in, channels = channels, int(width * alpha)
        stages[f"block{number}"] = (
            conv(c_in, channels, 3, stride=stride) if full else DepthwiseSeparable(c_in, channels, stride, batch_norm)
        )
    return named(
        **stages,  # 1024 x 7 x 7
        avgpool=nn.AdaptiveAvgPool2d(1),
        flatten=nn.Flatten(),
        fc=nn.Linear(channels, num_classes),
    )


def _conv_of(batch_norm: bool) -> Callable[..., nn.Module]:
    return conv_bn_relu if batch_norm else conv_relu
