"""Recurses until Python gives up."""


def conv_forward(x, w, b, conv_param):
    return conv_forward(x, w, b, conv_param)
