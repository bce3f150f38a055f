"""The kernel never moves on to the next column."""


def correlate2d(x, k):
    j = 0
    while j < x.shape[1]:
        i = 0
        while i < x.shape[0]:
            i += 1


def convolve2d(v, k, mode):
    return correlate2d(v, k)
