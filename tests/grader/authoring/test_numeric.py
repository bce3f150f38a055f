"""Seeds, and gradients by differences."""

from __future__ import annotations

import numpy as np

from grader.authoring import numeric_gradient, seed_of


def test_numeric_gradient_of_a_cubic_is_three_times_the_square():
    x = np.random.default_rng(1).normal(size=(2, 3))
    gradient = numeric_gradient(lambda: (x**3).sum(), x)
    np.testing.assert_allclose(gradient, 3 * x**2, atol=1e-8)


def test_numeric_gradient_leaves_the_array_as_it_was():
    x = np.random.default_rng(2).normal(size=4)
    before = x.copy()
    numeric_gradient(lambda: np.sin(x).sum(), x)
    np.testing.assert_array_equal(x, before)


def test_seed_depends_on_the_generator_alone_and_fits_torch():
    seeds = [seed_of(np.random.default_rng(3)) for _ in range(2)]
    assert seeds[0] == seeds[1] != seed_of(np.random.default_rng(4))
    assert all(0 <= seed < 2**31 for seed in seeds)
