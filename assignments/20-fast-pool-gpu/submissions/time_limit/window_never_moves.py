"""The window never moves on."""


def max_pool(x, window, stride):
    i = 0
    while i + window <= x.shape[2]:
        x[:, :, i : i + window].amax()


def max_pool_backward(dout, x, window, stride):
    return max_pool(x, window, stride)
