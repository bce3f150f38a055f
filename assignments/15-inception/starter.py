"""GoogLeNet: fill in the three classes and the loss."""

import torch
from torch import nn

# Rows of the paper's table 1: c_in, c1, c3r, c3, c5r, c5, pool_proj.
INCEPTIONS = {
    "3a": (192, 64, 96, 128, 16, 32, 32),
    "3b": (256, 128, 128, 192, 32, 96, 64),
    "4a": (480, 192, 96, 208, 16, 48, 64),
    "4b": (512, 160, 112, 224, 24, 64, 64),
    "4c": (512, 128, 128, 256, 24, 64, 64),
    "4d": (512, 112, 144, 288, 32, 64, 64),
    "4e": (528, 256, 160, 320, 32, 128, 128),
    "5a": (832, 256, 160, 320, 32, 128, 128),
    "5b": (832, 384, 192, 384, 48, 128, 128),
}


class Inception(nn.Module):
    """Four branches side by side: (N, c_in, H, W) to (N, c1 + c3 + c5 + pool_proj, H, W)."""

    def __init__(self, c_in: int, c1: int, c3r: int, c3: int, c5r: int, c5: int, pool_proj: int) -> None:
        super().__init__()
        raise NotImplementedError("Inception is still to be written")

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        raise NotImplementedError("Inception.forward is still to be written")


class AuxHead(nn.Module):
    """An auxiliary classifier: maps (N, c_in, 14, 14) to logits (N, num_classes)."""

    def __init__(self, c_in: int, num_classes: int = 1000) -> None:
        super().__init__()
        raise NotImplementedError("AuxHead is still to be written")

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        raise NotImplementedError("AuxHead.forward is still to be written")


class GoogLeNet(nn.Module):
    """GoogLeNet: images (N, 3, H, W) to logits (N, num_classes).

    In training mode, with `aux`, it gives three outputs: (logits, aux1, aux2).
    """

    def __init__(self, num_classes: int = 1000, aux: bool = True) -> None:
        super().__init__()
        raise NotImplementedError("GoogLeNet is still to be written")

    def forward(self, x: torch.Tensor) -> torch.Tensor | tuple[torch.Tensor, torch.Tensor, torch.Tensor]:
        raise NotImplementedError("GoogLeNet.forward is still to be written")


def total_loss(
    outs: torch.Tensor | tuple[torch.Tensor, torch.Tensor, torch.Tensor], y: torch.Tensor, w: float = 0.3
) -> torch.Tensor:
    """The cross-entropy of the logits, plus `w` times that of each auxiliary head. Classes `y` (N,); a number ()."""
    raise NotImplementedError("total_loss is still to be written")
