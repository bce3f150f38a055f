"""What a network costs: its trainable parameters and its multiply-accumulate operations, layer by layer.

Layers are watched by hooks while one input goes through. On the meta device that takes no memory and no arithmetic:

    with torch.device("meta"):
        net = resnet(152)
    mult_adds(net, (3, 224, 224))
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TypeAlias

import torch
from torch import nn

Shape: TypeAlias = tuple[int, ...]
Watch: TypeAlias = Callable[[str, nn.Module, torch.Tensor], None]

MULTIPLIES = (nn.Conv1d, nn.Conv2d, nn.Conv3d, nn.Linear)
UNLISTED = (nn.ReLU, nn.Tanh, nn.Dropout, nn.Identity)
"""Layers without parameters that leave the shape as it is: a table of layers goes without them."""
USUAL = {"stride": 1, "padding": 0, "dilation": 1, "groups": 1}


@dataclass(frozen=True, slots=True)
class LayerCost:
    """One run of one layer. `kind` is its class, `detail` its window, `output` its shape without the batch."""

    name: str
    kind: str
    detail: str
    output: Shape
    parameters: int
    mult_adds: int


def count_parameters(module: nn.Module) -> int:
    """The numbers that training may change; buffers and frozen parameters are not among them."""
    return sum(parameter.numel() for parameter in module.parameters() if parameter.requires_grad)


def count_buffers(module: nn.Module) -> int:
    """The numbers that are kept and not trained: batch norm's means and variances, but not its count of batches."""
    return sum(buffer.numel() for buffer in module.buffers() if buffer.is_floating_point())


def mult_adds(module: nn.Module, input_shape: Shape) -> int:
    """Multiply-accumulates for one input of `input_shape` (C, H, W), in convolutions and linear layers.

    A convolution has c_out * HO * WO * (c_in / groups) * KH * KW, a linear layer in * out. Biases, activations,
    pooling and normalisation are not counted, as usual.
    """
    return sum(layer.mult_adds for layer in layer_costs(module, input_shape))


def layer_costs(module: nn.Module, input_shape: Shape) -> list[LayerCost]:
    """The layers in the order in which they run on an input of `input_shape` (C, H, W), each time that they run.

    The module runs in the mode that it is in: GoogLeNet's auxiliary heads only while it trains. A layer that runs again
    has its parameters once.
    """
    rows: list[LayerCost] = []

    def note(name: str, layer: nn.Module, output: torch.Tensor) -> None:
        parameters = 0 if any(row.name == name for row in rows) else count_parameters(layer)
        kind, shape = type(layer).__name__, tuple(output.shape[1:])
        rows.append(LayerCost(name, kind, _detail(layer), shape, parameters, _mult_adds(layer, output)))

    layers = [(name, layer) for name, layer in module.named_modules() if not list(layer.children())]
    with _watching(((name, layer) for name, layer in layers if not isinstance(layer, UNLISTED)), note):
        _run(module, input_shape)
    return rows


def stage_shapes(module: nn.Module, input_shape: Shape) -> dict[str, Shape]:
    """The output shape of each child of a network, without the batch, in the order in which the children run."""
    shapes: dict[str, Shape] = {}

    def note(name: str, _stage: nn.Module, output: torch.Tensor) -> None:
        shapes[name] = tuple(output.shape[1:])

    with _watching(module.named_children(), note):
        _run(module, input_shape)
    return shapes


@contextmanager
def _watching(layers: Iterable[tuple[str, nn.Module]], watch: Watch) -> Iterator[None]:
    """Call `watch(name, layer, output)` whenever one of the layers has run."""

    def hook(name: str) -> Callable[[nn.Module, tuple[object, ...], torch.Tensor], None]:
        return lambda layer, _inputs, output: watch(name, layer, output)

    hooks = [layer.register_forward_hook(hook(name)) for name, layer in layers]
    try:
        yield
    finally:
        for handle in hooks:
            handle.remove()


def _run(module: nn.Module, input_shape: Shape) -> None:
    """Two inputs of zeros: while it trains, batch normalisation refuses a single value per channel."""
    weight = next(module.parameters(), torch.empty(0))
    with torch.no_grad():
        module(torch.zeros(2, *input_shape, device=weight.device, dtype=weight.dtype))


def _mult_adds(layer: nn.Module, output: torch.Tensor) -> int:
    """Every output value needs as many products as one output channel has weights."""
    if not isinstance(layer, MULTIPLIES):
        return 0
    return output[0].numel() * layer.weight[0].numel()


def _detail(layer: nn.Module) -> str:
    """A window in words: `3x3 stride 2 pad 1 groups 64`, without what is as usual."""
    if not hasattr(layer, "kernel_size"):
        return ""
    seen = {name: _sides(getattr(layer, name, usual)) for name, usual in USUAL.items()}
    told = [f"{name.replace('padding', 'pad')} {seen[name]}" for name in USUAL if seen[name] != str(USUAL[name])]
    kernel = _sides(layer.kernel_size)
    return " ".join([kernel if "x" in kernel else f"{kernel}x{kernel}", *told])


def _sides(value: object) -> str:
    """`3` for 3 and (3, 3), `3x2` for (3, 2)."""
    sides = value if isinstance(value, tuple) else (value,)
    return str(sides[0]) if len(set(sides)) == 1 else "x".join(map(str, sides))
