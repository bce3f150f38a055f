from __future__ import annotations

import torch
from torch import nn

from reference.models.cost import count_buffers, count_parameters, layer_costs, mult_adds, stage_shapes


def test_mult_adds_of_a_grouped_strided_convolution() -> None:
    layer = nn.Conv2d(4, 6, (3, 2), stride=(2, 1), groups=2)
    assert mult_adds(layer, (4, 9, 5)) == 6 * 4 * 4 * (4 // 2) * 3 * 2


def test_mult_adds_of_a_dilated_convolution_follow_its_smaller_output() -> None:
    layer = nn.Conv2d(3, 5, 3, dilation=(2, 1))
    assert mult_adds(layer, (3, 9, 8)) == 5 * 5 * 6 * 3 * 9
    assert layer_costs(layer, (3, 9, 8))[0].detail == "3x3 dilation 2x1"


def test_mult_adds_of_a_linear_layer_leave_the_bias_out() -> None:
    assert mult_adds(nn.Sequential(nn.Flatten(), nn.Linear(12, 5)), (3, 2, 2)) == 60


def test_mult_adds_count_a_layer_each_time_it_is_used() -> None:
    layer = nn.Conv2d(2, 2, 3, padding=1)
    assert mult_adds(nn.Sequential(layer, layer), (2, 4, 4)) == 2 * mult_adds(layer, (2, 4, 4))


def test_mult_adds_leave_no_hook_behind() -> None:
    layer = nn.Conv2d(1, 1, 1)
    mult_adds(layer, (1, 2, 2))
    assert not layer._forward_hooks


def test_count_parameters_leaves_out_buffers_and_what_is_frozen() -> None:
    net = nn.Sequential(nn.Conv2d(3, 4, 3), nn.BatchNorm2d(4), nn.Linear(2, 2))
    net[2].weight.requires_grad_(requires_grad=False)
    assert count_parameters(net) == 3 * 4 * 9 + 4 + 8 + 2
    assert count_parameters(net) == sum(p.numel() for p in net.parameters()) - 4
    assert torch.is_tensor(net[1].running_mean)


def test_count_buffers_has_the_averages_of_batch_norm_and_not_its_counter() -> None:
    assert count_buffers(nn.Sequential(nn.BatchNorm2d(4), nn.BatchNorm2d(3, track_running_stats=False))) == 8


def test_layer_costs_are_in_the_order_of_running_and_give_a_shared_layer_its_parameters_once() -> None:
    shared = nn.Conv2d(2, 2, 3, padding=1)
    net = nn.Sequential(shared, nn.ReLU(), nn.MaxPool2d(2), shared)
    rows = layer_costs(net, (2, 4, 6))
    assert [(row.name, row.kind, row.output) for row in rows] == [
        ("0", "Conv2d", (2, 4, 6)),
        ("2", "MaxPool2d", (2, 2, 3)),
        ("0", "Conv2d", (2, 2, 3)),
    ]
    assert [row.parameters for row in rows] == [38, 0, 0]
    assert [row.mult_adds for row in rows] == [2 * 24 * 18, 0, 2 * 6 * 18]


def test_costs_and_stages_of_a_network_on_the_meta_device() -> None:
    with torch.device("meta"):
        net = nn.Sequential(nn.Conv2d(3, 4096, 3), nn.Flatten(), nn.Linear(4096 * 222 * 222, 1000))
    assert mult_adds(net, (3, 224, 224)) == 222**2 * 4096 * 27 + 4096 * 222**2 * 1000
    assert stage_shapes(net, (3, 224, 224)) == {"0": (4096, 222, 222), "1": (4096 * 222**2,), "2": (1000,)}
