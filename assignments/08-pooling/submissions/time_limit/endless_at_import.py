"""Never gets to the end of its own top level."""

while True:
    pass


def pool_forward(x, pool_param):
    return x, None


def pool_backward(dout, cache):
    return dout
