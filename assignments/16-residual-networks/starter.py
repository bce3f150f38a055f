"""Residual networks: fill in the two blocks and the function that builds the networks."""

import torch
from torch import nn


class BasicBlock(nn.Module):
    """Two 3x3 convolutions and a shortcut: (N, c_in, H, W) to (N, c_out, H / stride, W / stride)."""

    def __init__(self, c_in: int, c_out: int, stride: int = 1) -> None:
        super().__init__()
        raise NotImplementedError("BasicBlock is still to be written")

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        raise NotImplementedError("BasicBlock.forward is still to be written")


class Bottleneck(nn.Module):
    """1x1 down to width, 3x3, 1x1 up to 4 width, and a shortcut: (N, c_in, H, W) to (N, 4 width, H / stride, ...)."""

    def __init__(self, c_in: int, width: int, stride: int = 1) -> None:
        super().__init__()
        raise NotImplementedError("Bottleneck is still to be written")

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        raise NotImplementedError("Bottleneck.forward is still to be written")


def resnet(depth: int, num_classes: int = 1000) -> nn.Module:
    """ResNet-18, 34, 50, 101 or 152: images (N, 3, H, W) to logits (N, num_classes)."""
    raise NotImplementedError("resnet is still to be written")
