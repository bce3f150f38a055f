"""What kernels make of an image: Sobel gradients, feature maps of a layer, and how to show them as grey levels."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, TypeAlias

import numpy as np
import numpy.typing as npt

from reference.conv import conv_forward_im2col, result_dtype
from reference.kernels import KERNELS, correlate2d
from reference.sizes import output_size

Array: TypeAlias = npt.NDArray[Any]
Grey: TypeAlias = npt.NDArray[np.uint8]

DISPLAY_MODES = ("minmax", "symmetric")


def sobel(img: Array) -> tuple[Array, Array, Array]:
    """The gradient of a grey image (H, W) by Sobel's kernels: (gx, gy, magnitude), each (H-2, W-2).

    Cross-correlation without padding: gx is positive where the image gets brighter from left to right, gy where it does
    from top to bottom; in grey levels times 8 a pixel. Raises ValueError for an image below 3x3 pixels.
    """
    values = img.astype(result_dtype(img))
    gx, gy = (correlate2d(values, KERNELS[name].weights.astype(values.dtype)) for name in ("sobel_x", "sobel_y"))
    return gx, gy, np.hypot(gx, gy)


def feature_maps(img: Array, kernels: Array, relu: bool = True) -> Array:
    """The maps (F, H-KH+1, W-KW+1) that kernels (F, C, KH, KW) make of an image (C, H, W).

    Cross-correlation, summed over the channels. With `relu`, negative values become 0. Raises ValueError for shapes
    that do not fit together.
    """
    if img.ndim != 3:
        raise ValueError(f"img must have three axes (C, H, W), not {img.ndim}")
    none = np.zeros(len(kernels), dtype=result_dtype(img, kernels))
    maps: Array = conv_forward_im2col(img[None], kernels, none, {})[0][0]
    return np.maximum(maps, 0) if relu else maps


def to_display(maps: Array, mode: str = "minmax") -> Grey:
    """Maps (F, h, w) as grey levels from 0 to 255, each map by its own range, rounded to the nearest level.

    `minmax`: the smallest value is 0, the largest 255; a constant map is 0. `symmetric`: 0 is 128, and the largest
    absolute value 127 levels away from it, so that the sign can be seen. Raises ValueError for another mode or for maps
    without pixels.
    """
    if maps.ndim != 3 or 0 in maps.shape:
        raise ValueError(f"maps must have three axes (F, h, w) and at least one pixel, not shape {maps.shape}")
    if mode not in DISPLAY_MODES:
        raise ValueError(f"mode must be one of {', '.join(DISPLAY_MODES)}, not {mode!r}")
    return np.rint(grey_levels(maps.astype(np.float64), mode)).astype(np.uint8)


def grey_levels(maps: Array, mode: str) -> Array:
    """The same before rounding, as float64."""
    if mode == "symmetric":
        largest = np.abs(maps).max(axis=(1, 2), keepdims=True)
        return np.asarray(128 + 127 * maps / np.where(largest > 0, largest, 1))
    lowest, highest = (side(maps, axis=(1, 2), keepdims=True) for side in (np.min, np.max))
    span = highest - lowest
    return np.asarray(255 * (maps - lowest) / np.where(span > 0, span, 1))


def sweep(
    img: Array, kernel: Array, strides: Iterable[int], pads: Iterable[int]
) -> dict[tuple[int, int], tuple[int, int]]:
    """The shape (h, w) of the map for every (stride, padding), of an image (H, W) under a kernel (KH, KW).

    Raises ValueError where the kernel does not fit, or for a stride or padding that is none.
    """
    if img.ndim != 2 or kernel.ndim != 2:
        raise ValueError(f"img and kernel must have two axes, not {img.ndim} and {kernel.ndim}")
    (height, width), (kh, kw), paddings = img.shape, kernel.shape, tuple(pads)
    return {
        (stride, pad): (output_size(height, kh, stride, pad), output_size(width, kw, stride, pad))
        for stride in strides
        for pad in paddings
    }
