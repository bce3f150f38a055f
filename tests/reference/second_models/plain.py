"""AlexNet, ZFNet and VGG written flat: one line for each row of the papers' figures."""

from __future__ import annotations

import torch
from torch.nn import functional as F  # noqa: N812

from tests.reference.second_models.tape import Tape, response_norm


def alexnet(tape: Tape, x: torch.Tensor, classes: int, groups: int) -> torch.Tensor:
    x = response_norm(tape.conv(x, 96, 11, stride=4).relu())
    x = response_norm(tape.conv(F.max_pool2d(x, 3, 2), 256, 5, pad=2, groups=groups).relu())
    x = tape.conv(F.max_pool2d(x, 3, 2), 384, 3, pad=1).relu()
    x = tape.conv(x, 384, 3, pad=1, groups=groups).relu()
    x = tape.conv(x, 256, 3, pad=1, groups=groups).relu()
    return dense(tape, F.max_pool2d(x, 3, 2), 6, classes)


def alexnet_torchvision(tape: Tape, x: torch.Tensor, classes: int) -> torch.Tensor:
    x = F.max_pool2d(tape.conv(x, 64, 11, stride=4, pad=2).relu(), 3, 2)
    x = F.max_pool2d(tape.conv(x, 192, 5, pad=2).relu(), 3, 2)
    for width in (384, 256, 256):
        x = tape.conv(x, width, 3, pad=1).relu()
    x = F.adaptive_avg_pool2d(F.max_pool2d(x, 3, 2), 6).reshape(len(x), -1)
    for _ in range(2):
        x = tape.linear(tape.dropout(x, 0.5), 4096).relu()
    return tape.linear(x, classes)


def zfnet(tape: Tape, x: torch.Tensor, classes: int, widths: tuple[int, ...]) -> torch.Tensor:
    x = response_norm(pooled_to_the_edge(tape.conv(x, 96, 7, stride=2, pad=1).relu()))
    x = response_norm(pooled_to_the_edge(tape.conv(x, 256, 5, stride=2).relu()))
    for width in widths:
        x = tape.conv(x, width, 3, pad=1).relu()
    return dense(tape, F.max_pool2d(x, 3, 2), 6, classes)


def pooled_to_the_edge(x: torch.Tensor) -> torch.Tensor:
    """3x3 windows at every second pixel; one that leaves the image takes what is there."""
    right, below = ((side - 3) % 2 for side in (x.shape[3], x.shape[2]))
    return F.max_pool2d(F.pad(x, (0, right, 0, below), value=-torch.inf), 3, 2)


VGG = {
    11: "64 M 128 M 256 256 M 512 512 M 512 512 M",
    13: "64 64 M 128 128 M 256 256 M 512 512 M 512 512 M",
    16: "64 64 M 128 128 M 256 256 256 M 512 512 512 M 512 512 512 M",
    19: "64 64 M 128 128 M 256 256 256 256 M 512 512 512 512 M 512 512 512 512 M",
}


def vgg(tape: Tape, x: torch.Tensor, classes: int, column: str) -> torch.Tensor:
    for entry in column.split():
        x = F.max_pool2d(x, 2) if entry == "M" else tape.conv(x, int(entry), 3, pad=1).relu()
    return dense(tape, x, 7, classes)


def dense(tape: Tape, x: torch.Tensor, side: int, classes: int) -> torch.Tensor:
    x = F.adaptive_avg_pool2d(x, side).reshape(len(x), -1)
    for _ in range(2):
        x = tape.dropout(tape.linear(x, 4096).relu(), 0.5)
    return tape.linear(x, classes)
