from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from reference import definition
from reference.oracles import pooling as oracle
from reference.pooling import KINDS, pool_backward, pool_backward_offsets, pool_forward, pool_forward_views

FORWARD = [pool_forward, pool_forward_views]
BACKWARD = [pool_backward, pool_backward_offsets]
DECK = np.array([[7, 3, 5, 2], [8, 7, 1, 6], [4, 9, 3, 9], [0, 8, 4, 5]], dtype=float).reshape(1, 1, 4, 4)


@dataclass(frozen=True)
class Case:
    x: np.ndarray
    kind: str
    window: tuple[int, int]
    stride: tuple[int, int]
    p: float

    @property
    def pool_param(self) -> dict:
        height, width = self.window
        return {"pool_height": height, "pool_width": width, "stride": self.stride, "type": self.kind, "p": self.p}

    def by_torch(self) -> np.ndarray:
        return oracle.pool(self.x, self.kind, self.window, self.stride, self.p)


def pairs(least: int, most: int) -> st.SearchStrategy[tuple[int, int]]:
    return st.tuples(st.integers(least, most), st.integers(least, most))


@st.composite
def cases(draw: st.DrawFn, kinds: tuple[str, ...] = KINDS) -> Case:
    """Any layer that has an output, on few different values of both signs: ties are common."""
    window = draw(pairs(1, 4))
    sides = [draw(st.integers(side, side + 7)) for side in window]
    n, c = draw(st.integers(1, 3)), draw(st.integers(1, 3))
    rng = np.random.default_rng(draw(st.integers(0, 2**32)))
    return Case(
        x=rng.integers(-4, 4, size=(n, c, *sides)) / 2,
        kind=draw(st.sampled_from(kinds)),
        window=window,
        stride=draw(pairs(1, 4)),
        p=draw(st.sampled_from((1.0, 2.0, 3.0, 5.0))),
    )


@settings(deadline=None, max_examples=200)
@given(cases())
def test_solutions_agree_with_torch(case: Case) -> None:
    expected = case.by_torch()
    for solution in FORWARD:
        out, _ = solution(case.x, case.pool_param)
        np.testing.assert_allclose(out, expected, rtol=1e-12, atol=0 if case.kind == "max" else 1e-13)


@settings(deadline=None, max_examples=100)
@given(cases())
def test_torch_agrees_with_the_definition(case: Case) -> None:
    maps = definition.pool(case.x.tolist(), case.kind, case.window, case.stride, case.p)
    np.testing.assert_allclose(case.by_torch(), np.array(maps), rtol=1e-12, atol=1e-13)


@settings(deadline=None, max_examples=200)
@given(cases(("max", "mean")), st.integers(0, 2**32))
def test_gradients_agree_with_torch(case: Case, seed: int) -> None:
    out, cache = pool_forward(case.x, case.pool_param)
    dout = np.random.default_rng(seed).integers(-9, 9, size=out.shape).astype(float)
    expected = oracle.gradient(dout, case.x, case.kind, case.window, case.stride)
    for solution in BACKWARD:
        np.testing.assert_allclose(solution(dout, cache), expected, rtol=1e-12, atol=1e-13)


@pytest.mark.parametrize("solution", FORWARD)
@pytest.mark.parametrize(
    ("kind", "expected"),
    [
        ("max", [[8, 6], [9, 9]]),
        ("mean", [[6.25, 3.5], [5.25, 5.25]]),
        ("median", [[7, 3.5], [6, 4.5]]),
        ("power", [[13.077, 8.124], [12.689, 11.446]]),
    ],
)
def test_pool_forward_on_the_lecture_table(solution, kind: str, expected: list) -> None:
    out, _ = solution(DECK, {"pool_height": 2, "pool_width": 2, "stride": 2, "type": kind, "p": 2})
    np.testing.assert_allclose(out[0, 0], expected, atol=5e-4)


@pytest.mark.parametrize("solution", FORWARD)
def test_pool_forward_without_a_stride_lays_windows_side_by_side(solution) -> None:
    out, _ = solution(np.arange(30.0).reshape(1, 1, 5, 6), {"pool_height": 2, "pool_width": 3, "type": "max"})
    assert out[0, 0].tolist() == [[8, 11], [20, 23]]


@pytest.mark.parametrize("solution", FORWARD)
@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize(("given", "expected"), [("f4", "f4"), ("f8", "f8"), ("i8", "f8"), ("u1", "f8")])
def test_pool_forward_dtype_is_floating(solution, kind: str, given: str, expected: str) -> None:
    out, _ = solution(DECK.astype(given) * 20, {"pool_height": 2, "pool_width": 2, "type": kind, "p": 2})
    assert out.dtype == np.dtype(expected)
    exact = oracle.pool(DECK * 20, kind, (2, 2), (2, 2))
    np.testing.assert_allclose(out, exact, rtol=1e-6 if expected == "f4" else 1e-12)


@pytest.mark.parametrize("solution", BACKWARD)
def test_pool_backward_of_a_tie_goes_to_the_first_in_row_major_order(solution) -> None:
    x = np.array([[1.0, 5.0], [5.0, 5.0]]).reshape(1, 1, 2, 2)
    _, cache = pool_forward(x, {"pool_height": 2, "pool_width": 2, "type": "max"})
    assert solution(np.full((1, 1, 1, 1), 3.0), cache)[0, 0].tolist() == [[0, 3], [0, 0]]


@pytest.mark.parametrize("solution", BACKWARD)
@pytest.mark.parametrize("kind", ["median", "power"])
def test_pool_backward_refuses_kinds_without_a_gradient_here(solution, kind: str) -> None:
    out, cache = pool_forward(DECK, {"pool_height": 2, "pool_width": 2, "type": kind})
    with pytest.raises(ValueError, match=kind):
        solution(out, cache)


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"type": "min"}, "must be one of"),
        ({"stride": 0}, "stride"),
        ({"p": 0}, "positive"),
        ({"p": float("nan")}, "positive"),
        ({"pool_height": 5}, "does not fit"),
        ({"pool_width": 0}, "window"),
        ({"pad": 1}, "unknown"),
    ],
)
def test_pool_forward_refuses_settings_that_do_not_fit(change: dict, message: str) -> None:
    for solution in FORWARD:
        with pytest.raises(ValueError, match=message):
            solution(DECK, {"pool_height": 2, "pool_width": 2, "type": "max"} | change)


def test_pool_forward_names_a_setting_that_is_missing() -> None:
    with pytest.raises(ValueError, match=r"missing.*type"):
        pool_forward(DECK, {"pool_height": 2, "pool_width": 2})
