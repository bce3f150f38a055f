"""Cases of activations, dense layers and the loss."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from reference.oracles import dense as torch_dense
from scripts.reference_cases.trial import SINGLE, Rng, Shape, Trial

SPREADS = (0.0, 1.0, 30.0, 1000.0)


def _numbers(rng: Rng) -> tuple[Any, Any, Shape, frozenset[str]]:
    """Scores of any shape and size, and a gradient of the same shape."""
    shape = tuple(int(side) for side in rng.integers(1, 6, size=rng.integers(1, 5)))
    single = frozenset({SINGLE} if shape[0] == 1 else ())
    return rng.normal(size=shape) * rng.choice(SPREADS), rng.normal(size=shape), shape, single


def relu(rng: Rng, solution: Callable[..., Any]) -> Trial:
    """The rectifier, forward."""
    x, dout, shape, single = _numbers(rng)
    return Trial(f"x {shape}", single, lambda: solution(x)[0], lambda: torch_dense.relu(x, dout)[0])


def relu_gradient(rng: Rng, solution: Callable[..., Any]) -> Trial:
    """The rectifier, backward."""
    x, dout, shape, single = _numbers(rng)
    return Trial(f"x {shape}", single, lambda: solution(dout, x), lambda: torch_dense.relu(x, dout)[1])


def logistic(rng: Rng, solution: Callable[..., Any]) -> Trial:
    """The logistic function."""
    x, _, shape, single = _numbers(rng)
    return Trial(f"x {shape}, up to {abs(x).max():.3g}", single, lambda: solution(x), lambda: torch_dense.sigmoid(x))


def shares(rng: Rng, solution: Callable[..., Any]) -> Trial:
    """Softmax along any axis, from the front or the back."""
    x, _, shape, single = _numbers(rng)
    axis = int(rng.integers(-len(shape), len(shape)))
    shown = f"z {shape}, axis {axis}, up to {abs(x).max():.3g}"
    return Trial(shown, single, lambda: solution(x, axis), lambda: torch_dense.softmax(x, axis))


def _dense(rng: Rng) -> tuple[tuple[Any, Any, Any], Any, str, frozenset[str]]:
    n, outputs, *sides = (int(side) for side in rng.integers(1, 6, size=rng.integers(3, 6)))
    features = 1
    for side in sides:
        features *= side
    arrays = rng.normal(size=(n, *sides)), rng.normal(size=(features, outputs)), rng.normal(size=outputs)
    shown = f"x {(n, *sides)}, w {(features, outputs)}"
    return arrays, rng.normal(size=(n, outputs)), shown, frozenset({SINGLE} if n == 1 else ())


def dense(rng: Rng, solution: Callable[..., Any]) -> Trial:
    """A fully connected layer, forward."""
    arrays, dout, shown, single = _dense(rng)
    return Trial(shown, single, lambda: solution(*arrays)[0], lambda: torch_dense.affine(*arrays, dout)[0])


def dense_gradient(rng: Rng, solution: Callable[..., Any]) -> Trial:
    """A fully connected layer, backward."""
    arrays, dout, shown, single = _dense(rng)
    return Trial(shown, single, lambda: solution(dout, arrays), lambda: torch_dense.affine(*arrays, dout)[1:])


def loss(rng: Rng, solution: Callable[..., Any]) -> Trial:
    """The cross-entropy and its gradient."""
    n, classes = (int(number) for number in rng.integers(1, 7, size=2))
    x, y = rng.normal(size=(n, classes)) * rng.choice(SPREADS), rng.integers(classes, size=n)
    single = frozenset({SINGLE} if n == 1 else ())
    shown = f"x {(n, classes)}, y {y.tolist()}"
    return Trial(shown, single, lambda: solution(x, y), lambda: torch_dense.cross_entropy(x, y))
