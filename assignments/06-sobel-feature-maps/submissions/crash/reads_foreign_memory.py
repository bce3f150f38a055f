"""Reads memory that is not its own: the process dies in the middle of the call."""

import ctypes


def sobel(img):
    return ctypes.string_at(0)


def feature_maps(img, kernels, relu=True):
    return ctypes.string_at(0)


def to_display(maps, mode="minmax"):
    return ctypes.string_at(0)


def sweep(img, kernel, strides, pads):
    return ctypes.string_at(0)
