"""DenseNet and MobileNet: fill in the classes and functions."""

from collections.abc import Sequence

import torch
from torch import nn


class DepthwiseSeparable(nn.Module):
    """A 3x3 kernel for each map, then 1x1 across maps: (N, c_in, H, W) to (N, c_out, H / stride, W / stride).

    Batch normalisation and ReLU after both; the stride is the depthwise convolution's.
    """

    def __init__(self, c_in: int, c_out: int, stride: int = 1) -> None:
        super().__init__()
        raise NotImplementedError("DepthwiseSeparable is still to be written")

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        raise NotImplementedError("DepthwiseSeparable.forward is still to be written")


def mobilenet_v1(full: bool = False, alpha: float = 1.0, num_classes: int = 1000) -> nn.Module:
    """MobileNet: images (N, 3, H, W) to logits (N, num_classes).

    full: one 3x3 convolution in the place of each separable block
    alpha: scales the width of every layer
    """
    raise NotImplementedError("mobilenet_v1 is still to be written")


class DenseBlock(nn.Module):
    """n layers that add `growth` maps each: (N, c_in, H, W) to (N, c_in + n growth, H, W), the input's maps first."""

    def __init__(self, c_in: int, n: int, growth: int = 32) -> None:
        super().__init__()
        raise NotImplementedError("DenseBlock is still to be written")

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        raise NotImplementedError("DenseBlock.forward is still to be written")


class Transition(nn.Module):
    """Half the maps at half the size: (N, c_in, H, W) to (N, c_in / 2, H / 2, W / 2)."""

    def __init__(self, c_in: int) -> None:
        super().__init__()
        raise NotImplementedError("Transition is still to be written")

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        raise NotImplementedError("Transition.forward is still to be written")


def densenet(blocks: Sequence[int] = (6, 12, 24, 16), growth: int = 32, num_classes: int = 1000) -> nn.Module:
    """DenseNet-BC: images (N, 3, H, W) to logits (N, num_classes); without arguments DenseNet-121."""
    raise NotImplementedError("densenet is still to be written")


def count_parameters(net: nn.Module) -> int:
    """How many numbers training may change: frozen parameters and buffers do not count."""
    raise NotImplementedError("count_parameters is still to be written")


def small_net(num_classes: int = 10) -> nn.Module:
    """A network of your own of at most 5 000 parameters: grey images (N, 1, 32, 32) to logits (N, num_classes)."""
    raise NotImplementedError("small_net is still to be written")
