"""Never gets to the end of its own file."""

while True:
    pass


def depthwise_separable(x, depthwise, pointwise, stride):
    return x
