"""The outer loop never advances."""


def conv_backward(dout, cache):
    i = 0
    while i < dout.shape[2]:
        j = 0
        while j < dout.shape[3]:
            j += 1
