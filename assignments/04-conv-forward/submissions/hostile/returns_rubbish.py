"""Returns something else each time: a list, NaN, objects, text, complex numbers, nothing, and far too much."""

import numpy as np

calls = 0


def conv_forward(x, w, b, conv_param):
    global calls
    calls += 1
    shape = (len(x), len(w), 3, 3)
    things = [
        np.zeros(shape).tolist(),
        np.full(shape, np.nan),
        np.full(shape, object(), dtype=object),
        "an array, honestly",
        np.full(shape, 1j),
        None,
        np.broadcast_to(np.float64(0), (2**15, 2**14)),
        np.ma.masked_all(shape),
        np.zeros(shape, dtype="M8[s]"),
    ]
    return things[calls % len(things)], None
