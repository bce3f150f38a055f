"""Returns something else each time: lists, NaN, objects, text, complex numbers, nothing, and far too much."""

import numpy as np

calls = 0


def dropout_forward(x, dropout_param):
    global calls
    calls += 1
    things = [
        x.tolist(),
        np.full(x.shape, np.nan),
        np.full(x.shape, object(), dtype=object),
        "dropped, honestly",
        np.full(x.shape, 1j),
        None,
        np.broadcast_to(np.float64(0), (2**15, 2**14)),
        np.ma.masked_all(x.shape),
    ]
    return things[calls % len(things)], dropout_forward


def dropout_backward(dout, cache):
    return cache
