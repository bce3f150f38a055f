"""The two functions call each other and never come to an end."""


def correlate2d(x, k):
    return convolve2d(x, k[::-1, ::-1], "valid")


def convolve2d(v, k, mode):
    return correlate2d(v, k[::-1, ::-1])
