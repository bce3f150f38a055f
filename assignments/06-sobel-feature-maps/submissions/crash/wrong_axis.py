"""Asks for an axis that a grey image does not have."""

import numpy as np


def sobel(img):
    return np.diff(img, axis=2), None, None


def feature_maps(img, kernels, relu=True):
    return None


def to_display(maps, mode="minmax"):
    return None


def sweep(img, kernel, strides, pads):
    return None
