"""Normalisation and batch norm: fill in three functions and a class."""

import numpy as np
import torch
from torch import nn


def rescale(x: np.ndarray, lo: float = 0.0, hi: float = 1.0, axis: int | tuple[int, ...] | None = None) -> np.ndarray:
    """Bring the smallest number of x to lo and the largest to hi, and what lies between in proportion.

    axis: along which the smallest and the largest are looked for; None means the whole array

    Returns an array of x's shape. Where all numbers are equal, they become lo.
    """
    raise NotImplementedError("rescale is still to be written")


def batchnorm_forward(x: np.ndarray, gamma: np.ndarray, beta: np.ndarray, bn_param: dict) -> tuple[np.ndarray, object]:
    """The forward pass of batch normalisation, in NumPy.

    x: a batch (N, D) or (N, C, H, W)
    gamma, beta: scale and shift, one number for each of the D columns or C channels
    bn_param: "mode", "train" or "test"; "eps" (if missing, 1e-5);
        "running_mean" and "running_var", one number for each column or channel, used in test mode

    Returns (out, cache): out has the shape of x, cache is what batchnorm_backward needs.
    """
    raise NotImplementedError("batchnorm_forward is still to be written")


def batchnorm_backward(dout: np.ndarray, cache: object) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """The backward pass of batch normalisation after training mode.

    dout: the gradient of the loss with respect to the output
    cache: what batchnorm_forward returned

    Returns (dx, dgamma, dbeta), of the shapes of x, gamma and beta.
    """
    raise NotImplementedError("batchnorm_backward is still to be written")


class BatchNorm2d(nn.Module):
    """Batch normalisation of images (N, C, H, W) as a layer: what torch.nn.BatchNorm2d does.

    num_features: the number of channels C
    eps: added to the variance
    momentum: the share of the new batch in the running statistics
    """

    def __init__(self, num_features: int, eps: float = 1e-5, momentum: float = 0.1) -> None:
        super().__init__()
        raise NotImplementedError("BatchNorm2d is still to be written")

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        """The normalised maps, of the shape of x."""
        raise NotImplementedError("BatchNorm2d.forward is still to be written")
