"""A network's rows by building it in torch on the meta device and sending one input through: shapes without numbers."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

import torch
from torch import nn


def analyse(spec: Iterable[Mapping[str, Any]], in_shape: tuple[int, ...]) -> list[dict[str, Any]]:
    """Name, output shape, parameters and multiply-accumulates of each layer.

    Raises ValueError where torch refuses a layer.
    """
    rows = []
    x = torch.empty(1, *in_shape, device="meta")
    for layer in spec:
        try:
            module = _module(layer, x)
            x = module(x)
        except RuntimeError as error:
            raise ValueError(str(error)) from None
        counts = [parameter.numel() for parameter in module.parameters()]
        rows.append({"name": layer["name"], "out": tuple(x.shape[1:]), "params": sum(counts), "macs": _macs(module, x)})
    return rows


def _module(layer: Mapping[str, Any], x: torch.Tensor) -> nn.Module:
    """The layer as torch has it, for inputs like x."""
    geometry = {"stride": layer.get("stride", 1), "padding": layer.get("pad", 0)}
    bias = layer.get("bias", True)
    match layer["type"]:
        case "conv":
            wide = {"groups": layer.get("groups", 1), "bias": bias, "device": "meta"}
            return nn.Conv2d(x.shape[1], layer["out"], layer["kernel"], **geometry, **wide)
        case "pool":
            kind = nn.MaxPool2d if layer["kind"] == "max" else nn.AvgPool2d
            return kind(layer["kernel"], **geometry)
        case "fc":
            return nn.Sequential(nn.Flatten(), nn.Linear(x[0].numel(), layer["out"], bias=bias, device="meta"))
        case "bn":
            kind_of_norm = nn.BatchNorm2d if x.ndim == 4 else nn.BatchNorm1d
            return kind_of_norm(x.shape[1], device="meta").eval()
        case "relu":
            return nn.ReLU()
        case "dropout":
            return nn.Dropout()
    raise ValueError(f"torch has no {layer['type']} here")


def _macs(module: nn.Module, out: torch.Tensor) -> int:
    """Every output value of a convolution or linear layer sums as many products as one row of weights has entries."""
    weights = [part.weight for part in module.modules() if isinstance(part, nn.Conv2d | nn.Linear)]
    return sum(out[0].numel() * weight[0].numel() for weight in weights)
