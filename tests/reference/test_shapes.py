from __future__ import annotations

import numpy as np
import pytest

from reference.shapes import CLASSES, make_shapes


def test_make_shapes_gives_float_images_and_labels_of_every_class() -> None:
    images, labels = make_shapes(400, 1)
    assert images.shape == (400, 1, 32, 32)
    assert images.dtype == np.float32
    assert labels.dtype == np.int64
    assert np.unique(labels).tolist() == list(range(10))
    assert len(CLASSES) == 10


def test_make_shapes_of_the_same_seed_is_the_same() -> None:
    first, second = make_shapes(50, 7), make_shapes(50, 7)
    assert np.array_equal(first[0], second[0])
    assert np.array_equal(first[1], second[1])
    assert not np.array_equal(first[0], make_shapes(50, 8)[0])


def test_make_shapes_draws_from_a_generator_that_goes_on() -> None:
    rng = np.random.default_rng(3)
    assert not np.array_equal(make_shapes(20, rng)[0], make_shapes(20, rng)[0])


def test_make_shapes_keeps_every_figure_inside_and_visible() -> None:
    images, _ = make_shapes(2000, 5, noise=0.0)
    lit = (images[:, 0] > 0).sum(axis=(1, 2))
    assert lit.min() >= 15
    assert lit.max() < 32 * 32 / 2
    bright = images.max(axis=(1, 2, 3))
    assert bright.min() >= 0.3
    assert bright.max() <= 1.0
    assert not images[:, 0, [0, -1], :][:, :, [0, -1]].any()


@pytest.mark.parametrize("name", CLASSES)
def test_make_shapes_symmetry_of_each_figure(name: str) -> None:
    """Only the triangles tell up from down; every figure equals its mirror image."""
    images, _ = make_shapes(1, 11, size=33, noise=0.0, classes=(name,))
    rows, columns = (np.flatnonzero(images[0, 0].any(axis=axis)) for axis in (1, 0))
    figure = images[0, 0, rows[0] : rows[-1] + 1, columns[0] : columns[-1] + 1] > 0
    upside_down = (figure != figure[::-1]).mean()
    mirrored = (figure != figure[:, ::-1]).mean()
    assert mirrored < 0.15
    assert (upside_down > 0.3) == name.startswith("tri")


def test_make_shapes_tells_the_bars_and_the_triangles_apart() -> None:
    for name, axis in (("hbar", 1), ("vbar", 0)):
        images, _ = make_shapes(20, 2, noise=0.0, classes=(name,))
        long, short = (images[:, 0] > 0).any(axis=2 - axis), (images[:, 0] > 0).any(axis=1 + axis)
        assert (long.sum(axis=1) > 2 * short.sum(axis=1)).all()
    images, _ = make_shapes(1, 2, noise=0.0, classes=("tri_up",))
    widths = (images[0, 0] > 0).sum(axis=1)
    assert widths[np.flatnonzero(widths)[0]] < widths[np.flatnonzero(widths)[-1]]


def test_make_shapes_noise_is_of_the_given_strength() -> None:
    clean, _ = make_shapes(200, 9, noise=0.0)
    noisy, _ = make_shapes(200, 9, noise=0.3)
    assert (noisy - clean).std() == pytest.approx(0.3, rel=0.02)


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"classes": ("disc", "star")}, "classes"),
        ({"classes": ()}, "classes"),
        ({"size": 8}, "size"),
        ({"noise": -1}, "noise"),
    ],
)
def test_make_shapes_refuses_what_it_cannot_draw(change: dict, message: str) -> None:
    with pytest.raises(ValueError, match=message):
        make_shapes(3, 0, **change)
