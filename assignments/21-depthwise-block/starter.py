"""A depthwise separable convolution: fill in `depthwise_separable`."""

import torch


def depthwise_separable(x: torch.Tensor, depthwise: torch.Tensor, pointwise: torch.Tensor, stride: int) -> torch.Tensor:
    """MobileNet's block without batch normalisation: depthwise 3x3, ReLU, pointwise 1x1, ReLU.

    x: images (N, C, H, W)
    depthwise: a kernel for each map (C, 3, 3)
    pointwise: the weights that mix maps (F, C)
    stride: a whole number, the depthwise convolution's; its padding is 1

    Returns the maps (N, F, HO, WO), with the type and on the device of x.
    """
    raise NotImplementedError("depthwise_separable is still to be written")
