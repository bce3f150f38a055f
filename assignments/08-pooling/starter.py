"""Pooling: fill in `pool_forward` and `pool_backward`."""

import numpy as np


def pool_forward(x: np.ndarray, pool_param: dict) -> tuple[np.ndarray, object]:
    """The forward pass of a pooling layer.

    x: images (N, C, H, W)
    pool_param: "pool_height" and "pool_width", "type" ("max", "mean", "median" or "power"),
        "stride" (an integer or a pair (height, width); if missing, the window's size),
        "p" (the exponent of "power"; if missing, 2)

    Returns (out, cache): out has shape (N, C, HO, WO), cache is what pool_backward needs.
    """
    KH, KW = pool_param["pool_height"], pool_param["pool_width"]
    stride = pool_param.get("stride", (KH, KW))
    stride_h, stride_w = stride if isinstance(stride, (tuple, list)) else (stride, stride)
    raise NotImplementedError("pool_forward is still to be written")


def pool_backward(dout: np.ndarray, cache: object) -> np.ndarray:
    """The gradient of a max or mean pooling layer with respect to its input.

    dout: the gradient with respect to the output (N, C, HO, WO)
    cache: what pool_forward returned

    Returns dx, of the shape of x.
    """
    raise NotImplementedError("pool_backward is still to be written")
