"""LeNet-5, as it is built today and as it was published.

Y. LeCun, L. Bottou, Y. Bengio, P. Haffner, "Gradient-based learning applied to document recognition", Proceedings of
the IEEE 86(11), 1998, section II.B.
"""

from __future__ import annotations

from collections.abc import Callable

import torch
from torch import nn
from torch.nn import functional as F  # noqa: N812 - its usual name

# Which maps of S2 each of the sixteen maps of C3 reads (Table I of the paper, by columns).
C3_TABLE = (
    *((0, 1, 2), (1, 2, 3), (2, 3, 4), (3, 4, 5), (0, 4, 5), (0, 1, 5)),
    *((0, 1, 2, 3), (1, 2, 3, 4), (2, 3, 4, 5), (0, 3, 4, 5), (0, 1, 4, 5), (0, 1, 2, 5)),
    *((0, 1, 3, 4), (1, 2, 4, 5), (0, 2, 3, 5)),
    (0, 1, 2, 3, 4, 5),
)
ACTIVATIONS: dict[str, Callable[[torch.Tensor], torch.Tensor]] = {"relu": torch.relu, "tanh": torch.tanh}
POOLS: dict[str, Callable[[int], nn.Module]] = {"max": nn.MaxPool2d, "avg": nn.AvgPool2d}


class LeNet5(nn.Module):
    """LeNet-5 for images (N, 1, 32, 32), giving logits (N, num_classes); with `pad` 2 for images (N, 1, 28, 28).

    `modern`: full convolutions, pooling without parameters, a linear output; 61 706 parameters for ten classes.
    `1998`: C3 by Table I, trainable subsampling, scaled tanh, radial basis output with fixed codes; 60 000 parameters;
    `act` and `pool` are not used. The layers c1 to out are affine; the activation stands between them, in `forward`.
    Raises ValueError for an unknown variant, activation or pooling.
    """

    def __init__(
        self, num_classes: int = 10, variant: str = "modern", act: str = "relu", pool: str = "max", pad: int = 0
    ) -> None:
        super().__init__()
        for given, known in ((variant, ("modern", "1998")), (act, ACTIVATIONS), (pool, POOLS)):
            if given not in known:
                raise ValueError(f"{given!r} is none of {', '.join(known)}")
        published = variant == "1998"
        self.act = scaled_tanh if published else ACTIVATIONS[act]
        self.squash_pooled = published
        self.c1 = nn.Conv2d(1, 6, 5, padding=pad)
        self.s2 = Subsampling(6) if published else POOLS[pool](2)
        self.c3 = PartialConv(C3_TABLE, 5) if published else nn.Conv2d(6, 16, 5)
        self.s4 = Subsampling(16) if published else POOLS[pool](2)
        self.c5 = nn.Conv2d(16, 120, 5)
        self.f6 = nn.Linear(120, 84)
        self.out = RadialBasis(84, num_classes) if published else nn.Linear(84, num_classes)

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        """Logits (N, num_classes) for images (N, 1, 32, 32)."""
        x = self._pooled(self.s2, self.act(self.c1(x)))
        x = self._pooled(self.s4, self.act(self.c3(x)))
        x = self.act(self.c5(x)).flatten(1)
        logits: torch.Tensor = self.out(self.act(self.f6(x)))
        return logits

    def _pooled(self, layer: nn.Module, x: torch.Tensor) -> torch.Tensor:
        pooled: torch.Tensor = layer(x)
        return self.act(pooled) if self.squash_pooled else pooled


class PartialConv(nn.Module):
    """A convolution whose map j reads only the input maps `table[j]`: (N, C, H, W) to (N, len(table), HO, WO)."""

    def __init__(self, table: tuple[tuple[int, ...], ...], kernel: int) -> None:
        super().__init__()
        self.table = table
        self.maps = nn.ModuleList(nn.Conv2d(len(sources), 1, kernel) for sources in table)

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        """Each map from its own sources."""
        columns = zip(self.maps, self.table, strict=True)
        return torch.cat([conv(x[:, list(sources)]) for conv, sources in columns], dim=1)


class Subsampling(nn.Module):
    """Sums of 2x2 blocks, times one coefficient, plus one bias for each map: (N, C, H, W) to (N, C, H/2, W/2)."""

    def __init__(self, channels: int) -> None:
        super().__init__()
        self.weight = nn.Parameter(torch.full((channels,), 0.25))
        self.bias = nn.Parameter(torch.zeros(channels))

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        """The affine part; the network squashes it."""
        sums = 4 * F.avg_pool2d(x, 2)
        return sums * self.weight[:, None, None] + self.bias[:, None, None]


class RadialBasis(nn.Module):
    """Minus the squared distance of F6 from each class's fixed code of -1 and +1: (N, features) to (N, classes).

    The paper's units output the distance itself, small for the recognised class; minus makes the largest win, as for
    any logits. Its codes are drawn characters; random signs are the alternative that it names.
    """

    codes: torch.Tensor

    def __init__(self, features: int, classes: int) -> None:
        super().__init__()
        self.register_buffer("codes", torch.randint(0, 2, (classes, features)) * 2.0 - 1.0)

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        """The largest logit belongs to the nearest code."""
        return -((x[:, None, :] - self.codes) ** 2).sum(dim=2)


def scaled_tanh(x: torch.Tensor) -> torch.Tensor:
    """1.7159 tanh(2x / 3), which maps 1 to 1 and -1 to -1 (the paper's appendix A)."""
    return 1.7159 * torch.tanh(2 / 3 * x)
