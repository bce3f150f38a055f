"""Kernels, Sobel and feature maps: fill in `sobel`, `feature_maps`, `to_display` and `sweep`."""

import numpy as np


def sobel(img: np.ndarray) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """The gradient of a grey image (H, W) by the two Sobel kernels.

    Returns (gx, gy, mag), each (H - 2, W - 2): gx is positive where the image gets brighter from left to right,
    gy where it gets brighter from top to bottom, mag is the length of (gx, gy).
    """
    raise NotImplementedError("sobel is still to be written")


def feature_maps(img: np.ndarray, kernels: np.ndarray, relu: bool = True) -> np.ndarray:
    """The feature maps of an image: cross-correlation without padding, stride 1.

    img: image (C, H, W)
    kernels: (F, C, KH, KW)
    relu: whether negative values become 0

    Returns the maps (F, H - KH + 1, W - KW + 1).
    """
    raise NotImplementedError("feature_maps is still to be written")


def to_display(maps: np.ndarray, mode: str = "minmax") -> np.ndarray:
    """Maps (F, h, w) as grey levels of type uint8, each map scaled by itself.

    mode: "minmax" (smallest value 0, largest 255) or "symmetric" (zero is 128, the largest absolute value 127 away)
    """
    raise NotImplementedError("to_display is still to be written")


def sweep(
    img: np.ndarray, kernel: np.ndarray, strides: list[int], pads: list[int]
) -> dict[tuple[int, int], tuple[int, int]]:
    """The size of the map for every combination of a stride and a padding.

    img: image (H, W)
    kernel: (KH, KW)

    Returns {(stride, pad): (h, w)}.
    """
    raise NotImplementedError("sweep is still to be written")
