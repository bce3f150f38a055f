"""Output sizes and receptive fields: fill in `conv_out`, `same_pad` and `receptive_field`."""


def conv_out(n: int, k: int, stride: int = 1, pad: int = 0, dilation: int = 1, strict: bool = False) -> int:
    """How many outputs a window gives along one side of an image.

    n: pixels along that side
    k: taps of the window
    stride: pixels from one position of the window to the next
    pad: zeros on each of the two ends
    dilation: pixels from one tap to the next; 1 is an ordinary window
    strict: whether windows that do not fit exactly are an error

    Raises ValueError when the window fits nowhere, and, if strict, when the size is not an integer.
    """
    raise NotImplementedError("conv_out is still to be written")


def same_pad(k: int, dilation: int = 1) -> int:
    """The padding with which a window of stride 1 gives as many outputs as there are pixels.

    Raises ValueError when there is none.
    """
    raise NotImplementedError("same_pad is still to be written")


def receptive_field(layers: list[tuple[int, int, int]]) -> int:
    """How many pixels, along one side of the image, one output of the last layer depends on.

    layers: (k, stride, dilation) of each layer, the one on the image first
    """
    raise NotImplementedError("receptive_field is still to be written")
