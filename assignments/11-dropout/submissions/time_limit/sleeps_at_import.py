"""Waits at its top level, before there is anything to call."""

import time

while True:
    time.sleep(1)


def dropout_forward(x, dropout_param):
    return x.copy(), None


def dropout_backward(dout, cache):
    return dout.copy()
