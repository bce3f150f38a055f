"""What several of the architectures are built from: convolutions with what follows them, and the dense end of AlexNet.

A network is a sequence of named stages, so that its children are the rows of its paper's table.
"""

from __future__ import annotations

from collections import OrderedDict

from torch import nn


def named(**stages: nn.Module) -> nn.Sequential:
    """A network that runs its stages in the order given; each can be reached by its name."""
    return nn.Sequential(OrderedDict(stages))


def conv_relu(
    c_in: int, c_out: int, kernel: int, stride: int = 1, padding: int | None = None, groups: int = 1
) -> nn.Sequential:
    """Convolution with bias, ReLU. Without `padding` an odd kernel keeps height and width at stride 1."""
    padding = kernel // 2 if padding is None else padding
    return named(conv=nn.Conv2d(c_in, c_out, kernel, stride, padding, groups=groups), relu=nn.ReLU())


def conv_bn(c_in: int, c_out: int, kernel: int, stride: int = 1, groups: int = 1, eps: float = 1e-5) -> nn.Sequential:
    """Convolution without bias, which the batch normalisation after it would take away; padding as in `conv_relu`."""
    conv = nn.Conv2d(c_in, c_out, kernel, stride, kernel // 2, groups=groups, bias=False)
    return named(conv=conv, bn=nn.BatchNorm2d(c_out, eps))


def conv_bn_relu(
    c_in: int, c_out: int, kernel: int, stride: int = 1, groups: int = 1, eps: float = 1e-5
) -> nn.Sequential:
    """Convolution, batch normalisation, ReLU: (N, c_in, H, W) to (N, c_out, H / stride, W / stride)."""
    return named(**dict(conv_bn(c_in, c_out, kernel, stride, groups, eps).named_children()), relu=nn.ReLU())


def bn_relu_conv(c_in: int, c_out: int, kernel: int) -> nn.Sequential:
    """The same in the order of pre-activation: batch normalisation, ReLU, convolution without bias."""
    conv = nn.Conv2d(c_in, c_out, kernel, padding=kernel // 2, bias=False)
    return named(bn=nn.BatchNorm2d(c_in), relu=nn.ReLU(), conv=conv)


def with_lrn(layer: nn.Module, lrn: bool = True) -> nn.Module:
    """The layer and, with `lrn`, AlexNet's response normalisation: k = 2, n = 5, alpha = 1e-4, beta = 0.75.

    The paper (section 3.3) sums n squares; torch takes their mean, so its alpha is n times the paper's.
    """
    return nn.Sequential(layer, nn.LocalResponseNorm(5, alpha=5 * 1e-4, beta=0.75, k=2)) if lrn else layer


def dense_end(channels: int, side: int, num_classes: int) -> dict[str, nn.Module]:
    """fc6, fc7 and fc8 of AlexNet, ZFNet and VGG: (N, channels, side, side) to (N, num_classes).

    Maps of another size are averaged to side x side first, so that other resolutions run too; at the published
    resolution that changes nothing.
    """
    return {
        "fc6": named(avgpool=nn.AdaptiveAvgPool2d(side), flatten=nn.Flatten(), **_fc(channels * side**2, 4096)),
        "fc7": named(**_fc(4096, 4096)),
        "fc8": nn.Linear(4096, num_classes),
    }


def _fc(features: int, units: int) -> dict[str, nn.Module]:
    return {"linear": nn.Linear(features, units), "relu": nn.ReLU(), "dropout": nn.Dropout(0.5)}
