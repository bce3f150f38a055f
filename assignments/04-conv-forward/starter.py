"""Conv2d forward: fill in `conv_forward`."""

import numpy as np


def pair(value):
    """(along the height, along the width) of a setting that is one integer for both, or a pair."""
    return tuple(value) if isinstance(value, (tuple, list)) else (value, value)


def conv_forward(x: np.ndarray, w: np.ndarray, b: np.ndarray, conv_param: dict) -> tuple[np.ndarray, object]:
    """The forward pass of a convolution layer (cross-correlation).

    x: images (N, C, H, W)
    w: kernels (F, C, KH, KW)
    b: biases (F,)
    conv_param: "stride", "pad" and "dilation", each an integer or a pair (height, width);
        a missing key means stride 1, pad 0, dilation 1

    Returns (out, cache): out has shape (N, F, HO, WO), cache is what a backward pass would need.
    """
    stride_h, stride_w = pair(conv_param.get("stride", 1))
    pad_h, pad_w = pair(conv_param.get("pad", 0))
    dilation_h, dilation_w = pair(conv_param.get("dilation", 1))
    raise NotImplementedError("conv_forward is still to be written")
