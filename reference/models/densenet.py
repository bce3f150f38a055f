"""DenseNet: every layer reads the maps of all layers before it.

G. Huang, Z. Liu, L. van der Maaten, K. Weinberger, "Densely connected convolutional networks", 2016, table 1 and
section 3 (bottleneck layers and compression: DenseNet-BC).
"""

from __future__ import annotations

import torch
from torch import nn

from reference.models.blocks import bn_relu_conv, conv_bn_relu, named


class DenseBlock(nn.Module):
    """`n` layers that add `growth` maps each: (N, c_in, H, W) to (N, c_in + n growth, H, W).

    A layer is a 1x1 convolution to 4 growth maps and a 3x3 one to growth, each after batch normalisation and ReLU.
    """

    def __init__(self, c_in: int, n: int, growth: int = 32) -> None:
        super().__init__()
        self.layers = nn.ModuleList(
            nn.Sequential(bn_relu_conv(c_in + number * growth, 4 * growth, 1), bn_relu_conv(4 * growth, growth, 3))
            for number in range(n)
        )

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        """The input's maps first, then those of each layer."""
        for layer in self.layers:
            x = torch.cat([x, layer(x)], dim=1)
        return x


class Transition(nn.Sequential):
    """Between two blocks, half the maps at half the size: (N, c_in, H, W) to (N, c_in / 2, H / 2, W / 2)."""

    def __init__(self, c_in: int) -> None:
        super().__init__(bn_relu_conv(c_in, c_in // 2, 1), nn.AvgPool2d(2))


def densenet(blocks: tuple[int, ...] = (6, 12, 24, 16), growth: int = 32, num_classes: int = 1000) -> nn.Sequential:
    """DenseNet-BC: images (N, 3, 224, 224) to logits (N, num_classes).

    `blocks` says how many layers each dense block has; (6, 12, 24, 16) is DenseNet-121.
    """
    channels = 2 * growth
    stages: dict[str, nn.Module] = {
        "conv1": conv_bn_relu(3, channels, 7, stride=2),  # 64 x 112 x 112
        "pool1": nn.MaxPool2d(3, 2, padding=1),  # 64 x 56 x 56
    }
    for number, layers in enumerate(blocks, 1):
        stages[f"dense{number}"] = DenseBlock(channels, layers, growth)
        channels += layers * growth
        if number < len(blocks):
            stages[f"transition{number}"] = Transition(channels)
            channels //= 2
    classifier = named(
        bn=nn.BatchNorm2d(channels),
        relu=nn.ReLU(),
        avgpool=nn.AdaptiveAvgPool2d(1),
        flatten=nn.Flatten(),
        linear=nn.Linear(channels, num_classes),
    )
    return named(**stages, classifier=classifier)
