"""Returns doubles, which whoever reads them has to round."""

from twin import conv as honest


def conv(x, w):
    return honest(x, w).astype("f8")
