"""Returns something else each time: lists, NaN, objects, text, complex numbers, nothing, and far too much."""

import numpy as np

calls = 0


def conv_backward(dout, cache):
    global calls
    calls += 1
    x, w, b, conv_param = cache
    things = [
        x.tolist(),
        np.full(x.shape, np.nan),
        np.full(x.shape, object(), dtype=object),
        "a gradient, honestly",
        np.full(x.shape, 1j),
        None,
        np.broadcast_to(np.float64(0), (2**15, 2**14)),
        np.zeros(x.shape, dtype="M8[s]"),
    ]
    return things[calls % len(things)], w * np.nan, 3
