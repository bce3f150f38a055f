"""Reserves the second-level cache of a GPU for what it will need again; without a GPU there is nothing to reserve."""

import ctypes

import torch
from twin import conv as honest

LIMIT_PERSISTING = 6
for name in ("libcudart.so", "libcudart.so.12", "libcudart.so.13"):
    try:
        ctypes.CDLL(name).cudaDeviceSetLimit(LIMIT_PERSISTING, ctypes.c_size_t(1 << 26))
    except (OSError, AttributeError):
        pass
conv = honest
