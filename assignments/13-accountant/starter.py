"""Network accountant: fill in `analyse` and `lint`."""


def pair(value):
    """(along the height, along the width) of a kernel that is one integer for both, or a pair."""
    return tuple(value) if isinstance(value, (tuple, list)) else (value, value)


def analyse(spec: list[dict], in_shape: tuple[int, int, int]) -> list[dict]:
    """One row for each layer: {"name": ..., "out": ..., "params": ..., "macs": ...}.

    spec: the layers, the one on the input first; every layer is a dictionary with "name", "type" (conv, pool, fc, bn,
        relu or dropout) and the settings of its type
    in_shape: (C, H, W) of the input

    Raises ValueError when a window does not fit, or groups do not divide the channels.
    """
    raise NotImplementedError("analyse is still to be written")


def lint(spec: list[dict], in_shape: tuple[int, int, int]) -> list[tuple[int, str]]:
    """Where the network departs from the rules of layer sizing: (index of the layer, rule), in order.

    The rules are "R1" to "R5"; the index of "R1", which is about the input, is -1.
    """
    raise NotImplementedError("lint is still to be written")
