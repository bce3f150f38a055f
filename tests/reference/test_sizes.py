from __future__ import annotations

import itertools
import random

import pytest

from reference.definition import positions, seen_by_one_output
from reference.sizes import extent, output_size, pair, receptive_field, same_pad


def test_output_size_is_the_number_of_places_where_the_kernel_fits() -> None:
    for n, k, s, p, d in itertools.product(range(1, 13), range(1, 6), range(1, 5), range(4), range(1, 4)):
        places = positions(n, k, s, p, d)
        if places:
            assert output_size(n, k, s, p, d) == len(places), (n, k, s, p, d)
        else:
            with pytest.raises(ValueError, match="does not fit"):
                output_size(n, k, s, p, d)


@pytest.mark.parametrize(
    ("arguments", "size"),
    [((5, 3, 1, 1), 5), ((5, 3, 2, 1), 3), ((32, 5), 28), ((227, 11, 4), 55), ((224, 11, 4, 2), 55)],
)
def test_output_size_of_known_layers(arguments: tuple[int, ...], size: int) -> None:
    assert output_size(*arguments) == size


@pytest.mark.parametrize(
    ("n", "k", "s", "p", "shown"), [(5, 3, 3, 1, "2.33"), (10, 3, 2, 0, "4.5"), (224, 11, 4, 0, "54.25")]
)
def test_output_size_strict_refuses_windows_that_do_not_fit_exactly(n: int, k: int, s: int, p: int, shown: str) -> None:
    assert output_size(n, k, s, p) >= 1
    with pytest.raises(ValueError, match=shown):
        output_size(n, k, s, p, strict=True)


@pytest.mark.parametrize("arguments", [(0, 1), (5, 0), (5, 3, 0), (5, 3, 1, -1), (5, 3, 1, 0, 0)])
def test_output_size_out_of_range_names_the_setting(arguments: tuple[int, ...]) -> None:
    with pytest.raises(ValueError, match="must be at least"):
        output_size(*arguments)


def test_extent_of_a_dilated_kernel() -> None:
    assert [extent(3, d) for d in (1, 2, 4)] == [3, 5, 9]
    assert extent(1, 7) == 1


def test_pair_of_one_integer_holds_it_twice() -> None:
    assert pair(3, "stride", 1) == (3, 3)
    assert pair([1, 2], "stride", 1) == (1, 2)


@pytest.mark.parametrize("value", [0, (1, 0), (1, 2, 3), 1.5, (1, 2.0), "2", None, True])
def test_pair_refuses_what_is_no_positive_integer(value: object) -> None:
    with pytest.raises(ValueError, match="stride"):
        pair(value, "stride", 1)


def test_same_pad_keeps_the_size_of_every_image() -> None:
    for k, d in itertools.product(range(1, 10), range(1, 6)):
        keeping = [p for p in range(k * d) if all(len(positions(n, k, 1, p, d)) == n for n in range(1, 8))]
        if keeping:
            assert [same_pad(k, d)] == keeping, (k, d)
        else:
            with pytest.raises(ValueError, match="no padding"):
                same_pad(k, d)


@pytest.mark.parametrize("arguments", [(0,), (3, 0)])
def test_same_pad_out_of_range_names_the_setting(arguments: tuple[int, ...]) -> None:
    with pytest.raises(ValueError, match="must be at least 1"):
        same_pad(*arguments)


def test_receptive_field_spans_the_pixels_that_reach_one_output() -> None:
    draw = random.Random(5)
    for _ in range(400):
        layers = [tuple(draw.randint(1, most) for most in (5, 3, 3)) for _ in range(draw.randint(0, 5))]
        seen = seen_by_one_output(layers)
        assert receptive_field(layers) == max(seen) - min(seen) + 1, layers


def test_receptive_field_is_the_smallest_image_that_gives_an_output() -> None:
    draw = random.Random(6)
    for _ in range(400):
        layers = [tuple(draw.randint(1, most) for most in (5, 3, 3)) for _ in range(draw.randint(1, 5))]
        smallest = receptive_field(layers)
        assert outputs(smallest, layers) == 1, layers
        assert outputs(smallest - 1, layers) == 0, layers


@pytest.mark.parametrize(
    ("layers", "pixels"),
    [
        ([], 1),
        ([(3, 1, 1)] * 3, 7),
        ([(5, 1, 1), (2, 2, 1), (5, 1, 1), (2, 2, 1)], 16),
        ([(5, 1, 1), (2, 2, 1), (5, 1, 1), (2, 2, 1), (5, 1, 1)], 32),
        ([(3, 1, 1), (3, 1, 2), (3, 1, 4)], 15),
    ],
)
def test_receptive_field_of_known_networks(layers: list[tuple[int, int, int]], pixels: int) -> None:
    assert receptive_field(layers) == pixels


@pytest.mark.parametrize("layer", [(0, 1, 1), (3, 0, 1), (3, 1, 0)])
def test_receptive_field_refuses_settings_below_one(layer: tuple[int, int, int]) -> None:
    with pytest.raises(ValueError, match="at least 1"):
        receptive_field([layer])


def outputs(n: int, layers: list[tuple[int, int, int]]) -> int:
    """How many outputs a stack of layers gives along a side of n pixels, counted place by place."""
    for kernel, stride, dilation in layers:
        n = len(positions(n, kernel, stride, 0, dilation))
    return n
