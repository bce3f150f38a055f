"""Every reference architecture computes what a second implementation of the same table computes."""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial

import pytest
import torch

from reference.models.alexnet import alexnet, alexnet_torchvision, zfnet
from reference.models.catalogue import find
from reference.models.densenet import densenet
from reference.models.googlenet import GoogLeNet
from reference.models.lenet import LeNet5
from reference.models.mobilenet import mobilenet_v1
from reference.models.resnet import resnet
from reference.models.vgg import configuration, vgg
from tests.reference.second_models import branched, plain
from tests.reference.second_models.agreement import expect_agreement


@pytest.fixture(autouse=True)
def one_thread() -> Iterator[None]:
    """Small images gain nothing from a second thread, and wait for it where the machine is busy."""
    threads = torch.get_num_threads()
    torch.set_num_threads(1)
    yield
    torch.set_num_threads(threads)


@pytest.mark.parametrize("groups", [1, 2])
def test_alexnet_agrees_with_its_second_implementation(groups: int) -> None:
    expect_agreement(lambda: alexnet(5, groups), partial(plain.alexnet, classes=5, groups=groups), side=99)


def test_alexnet_of_torchvision_agrees_with_its_second_implementation() -> None:
    expect_agreement(lambda: alexnet_torchvision(5), partial(plain.alexnet_torchvision, classes=5), side=95)


def test_zfnet_agrees_with_its_second_implementation() -> None:
    widths = (16, 24, 8)
    expect_agreement(lambda: zfnet(5, widths), partial(plain.zfnet, classes=5, widths=widths), side=100)


@pytest.mark.parametrize("depth", [11, 13, 16, 19])
def test_vgg_agrees_with_its_second_implementation(depth: int) -> None:
    assert " ".join(map(str, configuration(depth))) == plain.VGG[depth]
    narrow = [entry if isinstance(entry, str) else entry // 64 for entry in configuration(depth)]
    column = " ".join(map(str, narrow))
    expect_agreement(lambda: vgg(narrow, 5), partial(plain.vgg, classes=5, column=column), side=64)


@pytest.mark.parametrize("aux", [False, True])
@pytest.mark.parametrize("variant", ["paper", "torchvision"])
def test_googlenet_agrees_with_its_second_implementation(variant: str, aux: bool) -> None:
    second = partial(branched.googlenet, classes=5, published=variant == "paper", aux=aux)
    expect_agreement(lambda: GoogLeNet(5, aux, variant), second, side=96)


@pytest.mark.parametrize(
    ("depth", "version", "option"),
    [(18, "v1.5", "A"), (18, "v1.5", "B"), (34, "v1.5", "B"), (50, "v1", "B"), (50, "v1.5", "B"), (152, "v1.5", "B")],
)
def test_resnet_agrees_with_its_second_implementation(depth: int, version: str, option: str) -> None:
    second = partial(branched.resnet, depth=depth, first_1x1_strides=version == "v1", padded=option == "A")
    expect_agreement(
        lambda: resnet(depth, 5, version, option), partial(second, classes=5), side=64 if depth < 152 else 48
    )


@pytest.mark.parametrize(("blocks", "growth"), [((6, 12, 24, 16), 32), ((2, 3), 8)])
def test_densenet_agrees_with_its_second_implementation(blocks: tuple[int, ...], growth: int) -> None:
    second = partial(branched.densenet, classes=5, layers=blocks, growth=growth)
    expect_agreement(lambda: densenet(blocks, growth, 5), second, side=64)


@pytest.mark.parametrize("alpha", [0.25, 0.75])
@pytest.mark.parametrize(("full", "batch_norm"), [(False, True), (True, True), (False, False), (True, False)])
def test_mobilenet_agrees_with_its_second_implementation(full: bool, batch_norm: bool, alpha: float) -> None:
    second = partial(branched.mobilenet, classes=5, alpha=alpha, full=full, normalised=batch_norm)
    expect_agreement(lambda: mobilenet_v1(full, alpha, 5, batch_norm=batch_norm), second, side=64)


def test_shallow_mobilenet_agrees_with_its_second_implementation() -> None:
    second = partial(branched.mobilenet, classes=5, alpha=0.5, full=False, normalised=True, rows=branched.SHALLOW)
    expect_agreement(lambda: mobilenet_v1(alpha=0.5, num_classes=5, shallow=True), second, side=64)


def test_lenet_for_28_pixels_is_lenet_on_a_padded_image() -> None:
    padded, plain_net = find("lenet5-28").build(), LeNet5()
    plain_net.load_state_dict(padded.state_dict())
    x = torch.randn(3, 1, 28, 28)
    torch.testing.assert_close(padded(x), plain_net(torch.nn.functional.pad(x, (2, 2, 2, 2))))
