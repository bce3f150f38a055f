from __future__ import annotations

import random

import pytest

from reference import networks
from reference.accountant import analyse, lint
from reference.oracles import accountant as oracle

ALONE = (1, 32, 32)


@pytest.mark.parametrize(
    ("network", "params", "macs"),
    [
        (networks.lenet5, 61_706, 416_520),
        (networks.alexnet, 60_965_224, 724_406_816),
        (networks.vgg16, 138_357_544, 15_470_264_320),
        (networks.mobilenet, 4_231_976, 568_740_352),
    ],
)
def test_totals_of_known_networks(network, params: int, macs: int) -> None:
    rows = analyse(*network())
    assert rows == oracle.analyse(*network())
    assert sum(row["params"] for row in rows) == params
    assert sum(row["macs"] for row in rows) == macs


def test_shapes_of_lenet5() -> None:
    rows = {row["name"]: row["out"] for row in analyse(*networks.lenet5())}
    assert [rows[name] for name in ("c1", "s2", "c3", "s4", "c5", "f6", "out")] == [
        *((6, 28, 28), (6, 14, 14), (16, 10, 10), (16, 5, 5), (120, 1, 1)),
        *((84,), (10,)),
    ]


def test_analyse_agrees_with_torch_on_random_networks() -> None:
    draw, fitting = random.Random(4), 0
    for _ in range(800):
        spec, in_shape = random_network(draw)
        try:
            expected = oracle.analyse(spec, in_shape)
        except ValueError:
            with pytest.raises(ValueError, match=r"fit|divide"):
                analyse(spec, in_shape)
            continue
        assert analyse(spec, in_shape) == expected, (spec, in_shape)
        fitting += 1
    assert 200 < fitting < 750


def random_network(draw: random.Random) -> tuple[list[dict], tuple[int, int, int]]:
    spec = []
    for number in range(draw.randint(1, 6)):
        kernel = draw.choice([draw.randint(1, 5), (draw.randint(1, 5), draw.randint(1, 5))])
        settings = {"stride": draw.randint(1, 3), "pad": draw.randint(0, 2)}
        groups, bias = draw.choice([1, 1, 1, 2, 3]), draw.random() < 0.7
        least = min(kernel) if isinstance(kernel, tuple) else kernel
        spec.append(
            draw.choice(
                [
                    networks.conv(
                        f"conv{number}", 6 * draw.randint(1, 3), kernel, groups=groups, bias=bias, **settings
                    ),
                    networks.pool(
                        f"pool{number}", kernel, 2, draw.choice(["max", "mean"]), pad=draw.randint(0, least // 2)
                    ),
                    {"name": f"bn{number}", "type": "bn"},
                    networks.relu(f"relu{number}"),
                    {"name": f"dropout{number}", "type": "dropout"},
                ]
            )
        )
    if draw.random() < 0.5:
        spec += [networks.fc("fc1", draw.randint(1, 9), bias=draw.random() < 0.7), {"name": "bn", "type": "bn"}]
        spec.append(networks.fc("fc2", draw.randint(1, 9)))
    return spec, (6 * draw.randint(1, 2), draw.randint(3, 20), draw.randint(3, 20))


@pytest.mark.parametrize(
    ("network", "found"),
    [
        (networks.vgg16, []),
        (networks.lenet5, [(0, "R3"), (3, "R3"), (6, "R3")]),
        (networks.alexnet, [(-1, "R1"), (0, "R3"), (2, "R4"), (5, "R4"), (12, "R4")]),
    ],
)
def test_lint_of_known_networks(network, found: list[tuple[int, str]]) -> None:
    assert lint(*network()) == found


def test_lint_of_mobilenet_names_the_strided_convolutions() -> None:
    spec, in_shape = networks.mobilenet()
    strided = [index for index, layer in enumerate(spec) if layer["type"] == "conv" and layer.get("stride", 1) == 2]
    assert lint(spec, in_shape) == [(index, rule) for index in strided for rule in ("R3", "R5")]


@pytest.mark.parametrize(
    ("sides", "breaks_r1"),
    [
        ((32, 32), False),
        ((224, 224), False),
        ((96, 384), False),
        ((227, 227), True),
        ((64, 48), True),
        ((16, 32), True),
    ],
)
def test_lint_r1_asks_for_five_halvings(sides: tuple[int, int], breaks_r1: bool) -> None:
    assert lint([], (3, *sides)) == ([(-1, "R1")] if breaks_r1 else [])


@pytest.mark.parametrize(
    ("layer", "rules"),
    [
        (networks.conv("c", 4, 7, pad=3), ["R2"]),
        (networks.conv("c", 4, (1, 6), pad=1), ["R2", "R3"]),
        (networks.conv("c", 4, 5, pad=2), []),
        (networks.conv("c", 4, 3), ["R3"]),
        (networks.conv("c", 4, 3, pad=1, stride=2), ["R3", "R5"]),
        (networks.pool("p", 2, 2), []),
        (networks.pool("p", (2, 1), 2), ["R4", "R5"]),
        (networks.pool("p", 3, 2, pad=1), ["R4", "R5"]),
        (networks.pool("p", 2, 1), ["R4"]),
        (networks.pool("p", 2, 2, pad=1), ["R4"]),
        (networks.pool("p", 7, 1, "mean"), []),
        (networks.pool("p", 3, 2, "mean"), ["R5"]),
        (networks.fc("f", 3), []),
    ],
)
def test_lint_of_one_layer(layer: dict, rules: list[str]) -> None:
    assert lint([networks.relu("first"), layer], ALONE) == [(1, rule) for rule in rules]


def test_lint_leaves_the_first_layers_kernel_alone() -> None:
    assert lint([networks.conv("c", 4, 7, pad=3)], ALONE) == []


def test_a_type_that_is_not_known_is_refused() -> None:
    with pytest.raises(ValueError, match="not 'lstm'"):
        analyse([{"name": "l", "type": "lstm"}], ALONE)
