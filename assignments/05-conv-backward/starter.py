"""Conv2d backward: fill in `conv_backward`."""

import numpy as np


def pair(value):
    """(along the height, along the width) of a setting that is one integer for both, or a pair."""
    return tuple(value) if isinstance(value, (tuple, list)) else (value, value)


def conv_backward(dout: np.ndarray, cache: tuple) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """The backward pass of a convolution layer (cross-correlation).

    dout: the gradient of the loss with respect to the layer's output (N, F, HO, WO)
    cache: what the layer was computed from, (x, w, b, conv_param):
        x: images (N, C, H, W)
        w: kernels (F, C, KH, KW)
        b: biases (F,)
        conv_param: "stride", "pad" and "dilation", each an integer or a pair (height, width);
            a missing key means stride 1, pad 0, dilation 1

    Returns (dx, dw, db): the gradients with respect to x, w and b, each of its shape.
    """
    x, w, b, conv_param = cache
    stride_h, stride_w = pair(conv_param.get("stride", 1))
    pad_h, pad_w = pair(conv_param.get("pad", 0))
    dilation_h, dilation_w = pair(conv_param.get("dilation", 1))
    raise NotImplementedError("conv_backward is still to be written")
