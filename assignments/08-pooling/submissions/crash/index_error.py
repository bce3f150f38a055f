"""Reads one pixel beyond the border of every image."""


def pool_forward(x, pool_param):
    return x[:, :, x.shape[2], :], None


def pool_backward(dout, cache):
    return dout
