"""Every reference architecture costs what is published, stage by stage; its blocks are those of the papers."""

from __future__ import annotations

import math
from functools import cache
from typing import NamedTuple

import pytest
import torch

from reference.models.catalogue import ARCHITECTURES, find
from reference.models.cost import count_buffers, count_parameters, layer_costs, mult_adds, stage_shapes
from reference.models.densenet import DenseBlock
from reference.models.googlenet import GoogLeNet, Inception, total_loss
from reference.models.mobilenet import DepthwiseSeparable
from reference.models.resnet import BasicBlock, Bottleneck, resnet
from reference.models.vgg import configuration
from tests.reference.published import (
    COSTS,
    PUBLISHED_GIGA_MULT_ADDS,
    PUBLISHED_MEGA_PARAMETERS,
    PUBLISHED_PARAMETERS,
    STAGES,
)


class Account(NamedTuple):
    side: int
    parameters: int
    buffers: int
    mult_adds: int


@cache
def account(name: str) -> Account:
    """What a reference costs at its published resolution, auxiliary heads included."""
    architecture = ARCHITECTURES[name]
    with torch.device("meta"):
        net = architecture.build()
    counted = mult_adds(net.train(), architecture.input)
    return Account(architecture.input[1], count_parameters(net), count_buffers(net), counted)


@pytest.mark.parametrize("name", COSTS)
def test_architecture_costs_what_the_table_says(name: str) -> None:
    assert account(name) == COSTS[name]


@pytest.mark.parametrize("name", PUBLISHED_PARAMETERS)
def test_architecture_has_the_published_parameters(name: str) -> None:
    assert account(name).parameters == PUBLISHED_PARAMETERS[name]


@pytest.mark.parametrize("name", PUBLISHED_GIGA_MULT_ADDS)
def test_architecture_has_the_published_mult_adds_rounded_as_printed(name: str) -> None:
    printed = PUBLISHED_GIGA_MULT_ADDS[name]
    assert f"{account(name).mult_adds / 1e9:.{len(printed.split('.')[1])}f}" == printed


@pytest.mark.parametrize("name", PUBLISHED_MEGA_PARAMETERS)
def test_architecture_has_the_published_parameters_rounded_as_printed(name: str) -> None:
    assert f"{account(name).parameters / 1e6:.1f}" == PUBLISHED_MEGA_PARAMETERS[name]


def test_lenet_1998_has_the_connections_that_its_paper_counts() -> None:
    """One for each product and one for each bias, at every place; a unit of S2 and S4 has four inputs and a bias."""
    net = find("lenet5-1998").build()
    shapes = stage_shapes(net, (1, 32, 32))
    connections = 5 * (math.prod(shapes["s2"]) + math.prod(shapes["s4"])) + count_buffers(net)
    for name in ("c1", "c3", "c5", "f6"):
        connections += count_parameters(net.get_submodule(name)) * math.prod(shapes[name][1:])
    assert connections == 340_908


def test_both_rows_of_the_mobilenet_table_with_the_convention_of_each() -> None:
    fully_connected = 1024 * 1000
    assert round(account("mobilenet").mult_adds / 1e6) == 569
    assert round((account("mobilenet-conv").mult_adds - fully_connected) / 1e6) == 4866
    # The authors' own base network, without its fully connected layer: mult-adds and weights.
    assert account("mobilenet").mult_adds - fully_connected == 567_716_352
    with torch.device("meta"):
        layers = layer_costs(find("mobilenet").build(), (3, 224, 224))
    assert sum(layer.parameters for layer in layers if layer.kind == "Conv2d") == 3_185_088


def test_parameters_and_buffers_as_keras_adds_them() -> None:
    keras = {"mobilenet": 4_253_864, "densenet121": 8_062_504}
    assert {name: account(name).parameters + account(name).buffers for name in keras} == keras


@pytest.mark.parametrize("name", STAGES)
def test_stages_have_the_published_shapes(name: str) -> None:
    architecture = ARCHITECTURES[name]
    with torch.device("meta"):
        net = architecture.build()
    shapes = stage_shapes(net.eval(), architecture.input)
    assert ["x".join(map(str, shape)) for shape in shapes.values()] == STAGES[name].split()


@pytest.mark.parametrize("name", [name for name in ARCHITECTURES if not name.startswith("lenet")])
def test_architecture_reads_small_images_and_other_numbers_of_classes(name: str) -> None:
    """80x80 is the least that an auxiliary head of the paper reads, 67x67 the least for AlexNet."""
    side = 80 if name == "googlenet-aux" else 67 if "alexnet" in name else 64
    with torch.device("meta"):
        net, images = ARCHITECTURES[name].build(num_classes=7), torch.zeros(2, 3, side, side)
        assert net.eval()(images).shape == (2, 7)
        trained = net.train()(images)
    heads = trained if name.endswith("-aux") else (trained,)
    assert [tuple(logits.shape) for logits in heads] == [(2, 7)] * (3 if name.endswith("-aux") else 1)


def test_every_layer_of_the_table_is_in_the_totals() -> None:
    with torch.device("meta"):
        net = resnet(18)
    layers = layer_costs(net, (3, 224, 224))
    assert sum(layer.parameters for layer in layers) == count_parameters(net)
    first = layers[0]
    assert (first.name, first.kind, first.detail) == ("conv1.conv", "Conv2d", "7x7 stride 2 pad 3")
    assert (first.output, first.parameters, first.mult_adds) == ((64, 112, 112), 9_408, 118_013_952)


def test_find_takes_any_spelling_and_refuses_what_is_unknown() -> None:
    assert find("VGG-16").name == find("vgg_16").name == "vgg16"
    assert find("MobileNet 0.75").settings == {"alpha": 0.75}
    with pytest.raises(KeyError):
        find("vgg")


@pytest.mark.parametrize(
    ("block", "parameters"),
    [
        (lambda: BasicBlock(64, 64), 73_984),
        (lambda: BasicBlock(64, 128, 2), 230_144),
        (lambda: Bottleneck(256, 64), 70_400),
        (lambda: Inception(192, 64, 96, 128, 16, 32, 32), 163_696),
        (lambda: DenseBlock(64, 1), 45_440),
    ],
)
def test_block_has_its_parameters(block, parameters: int) -> None:
    assert count_parameters(block()) == parameters


def test_inception_3a_with_and_without_its_1x1_convolutions() -> None:
    with torch.device("meta"):
        inception = Inception(192, 64, 96, 128, 16, 32, 32)
        direct = [torch.nn.Conv2d(192, out, k, padding=k // 2) for out, k in ((64, 1), (128, 3), (32, 5))]
    assert round(mult_adds(inception, (192, 28, 28)) / 1e6, 1) == 128.0
    assert round(sum(mult_adds(conv, (192, 28, 28)) for conv in direct) / 1e6, 1) == 303.5


def test_depthwise_separable_block_has_an_eighth_of_the_weights() -> None:
    weights = [p.numel() for p in DepthwiseSeparable(32, 64).parameters() if p.ndim == 4]
    assert sum(weights) == 2_336
    assert 32 * 64 * 9 == 18_432


@pytest.mark.parametrize("block", [BasicBlock(8, 8), Bottleneck(32, 8)])
def test_residual_block_whose_branch_is_zero_is_relu(block) -> None:
    for parameter in block.branch.parameters():
        torch.nn.init.zeros_(parameter)
    x = torch.randn(2, 8 if isinstance(block, BasicBlock) else 32, 5, 7)
    assert torch.equal(block(x), x.relu())


def test_total_loss_adds_a_share_of_the_heads() -> None:
    y = torch.tensor([0, 2])
    outs = [torch.randn(2, 3) for _ in range(3)]
    main, first, second = (torch.nn.functional.cross_entropy(logits, y) for logits in outs)
    torch.testing.assert_close(total_loss(outs, y), main + 0.3 * (first + second))
    assert total_loss(outs[0], y) == main


@pytest.mark.parametrize("wrong", [lambda: resnet(42), lambda: resnet(18, option="C"), lambda: resnet(50, version="2")])
def test_resnet_names_a_setting_that_is_unknown(wrong) -> None:
    with pytest.raises(ValueError, match="is none of"):
        wrong()


def test_vgg_and_googlenet_name_a_setting_that_is_unknown() -> None:
    with pytest.raises(ValueError, match="not 12"):
        configuration(12)
    with pytest.raises(ValueError, match="is none of paper, torchvision"):
        GoogLeNet(variant="keras")
