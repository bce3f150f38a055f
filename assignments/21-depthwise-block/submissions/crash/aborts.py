"""Ends the process in the middle of the call."""

import os


def depthwise_separable(x, depthwise, pointwise, stride):
    os.abort()
