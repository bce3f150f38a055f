"""Activations, fully connected layers and the cross-entropy by torch's own operators, in double precision."""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt
import torch
from torch.nn import functional as F  # noqa: N812 - its usual name

Float64 = npt.NDArray[np.float64]


def relu(x: npt.NDArray[Any], dout: npt.NDArray[Any]) -> tuple[Float64, Float64]:
    """max(0, x), and the gradient of sum(dout * relu(x)) with respect to x."""
    inputs = _leaf(x)
    outputs = torch.relu(inputs)
    (dx,) = torch.autograd.grad(outputs, inputs, torch.tensor(dout, dtype=torch.float64))
    return outputs.detach().numpy(), dx.numpy()


def sigmoid(x: npt.NDArray[Any]) -> Float64:
    """The logistic function."""
    result: Float64 = torch.sigmoid(_leaf(x)).detach().numpy()
    return result


def softmax(z: npt.NDArray[Any], axis: int) -> Float64:
    """Shares along an axis."""
    result: Float64 = torch.softmax(_leaf(z), axis).detach().numpy()
    return result


def affine(
    x: npt.NDArray[Any], w: npt.NDArray[Any], b: npt.NDArray[Any], dout: npt.NDArray[Any]
) -> tuple[Float64, Float64, Float64, Float64]:
    """The outputs of a fully connected layer, w (D, M), and the gradients of sum(dout * outputs): dx, dw, db."""
    inputs, weights, biases = _leaf(x), _leaf(w), _leaf(b)
    outputs = F.linear(inputs.flatten(1), weights.T, biases)
    found = torch.autograd.grad(outputs, (inputs, weights, biases), torch.tensor(dout, dtype=torch.float64))
    dx, dw, db = (gradient.numpy() for gradient in found)
    return outputs.detach().numpy(), dx, dw, db


def cross_entropy(x: npt.NDArray[Any], y: npt.NDArray[Any]) -> tuple[float, Float64]:
    """The mean cross-entropy of scores (N, C) and classes (N,), and its gradient with respect to the scores."""
    scores = _leaf(x)
    loss = F.cross_entropy(scores, torch.tensor(y, dtype=torch.int64))
    (dx,) = torch.autograd.grad(loss, scores)
    return loss.item(), dx.numpy()


def _leaf(array: npt.NDArray[Any]) -> torch.Tensor:
    return torch.tensor(array, dtype=torch.float64, requires_grad=True)
