from __future__ import annotations

import itertools

import pytest

from reference.definition import positions
from reference.sizes import extent, output_size, pair


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
