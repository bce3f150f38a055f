"""GoogLeNet, ResNet, DenseNet and MobileNet as functions, from the papers' tables."""

from __future__ import annotations

import torch
from torch.nn import functional as F  # noqa: N812

from tests.reference.second_models.tape import Tape, response_norm

INCEPTION = """
3a  64  96 128 16  32  32
3b 128 128 192 32  96  64
4a 192  96 208 16  48  64
4b 160 112 224 24  64  64
4c 128 128 256 24  64  64
4d 112 144 288 32  64  64
4e 256 160 320 32 128 128
5a 256 160 320 32 128 128
5b 384 192 384 48 128 128
"""


def googlenet(tape: Tape, x: torch.Tensor, classes: int, published: bool, aux: bool) -> tuple[torch.Tensor, ...]:
    """The logits, and in training with `aux` those of the heads."""

    def conv(x, out, kernel, stride=1):
        if published:
            return tape.conv(x, out, kernel, stride, kernel // 2).relu()
        return tape.norm(tape.conv(x, out, kernel, stride, kernel // 2, bias=False), 1e-3).relu()

    def norm(x):
        return response_norm(x) if published else x

    x = norm(F.max_pool2d(conv(x, 64, 7, 2), 3, 2, ceil_mode=True))
    x = norm(conv(conv(x, 64, 1), 192, 3))
    heads = []
    for row in INCEPTION.split("\n")[1:-1]:
        name, *numbers = row.split()
        one, three_reduce, three, five_reduce, five, projection = map(int, numbers)
        if name in ("3a", "4a", "5a"):
            kernel = 2 if name == "5a" and not published else 3
            x = F.max_pool2d(x, kernel, 2, ceil_mode=True)
        first = conv(x, one, 1)
        second = conv(conv(x, three_reduce, 1), three, 3)
        third = conv(conv(x, five_reduce, 1), five, 5 if published else 3)
        fourth = conv(F.max_pool2d(x, 3, 1, 1), projection, 1)
        x = torch.cat((first, second, third, fourth), 1)
        if aux and name in ("4a", "4d"):
            if tape.training:
                pooled = F.avg_pool2d(x, 5, 3) if published else x
                y = conv(F.adaptive_avg_pool2d(pooled, 4), 128, 1).reshape(len(x), 2048)
                heads.append(tape.linear(tape.dropout(tape.linear(y, 1024).relu(), 0.7), classes))
            else:
                skip_head(tape, x.shape[1], classes, published)
    x = tape.dropout(x.mean(dim=(2, 3)), 0.4 if published else 0.2)
    return tape.linear(x, classes), *heads


def skip_head(tape: Tape, channels: int, classes: int, published: bool) -> None:
    """A head is on the tape even where it does not run."""
    no_image = torch.zeros(1, channels, 1, 1).double()
    maps = tape.conv(no_image, 128, 1, bias=published)
    if not published:
        tape.norm(maps)
    tape.linear(tape.linear(torch.zeros(1, 2048).double(), 1024), classes)


RESNET = {18: "2 2 2 2", 34: "3 4 6 3", 50: "3 4 6 3", 101: "3 4 23 3", 152: "3 8 36 3"}


def resnet(tape: Tape, x: torch.Tensor, classes: int, depth: int, first_1x1_strides: bool, padded: bool):
    def conv(x, out, kernel, stride=1):
        return tape.norm(tape.conv(x, out, kernel, stride, (kernel - 1) // 2, bias=False))

    x = F.max_pool2d(conv(x, 64, 7, 2).relu(), 3, 2, 1)
    for stage, count in enumerate(map(int, RESNET[depth].split())):
        width = 64 << stage
        out = width if depth in (18, 34) else 4 * width
        for number in range(count):
            stride = 2 if stage and not number else 1
            if depth in (18, 34):
                y = conv(conv(x, width, 3, stride).relu(), width, 3)
            else:
                in_1x1, in_3x3 = (stride, 1) if first_1x1_strides else (1, stride)
                y = conv(conv(conv(x, width, 1, in_1x1).relu(), width, 3, in_3x3).relu(), out, 1)
            if y.shape == x.shape:
                shortcut = x
            elif padded:
                shortcut = torch.zeros_like(y)
                shortcut[:, : x.shape[1]] = F.max_pool2d(x, 1, stride)
            else:
                shortcut = conv(x, out, 1, stride)
            x = (y + shortcut).relu()
    return tape.linear(x.mean(dim=(2, 3)), classes)


def densenet(tape: Tape, x: torch.Tensor, classes: int, layers: tuple[int, ...], growth: int) -> torch.Tensor:
    x = tape.conv(x, 2 * growth, 7, 2, 3, bias=False)
    x = F.max_pool2d(tape.norm(x).relu(), 3, 2, 1)
    for block, count in enumerate(layers):
        if block:
            x = F.avg_pool2d(tape.conv(tape.norm(x).relu(), x.shape[1] // 2, 1, bias=False), 2, 2)
        maps = [x]
        for _ in range(count):
            y = tape.conv(tape.norm(torch.cat(maps, 1)).relu(), 4 * growth, 1, bias=False)
            maps.append(tape.conv(tape.norm(y).relu(), growth, 3, 1, 1, bias=False))
        x = torch.cat(maps, 1)
    return tape.linear(tape.norm(x).relu().mean(dim=(2, 3)), classes)


# Table 1 of MobileNet from its second row on: (stride of the depthwise convolution, filters of the pointwise one).
MOBILENET = "1:64 2:128 1:128 2:256 1:256 2:512 1:512 1:512 1:512 1:512 1:512 2:1024 1:1024"
SHALLOW = "1:64 2:128 1:128 2:256 1:256 2:512 2:1024 1:1024"


def mobilenet(
    tape: Tape, x: torch.Tensor, classes: int, alpha: float, full: bool, normalised: bool, rows: str = MOBILENET
) -> torch.Tensor:
    def conv(x, out, kernel, stride=1, groups=1):
        y = tape.conv(x, out, kernel, stride, kernel // 2, groups, bias=not normalised)
        return (tape.norm(y) if normalised else y).relu()

    x = conv(x, round(32 * alpha), 3, 2)
    for row in rows.split():
        stride, out = map(int, row.split(":"))
        if full:
            x = conv(x, round(out * alpha), 3, stride)
        else:
            x = conv(conv(x, x.shape[1], 3, stride, groups=x.shape[1]), round(out * alpha), 1)
    return tape.linear(x.mean(dim=(2, 3)), classes)
