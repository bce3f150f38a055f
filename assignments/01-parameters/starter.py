"""Counting parameters: fill in `mlp_params`, `local_params`, `conv_params` and `memory`."""

from collections.abc import Sequence


def mlp_params(sizes: Sequence[int], bias: bool = True) -> int:
    """The parameters of a fully connected network.

    sizes: the units of every layer, the input first and the output last
    bias: whether each unit that has inputs also has a bias
    """
    raise NotImplementedError("mlp_params is still to be written")


def local_params(n_units: int, k: int, bias: bool = False) -> int:
    """The parameters of a layer whose units see few inputs each, with weights of their own.

    n_units: units of the layer
    k: inputs that each of them sees
    bias: whether each unit has a bias
    """
    raise NotImplementedError("local_params is still to be written")


def conv_params(c_in: int, c_out: int, kernel: int | tuple[int, int], bias: bool = True, groups: int = 1) -> int:
    """The parameters of a convolution layer.

    c_in: channels of the input
    c_out: channels of the output, which is the number of kernels
    kernel: the side of a square kernel, or a pair (height, width)
    bias: whether each kernel has a bias
    groups: into how many groups the channels are divided; a kernel sees the input channels of its own group
    """
    raise NotImplementedError("conv_params is still to be written")


def memory(n: int, dtype: str = "float32") -> dict[str, float]:
    """The memory that n numbers take: {"bytes": ..., "GB": ..., "GiB": ...}.

    dtype: NumPy's name for the type of the numbers
    """
    raise NotImplementedError("memory is still to be written")
