"""The architectures of the course by name. Torch is imported when one is built, and not before."""

from __future__ import annotations

import importlib
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from torch import nn

MOBILENET_NOTE = (
    "The paper's table 4 prints 569 M for MobileNet, with its fully connected layer (1.024 M), and 4866 M for the"
    " network of full convolutions, without it. Stride counts both with it: 568.7 M and 4867.3 M."
)
GOOGLENET_NOTES = {
    "paper": "The paper's table 1 adds up to 6.8 M parameters and 1.5 G operations, without heads; its row of conv1 is"
    " not that of a plain 7x7 convolution.",
    "torchvision": "Torchvision has 3x3 kernels where the paper has 5x5, and batch normalisation for biases.",
}
V1_NOTE = "The paper's network, v1, has the stride in a block's first 1x1 convolution; v1.5 has it in the 3x3."
BUFFERS_NOTE = "Keras counts the buffers of batch normalisation among the parameters; here they are apart."
LENET_NOTE = "Its 840 buffers are the fixed codes of the radial basis output, whose 840 products are not counted."


@dataclass(frozen=True, slots=True)
class Architecture:
    """One network: `builder` is `module.function` below this package, `input` is (C, H, W) as published."""

    name: str
    title: str
    builder: str
    settings: Mapping[str, Any] = field(default_factory=dict)
    input: tuple[int, int, int] = (3, 224, 224)
    num_classes: int = 1000
    note: str = ""

    def build(self, num_classes: int | None = None) -> nn.Module:
        """The network with fresh weights; under `torch.device("meta")` with shapes alone."""
        module, function = self.builder.split(".")
        builder = getattr(importlib.import_module(f"reference.models.{module}"), function)
        net: nn.Module = builder(num_classes=num_classes or self.num_classes, **self.settings)
        return net


def _lenet(name: str, title: str, side: int, note: str = "", **settings: Any) -> Architecture:
    return Architecture(name, title, "lenet.LeNet5", settings, (1, side, side), 10, note)


def _mobilenet(name: str, title: str, side: int = 224, **settings: Any) -> Architecture:
    return Architecture(name, title, "mobilenet.mobilenet_v1", settings, (3, side, side), note=MOBILENET_NOTE)


def _googlenet(name: str, title: str, aux: bool, variant: str = "paper") -> Architecture:
    note = GOOGLENET_NOTES[variant]
    return Architecture(name, title, "googlenet.GoogLeNet", {"aux": aux, "variant": variant}, note=note)


def _resnet(depth: int) -> list[Architecture]:
    """ResNet of one depth: v1.5, and what differs in the paper."""
    found = [Architecture(f"resnet{depth}", f"ResNet-{depth}", "resnet.resnet", {"depth": depth}, note=BUFFERS_NOTE)]
    if depth < 50:
        title, settings = f"ResNet-{depth}, shortcuts without parameters (option A)", {"depth": depth, "option": "A"}
        return [*found, Architecture(f"resnet{depth}-a", title, "resnet.resnet", settings, note=BUFFERS_NOTE)]
    title, settings = f"ResNet-{depth} v1, the paper's", {"depth": depth, "version": "v1"}
    v15 = Architecture(f"resnet{depth}", f"ResNet-{depth} v1.5", "resnet.resnet", {"depth": depth}, note=V1_NOTE)
    return [v15, Architecture(f"resnet{depth}-v1", title, "resnet.resnet", settings, note=V1_NOTE)]


ALL = (
    _lenet("lenet5-1998", "LeNet-5 as published", 32, LENET_NOTE, variant="1998"),
    _lenet("lenet5", "LeNet-5 as it is built today", 32),
    _lenet("lenet5-28", "LeNet-5 of today for 28x28, padded by 2", 28, pad=2),
    Architecture("alexnet", "AlexNet, two groups", "alexnet.alexnet", input=(3, 227, 227)),
    Architecture("alexnet-ungrouped", "AlexNet in one group", "alexnet.alexnet", {"groups": 1}, (3, 227, 227)),
    Architecture("alexnet-torchvision", "AlexNet as in torchvision (One weird trick)", "alexnet.alexnet_torchvision"),
    Architecture("zfnet", "ZFNet, 384-384-256", "alexnet.zfnet"),
    Architecture("zfnet-wide", "ZFNet, 512-1024-512", "alexnet.zfnet", {"widths": (512, 1024, 512)}),
    *(Architecture(f"vgg{depth}", f"VGG-{depth}", "vgg.vgg_of_depth", {"depth": depth}) for depth in (11, 13, 16, 19)),
    _googlenet("googlenet", "GoogLeNet", False),
    _googlenet("googlenet-aux", "GoogLeNet with its two auxiliary heads", True),
    _googlenet("googlenet-torchvision", "GoogLeNet as in torchvision", False, "torchvision"),
    _googlenet("googlenet-torchvision-aux", "GoogLeNet as in torchvision, with heads", True, "torchvision"),
    *(architecture for depth in (18, 34, 50, 101, 152) for architecture in _resnet(depth)),
    Architecture("densenet121", "DenseNet-121", "densenet.densenet", note=BUFFERS_NOTE),
    _mobilenet("mobilenet", "MobileNet v1"),
    _mobilenet("mobilenet-conv", "MobileNet with full convolutions", full=True),
    _mobilenet("mobilenet-no-bn", "MobileNet without batch normalisation, with biases", batch_norm=False),
    _mobilenet("mobilenet-conv-no-bn", "The same with full convolutions", full=True, batch_norm=False),
    *(_mobilenet(f"mobilenet-{alpha}", f"MobileNet, widths x {alpha}", alpha=alpha) for alpha in (0.75, 0.5, 0.25)),
    _mobilenet("mobilenet-shallow", "MobileNet without five blocks of 14x14x512", shallow=True),
    *(_mobilenet(f"mobilenet-{side}", f"MobileNet for {side}x{side}", side) for side in (192, 160, 128)),
)
ARCHITECTURES: Mapping[str, Architecture] = {architecture.name: architecture for architecture in ALL}


def find(name: str) -> Architecture:
    """The architecture of that name, however it is spelt: `VGG-16` is vgg16. Raises KeyError."""
    return {_plain(known): architecture for known, architecture in ARCHITECTURES.items()}[_plain(name)]


def _plain(name: str) -> str:
    return re.sub(r"[^a-z0-9]", "", name.lower())
