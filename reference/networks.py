"""Known networks as lists of layers, in the form that `reference.accountant` reads.

LeNet-5 as it is built today; AlexNet with the paper's two groups (A. Krizhevsky, I. Sutskever, G. Hinton, 2012); VGG-16
(K. Simonyan, A. Zisserman, 2014, configuration D); MobileNet v1 (A. Howard et al., 2017, table 1).
"""

from __future__ import annotations

from typing import Any, TypeAlias

Spec: TypeAlias = list[dict[str, Any]]


def lenet5() -> tuple[Spec, tuple[int, int, int]]:
    """LeNet-5 for 32x32 images in grey, and its input's shape."""
    features = [
        *(conv("c1", 6, 5), relu("a1"), pool("s2", 2, 2)),
        *(conv("c3", 16, 5), relu("a3"), pool("s4", 2, 2)),
        *(conv("c5", 120, 5), relu("a5")),
    ]
    return [*features, fc("f6", 84), relu("a6"), fc("out", 10)], (1, 32, 32)


def alexnet() -> tuple[Spec, tuple[int, int, int]]:
    """AlexNet with its two groups, without the local response normalisation, which has no parameters."""
    features = [
        *(conv("conv1", 96, 11, stride=4), relu("relu1"), pool("pool1", 3, 2)),
        *(conv("conv2", 256, 5, pad=2, groups=2), relu("relu2"), pool("pool2", 3, 2)),
        *(conv("conv3", 384, 3, pad=1), relu("relu3")),
        *(conv("conv4", 384, 3, pad=1, groups=2), relu("relu4")),
        *(conv("conv5", 256, 3, pad=1, groups=2), relu("relu5"), pool("pool5", 3, 2)),
    ]
    return [*features, *_classifier()], (3, 227, 227)


def vgg16() -> tuple[Spec, tuple[int, int, int]]:
    """VGG-16."""
    spec: Spec = []
    for block, (width, depth) in enumerate(((64, 2), (128, 2), (256, 3), (512, 3), (512, 3)), 1):
        for number in range(1, depth + 1):
            spec += [conv(f"conv{block}_{number}", width, 3, pad=1), relu(f"relu{block}_{number}")]
        spec.append(pool(f"pool{block}", 2, 2))
    return [*spec, *_classifier()], (3, 224, 224)


def mobilenet() -> tuple[Spec, tuple[int, int, int]]:
    """MobileNet v1: depthwise and pointwise convolutions without biases, each followed by batch normalisation."""
    spec = _normalised(conv("conv1", 32, 3, stride=2, pad=1, bias=False))
    width = 32
    for number, (out, stride) in enumerate(
        ((64, 1), (128, 2), (128, 1), (256, 2), (256, 1), (512, 2), *[(512, 1)] * 5, (1024, 2), (1024, 1)), 1
    ):
        spec += _normalised(conv(f"dw{number}", width, 3, stride=stride, pad=1, groups=width, bias=False))
        spec += _normalised(conv(f"pw{number}", out, 1, bias=False))
        width = out
    return [*spec, pool("pool", 7, 1, kind="mean"), fc("fc", 1000)], (3, 224, 224)


def conv(name: str, out: int, kernel: int | tuple[int, int], **settings: Any) -> dict[str, Any]:
    """A convolution layer."""
    return {"name": name, "type": "conv", "out": out, "kernel": kernel} | settings


def pool(name: str, kernel: int | tuple[int, int], stride: int, kind: str = "max", **settings: Any) -> dict[str, Any]:
    """A pooling layer."""
    return {"name": name, "type": "pool", "kind": kind, "kernel": kernel, "stride": stride} | settings


def fc(name: str, out: int, **settings: Any) -> dict[str, Any]:
    """A fully connected layer."""
    return {"name": name, "type": "fc", "out": out} | settings


def relu(name: str) -> dict[str, Any]:
    """A ReLU layer."""
    return {"name": name, "type": "relu"}


def _classifier() -> Spec:
    """The three fully connected layers that AlexNet and VGG end in."""
    return [
        *(fc("fc6", 4096), relu("relu6"), {"name": "drop6", "type": "dropout"}),
        *(fc("fc7", 4096), relu("relu7"), {"name": "drop7", "type": "dropout"}),
        fc("fc8", 1000),
    ]


def _normalised(layer: dict[str, Any]) -> Spec:
    name = layer["name"]
    return [layer, {"name": f"{name}/bn", "type": "bn"}, relu(f"{name}/relu")]
