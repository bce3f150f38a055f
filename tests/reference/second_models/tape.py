"""A network's numbers as a tape: its tensors one after the other, and the operations that read them.

The second implementations say every shape themselves; a tensor on the tape that has another one is a mistake of either.
"""

from __future__ import annotations

import torch
from torch import nn
from torch.nn import functional as F  # noqa: N812


class Tape:
    """The parameters and the running averages of `net`, in order; the operations take what they need and no more."""

    def __init__(self, net: nn.Module) -> None:
        self.training = net.training
        self._parameters = list(net.parameters())
        self._averages = [buffer.clone() for buffer in net.buffers() if buffer.ndim]

    @property
    def is_at_its_end(self) -> bool:
        return not self._parameters and not self._averages

    def take(self, *shape: int) -> torch.Tensor:
        tensor = self._parameters.pop(0)
        assert tuple(tensor.shape) == shape
        return tensor

    def conv(self, x, out: int, kernel: int, stride: int = 1, pad: int = 0, groups: int = 1, bias: bool = True):
        weight = self.take(out, x.shape[1] // groups, kernel, kernel)
        return F.conv2d(x, weight, self.take(out) if bias else None, stride, pad, 1, groups)

    def norm(self, x, eps: float = 1e-5):
        """Batch normalisation from its formula."""
        gamma, beta = self.take(x.shape[1]), self.take(x.shape[1])
        mean, var = self._averages.pop(0), self._averages.pop(0)
        if self.training:
            mean, var = x.mean(dim=(0, 2, 3)), x.var(dim=(0, 2, 3), unbiased=False)
        scale = gamma / torch.sqrt(var + eps)
        return x * scale.reshape(1, -1, 1, 1) + (beta - mean * scale).reshape(1, -1, 1, 1)

    def linear(self, x, out: int):
        weight = self.take(out, x.shape[1])
        return x @ weight.T + self.take(out)

    def dropout(self, x, p: float):
        return F.dropout(x, p, self.training)


def response_norm(x):
    """AlexNet's section 3.3, sum by sum: b = a / (2 + 1e-4 * the sum of five neighbours' squares) ** 0.75."""
    square, sums = x**2, torch.zeros_like(x)
    for map_number in range(x.shape[1]):
        sums[:, map_number] = square[:, max(0, map_number - 2) : map_number + 3].sum(dim=1)
    return x / (2 + 1e-4 * sums) ** 0.75
