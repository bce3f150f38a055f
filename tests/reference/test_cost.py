from __future__ import annotations

import torch
from torch import nn

from reference.models.cost import count_parameters, mult_adds


def test_mult_adds_of_a_grouped_strided_convolution() -> None:
    layer = nn.Conv2d(4, 6, (3, 2), stride=(2, 1), groups=2)
    assert mult_adds(layer, (4, 9, 5)) == 6 * 4 * 4 * (4 // 2) * 3 * 2


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
