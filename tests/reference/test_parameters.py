from __future__ import annotations

import random

import numpy as np
import pytest

from reference.oracles import parameters as oracle
from reference.parameters import conv_params, local_params, memory, mlp_params


def test_mlp_params_are_those_of_the_layers_in_torch() -> None:
    draw = random.Random(1)
    for _ in range(300):
        sizes = [draw.randint(1, 10 ** draw.randint(0, 4)) for _ in range(draw.randint(2, 6))]
        for bias in (True, False):
            assert mlp_params(sizes, bias) == oracle.mlp_params(sizes, bias=bias), sizes


def test_conv_params_are_those_of_the_layer_in_torch() -> None:
    draw = random.Random(2)
    for _ in range(300):
        groups = draw.randint(1, 8)
        channels = [groups * draw.randint(1, 40) for _ in range(2)]
        side = draw.choice([draw.randint(1, 11), (draw.randint(1, 11), draw.randint(1, 11))])
        bias = draw.random() < 0.5
        expected = oracle.conv_params(*channels, side, bias=bias, groups=groups)
        assert conv_params(*channels, side, bias, groups) == expected, (channels, side, bias, groups)


def test_local_params_are_those_of_one_group_a_unit_in_torch() -> None:
    draw = random.Random(3)
    for _ in range(200):
        units, k, bias = draw.randint(1, 300), draw.randint(1, 50), draw.random() < 0.5
        assert local_params(units, k, bias) == oracle.local_params(units, k, bias=bias), (units, k, bias)


@pytest.mark.parametrize(
    ("count", "expected"),
    [
        (mlp_params([262144, 262144, 1]), 68_720_001_025),
        (mlp_params([262144, 262144], bias=False), 68_719_476_736),
        (mlp_params([3072, 4], bias=False), 12_288),
        (mlp_params([3072, 4]), 12_292),
        (local_params(262144, 3), 786_432),
        (local_params(262144, 9), 2_359_296),
        (conv_params(3, 5, 5, bias=False), 375),
        (conv_params(3, 5, 5), 380),
        (conv_params(3, 96, 11), 34_944),
        (local_params(55 * 55 * 96, 11 * 11 * 3, bias=True), 105_705_600),
    ],
)
def test_counts_of_the_lectures(count: int, expected: int) -> None:
    assert type(count) is int
    assert count == expected


def test_memory_of_the_lectures_network() -> None:
    assert memory(262144**2) == {"bytes": 274_877_906_944, "GB": 274.877906944, "GiB": 256.0}


@pytest.mark.parametrize("dtype", ["float16", "float32", "float64", "int8", np.float32])
def test_memory_is_that_of_an_array(dtype: object) -> None:
    assert memory(12, dtype)["bytes"] == np.empty(12, dtype).nbytes


@pytest.mark.parametrize(
    "refused",
    [
        lambda: mlp_params([3]),
        lambda: mlp_params([3, 0]),
        lambda: local_params(0, 3),
        lambda: local_params(3, 0),
        lambda: conv_params(0, 1, 3),
        lambda: conv_params(1, 0, 3),
        lambda: conv_params(1, 1, 0),
        lambda: conv_params(1, 1, (3, 3, 3)),
        lambda: conv_params(4, 6, 3, groups=4),
        lambda: conv_params(6, 4, 3, groups=4),
        lambda: conv_params(1, 1, 3, groups=0),
        lambda: memory(-1),
    ],
)
def test_impossible_arguments_are_refused(refused) -> None:
    with pytest.raises(ValueError, match=r"must|divide"):
        refused()
