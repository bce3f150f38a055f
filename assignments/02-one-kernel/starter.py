"""One kernel: fill in `correlate2d` and `convolve2d`."""

import numpy as np


def correlate2d(x: np.ndarray, k: np.ndarray) -> np.ndarray:
    """The cross-correlation of an image with a kernel: the kernel is laid on the image as it is.

    x: image (H, W)
    k: kernel (KH, KW), no larger than the image

    Returns the map (H - KH + 1, W - KW + 1).
    """
    raise NotImplementedError("correlate2d is still to be written")


def convolve2d(v: np.ndarray, k: np.ndarray, mode: str) -> np.ndarray:
    """The true convolution of an image with a kernel; outside the image all pixels are 0.

    v: image (H, W)
    k: kernel (KH, KW), for "full" and "same" of any size
    mode: "full", "same" or "valid"

    Returns the map: (H + KH - 1, W + KW - 1) for "full", (H, W) for "same",
    (H - KH + 1, W - KW + 1) for "valid".
    """
    raise NotImplementedError("convolve2d is still to be written")
