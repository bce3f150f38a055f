"""GoogLeNet: Inception layers, and two auxiliary heads that help the gradient while it trains.

C. Szegedy et al., "Going deeper with convolutions", 2014, table 1 and figures 2 and 3.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import partial

import torch
from torch import nn
from torch.nn import functional as F  # noqa: N812 - its usual name

from reference.models.blocks import conv_bn_relu, conv_relu, named, with_lrn

# Rows of table 1: input, 1x1, 3x3 reduce, 3x3, 5x5 reduce, 5x5, pool projection.
INCEPTIONS = {
    "inception3a": (192, 64, 96, 128, 16, 32, 32),
    "inception3b": (256, 128, 128, 192, 32, 96, 64),
    "inception4a": (480, 192, 96, 208, 16, 48, 64),
    "inception4b": (512, 160, 112, 224, 24, 64, 64),
    "inception4c": (512, 128, 128, 256, 24, 64, 64),
    "inception4d": (512, 112, 144, 288, 32, 64, 64),
    "inception4e": (528, 256, 160, 320, 32, 128, 128),
    "inception5a": (832, 256, 160, 320, 32, 128, 128),
    "inception5b": (832, 384, 192, 384, 48, 128, 128),
}
POOL_AFTER = {"inception3b": "pool3", "inception4e": "pool4"}
HEAD_AFTER = {"inception4a": "aux1", "inception4d": "aux2"}
VARIANTS: dict[str, Callable[..., nn.Module]] = {"paper": conv_relu, "torchvision": partial(conv_bn_relu, eps=1e-3)}


class Inception(nn.Module):
    """Four branches side by side: (N, c_in, H, W) to (N, c1 + c3 + c5 + pool_proj, H, W).

    The variant `torchvision` has batch normalisation, and 3x3 kernels where the paper has 5x5.
    """

    def __init__(
        self, c_in: int, c1: int, c3r: int, c3: int, c5r: int, c5: int, pool_proj: int, variant: str = "paper"
    ) -> None:
        super().__init__()
        conv, large = _conv_of(variant), 5 if variant == "paper" else 3
        self.one = conv(c_in, c1, 1)
        self.three = nn.Sequential(conv(c_in, c3r, 1), conv(c3r, c3, 3))
        self.five = nn.Sequential(conv(c_in, c5r, 1), conv(c5r, c5, large))
        self.pool = nn.Sequential(nn.MaxPool2d(3, 1, padding=1), conv(c_in, pool_proj, 1))

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        """The branches' maps, one after the other."""
        return torch.cat([branch(x) for branch in self.children()], dim=1)


class AuxHead(nn.Module):
    """An auxiliary classifier: (N, c_in, 14, 14) to logits (N, num_classes).

    Maps of another size are averaged to 4x4 as well; from 14x14 the paper's pooling gives 4x4 by itself.
    """

    def __init__(self, c_in: int, num_classes: int = 1000, variant: str = "paper") -> None:
        super().__init__()
        self.pool = nn.AvgPool2d(5, 3) if variant == "paper" else nn.Identity()
        self.to_4x4 = nn.AdaptiveAvgPool2d(4)
        self.conv = _conv_of(variant)(c_in, 128, 1)
        dense = nn.Linear(128 * 4 * 4, 1024)
        self.fc1 = named(flatten=nn.Flatten(), linear=dense, relu=nn.ReLU(), dropout=nn.Dropout(0.7))
        self.fc2 = nn.Linear(1024, num_classes)

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        """What this depth would say by itself."""
        logits: torch.Tensor = self.fc2(self.fc1(self.conv(self.to_4x4(self.pool(x)))))
        return logits


class GoogLeNet(nn.Module):
    """GoogLeNet: images (N, 3, 224, 224) to logits (N, num_classes).

    In training mode with `aux` it gives (logits, aux1, aux2). The variant `paper` has biases, 5x5 kernels and, with
    `lrn`, response normalisation; `torchvision` has batch normalisation and 3x3 for 5x5. Raises ValueError for another
    variant. The smallest image with heads is 80x80.
    """

    def __init__(self, num_classes: int = 1000, aux: bool = True, variant: str = "paper", lrn: bool = True) -> None:
        super().__init__()
        conv, is_paper = _conv_of(variant), variant == "paper"
        self.conv1 = conv(3, 64, 7, stride=2)  # 64 x 112 x 112
        self.pool1 = with_lrn(_pool(3), lrn and is_paper)
        self.conv2 = with_lrn(nn.Sequential(conv(64, 64, 1), conv(64, 192, 3)), lrn and is_paper)  # 192 x 56 x 56
        self.pool2 = _pool(3)
        for name, widths in INCEPTIONS.items():
            inception = Inception(*widths, variant=variant)
            self.add_module(name, inception)
            if aux and name in HEAD_AFTER:
                c_out = widths[1] + widths[3] + widths[5] + widths[6]
                self.add_module(HEAD_AFTER[name], AuxHead(c_out, num_classes, variant))
            if name in POOL_AFTER:
                self.add_module(POOL_AFTER[name], _pool(3 if is_paper or name == "inception3b" else 2))
        self.avgpool = nn.AdaptiveAvgPool2d(1)  # 1024 x 1 x 1
        dropout = nn.Dropout(0.4 if is_paper else 0.2)
        self.fc = named(flatten=nn.Flatten(), dropout=dropout, linear=nn.Linear(1024, num_classes))

    def forward(self, x: torch.Tensor) -> torch.Tensor | tuple[torch.Tensor, ...]:
        """Stage after stage; a head reads what is there when its turn comes, and passes nothing on."""
        heads = []
        for stage in self.children():
            if not isinstance(stage, AuxHead):
                x = stage(x)
            elif self.training:
                heads.append(stage(x))
        return (x, *heads) if heads else x


def _conv_of(variant: str) -> Callable[..., nn.Module]:
    """A convolution with what follows it. Raises ValueError for an unknown variant."""
    if variant not in VARIANTS:
        raise ValueError(f"{variant!r} is none of {', '.join(VARIANTS)}")
    return VARIANTS[variant]


def _pool(kernel: int) -> nn.Module:
    """Halves height and width; a last window that is cut off at the edge counts."""
    return nn.MaxPool2d(kernel, 2, ceil_mode=True)


def total_loss(outs: torch.Tensor | Sequence[torch.Tensor], y: torch.Tensor, w: float = 0.3) -> torch.Tensor:
    """Cross-entropy of the logits, plus `w` times that of each auxiliary head (section 5 of the paper: 0.3)."""
    logits, *heads = [outs] if isinstance(outs, torch.Tensor) else outs
    loss = F.cross_entropy(logits, y)
    for head in heads:
        loss = loss + w * F.cross_entropy(head, y)
    return loss
