"""Returns nested lists, which whoever reads them has to convert."""

from twin import conv as honest


def conv(x, w):
    return honest(x, w).tolist()
