"""What a network costs: its trainable parameters and its multiply-accumulate operations."""

from __future__ import annotations

import torch
from torch import nn


def count_parameters(module: nn.Module) -> int:
    """The numbers that training may change; buffers and frozen parameters are not among them."""
    return sum(parameter.numel() for parameter in module.parameters() if parameter.requires_grad)


def mult_adds(module: nn.Module, input_shape: tuple[int, ...]) -> int:
    """Multiply-accumulates for one input of `input_shape` (C, H, W), in convolutions and linear layers.

    A convolution has c_out * HO * WO * (c_in / groups) * KH * KW, a linear layer in * out. Biases, activations,
    pooling and normalisation are not counted, as usual.
    """
    counts: list[int] = []

    def count(layer: nn.Module, _inputs: tuple[object, ...], output: torch.Tensor) -> None:
        # Every output value needs as many products as one output channel has weights.
        weight = layer.weight
        assert isinstance(weight, torch.Tensor)
        counts.append(output[0].numel() * weight[0].numel())

    layers = [layer for layer in module.modules() if isinstance(layer, nn.Conv2d | nn.Linear)]
    hooks = [layer.register_forward_hook(count) for layer in layers]
    try:
        with torch.no_grad():
            module(torch.zeros(1, *input_shape))
    finally:
        for hook in hooks:
            hook.remove()
    return sum(counts)
