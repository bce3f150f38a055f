"""Batch normalisation by torch's own operator and its automatic gradient, in double precision."""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt
import torch
from torch.nn import functional as F  # noqa: N812 - its usual name

Float64 = npt.NDArray[np.float64]


def batch_norm(
    x: npt.NDArray[Any],
    gamma: npt.NDArray[Any],
    beta: npt.NDArray[Any],
    dout: npt.NDArray[Any],
    running: tuple[npt.NDArray[Any], npt.NDArray[Any]] | None = None,
    eps: float = 1e-5,
) -> tuple[Float64, Float64, Float64, Float64]:
    """The output, and the gradients of sum(dout * output) with respect to x, gamma and beta.

    running: mean and variance per channel for test mode; without them the batch's own are used.
    """
    inputs, scale, shift = (torch.tensor(array, dtype=torch.float64, requires_grad=True) for array in (x, gamma, beta))
    statistics = [torch.tensor(array, dtype=torch.float64) for array in running] if running else [None, None]
    outputs = F.batch_norm(inputs, statistics[0], statistics[1], scale, shift, running is None, 0.1, eps)
    found = torch.autograd.grad(outputs, (inputs, scale, shift), torch.tensor(dout, dtype=torch.float64))
    dx, dgamma, dbeta = (gradient.numpy() for gradient in found)
    return outputs.detach().numpy(), dx, dgamma, dbeta
