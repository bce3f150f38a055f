"""Residual networks of 18 to 152 layers.

K. He, X. Zhang, S. Ren, J. Sun, "Deep residual learning for image recognition", 2015, table 1, section 3.3 (the
options of the shortcut) and figure 5 (the two blocks).
"""

from __future__ import annotations

from functools import partial

import torch
from torch import nn
from torch.nn import functional as F  # noqa: N812 - its usual name

from reference.models.blocks import conv_bn, conv_bn_relu, named

# Table 1: how many blocks conv2_x to conv5_x have.
DEPTHS = {18: (2, 2, 2, 2), 34: (3, 4, 6, 3), 50: (3, 4, 6, 3), 101: (3, 4, 23, 3), 152: (3, 8, 36, 3)}
WIDTHS = (64, 128, 256, 512)
VERSIONS = ("v1", "v1.5")
OPTIONS = ("A", "B")


class BasicBlock(nn.Module):
    """Two 3x3 convolutions and a shortcut: (N, c_in, H, W) to (N, c_out, H / stride, W / stride)."""

    expansion = 1

    def __init__(self, c_in: int, c_out: int, stride: int = 1, option: str = "B") -> None:
        super().__init__()
        self.branch = nn.Sequential(conv_bn_relu(c_in, c_out, 3, stride), conv_bn(c_out, c_out, 3))
        self.shortcut = _shortcut(c_in, c_out, stride, option)

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        """ReLU after the addition (figure 2)."""
        return torch.relu(self.branch(x) + self.shortcut(x))


class Bottleneck(nn.Module):
    """1x1 down to `width`, 3x3, 1x1 up to 4 width, and a shortcut: (N, c_in, H, W) to (N, 4 width, H / stride, ...).

    Version v1, the paper's, has its stride in the first 1x1 convolution; v1.5, which torchvision trains, in the 3x3.
    """

    expansion = 4

    def __init__(self, c_in: int, width: int, stride: int = 1, option: str = "B", version: str = "v1.5") -> None:
        super().__init__()
        first, second = (stride, 1) if version == "v1" else (1, stride)
        self.branch = nn.Sequential(
            conv_bn_relu(c_in, width, 1, first),
            conv_bn_relu(width, width, 3, second),
            conv_bn(width, 4 * width, 1),
        )
        self.shortcut = _shortcut(c_in, 4 * width, stride, option)

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        """ReLU after the addition (figure 2)."""
        return torch.relu(self.branch(x) + self.shortcut(x))


class PaddedShortcut(nn.Module):
    """Option A, without parameters: every stride-th pixel, and maps of zeros for the channels that are new."""

    def __init__(self, c_in: int, c_out: int, stride: int) -> None:
        super().__init__()
        self.new_channels, self.stride = c_out - c_in, stride

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        """(N, c_in, H, W) to (N, c_out, H / stride, W / stride)."""
        return F.pad(x[:, :, :: self.stride, :: self.stride], (0, 0, 0, 0, 0, self.new_channels))


def _shortcut(c_in: int, c_out: int, stride: int, option: str) -> nn.Module:
    """The identity where the shape stays; else option A, or B: a 1x1 convolution with batch normalisation."""
    if c_in == c_out and stride == 1:
        return nn.Identity()
    return PaddedShortcut(c_in, c_out, stride) if option == "A" else conv_bn(c_in, c_out, 1, stride)


def resnet(depth: int, num_classes: int = 1000, version: str = "v1.5", option: str = "B") -> nn.Sequential:
    """ResNet-18, 34, 50, 101 or 152: images (N, 3, 224, 224) to logits (N, num_classes).

    `version` says where a Bottleneck has its stride, `option` how a shortcut changes shape. Raises ValueError for
    values that are not known.
    """
    for given, known in ((depth, DEPTHS), (version, VERSIONS), (option, OPTIONS)):
        if given not in known:
            raise ValueError(f"{given!r} is none of {', '.join(map(str, known))}")
    block = partial(BasicBlock, option=option) if depth < 50 else partial(Bottleneck, option=option, version=version)
    expansion = BasicBlock.expansion if depth < 50 else Bottleneck.expansion
    channels = 64
    stages: dict[str, nn.Module] = {}
    for number, (width, count) in enumerate(zip(WIDTHS, DEPTHS[depth], strict=True), 2):
        first = block(channels, width, 1 if number == 2 else 2)
        channels = expansion * width
        stages[f"conv{number}_x"] = nn.Sequential(first, *(block(channels, width) for _ in range(count - 1)))
    return named(
        conv1=conv_bn_relu(3, 64, 7, stride=2),  # 64 x 112 x 112
        pool1=nn.MaxPool2d(3, 2, padding=1),
        **stages,  # 56 x 56, 28 x 28, 14 x 14, 7 x 7
        avgpool=nn.AdaptiveAvgPool2d(1),
        fc=named(flatten=nn.Flatten(), linear=nn.Linear(channels, num_classes)),
    )
