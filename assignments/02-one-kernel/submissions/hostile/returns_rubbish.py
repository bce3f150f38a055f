"""Returns something else each time: objects, text, NaN, nothing, and far too much."""

import numpy as np

calls = 0


def correlate2d(x, k):
    global calls
    calls += 1
    things = [
        np.full(x.shape, object(), dtype=object),
        "an array, honestly",
        np.full(x.shape, np.nan),
        None,
        np.broadcast_to(np.float64(0), (2**15, 2**14)),
        np.ma.masked_all(x.shape),
        {1: {2: [x] * 1000}},
        10**5000,
    ]
    return things[calls % len(things)]


def convolve2d(v, k, mode):
    return correlate2d(v, k)
