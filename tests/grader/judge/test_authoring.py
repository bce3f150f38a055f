"""The comparisons that checks use: what passes, what fails, and what the student reads."""

from __future__ import annotations

import numpy as np
import pytest
import torch

from grader.authoring import (
    CheckFailed,
    expect,
    expect_close,
    expect_dtype,
    expect_equal,
    expect_scaled,
    expect_shape,
)
from grader.authoring.comparisons import json_value

X = np.arange(24.0).reshape(2, 3, 4)


@pytest.mark.parametrize(
    ("got", "expected"),
    [
        (X, X),
        (X + 1e-12, X),
        (X.astype(np.float32), X),
        (torch.from_numpy(X), X),
        (torch.ones(2, requires_grad=True), np.ones(2)),
        (np.array([np.nan, np.inf, -np.inf]), np.array([np.nan, np.inf, -np.inf])),
        (3, 3.0),
        (np.float64(0.5), 0.5),
        (np.zeros((0, 3)), np.zeros((0, 3))),
        (np.array([True]), np.array([True])),
    ],
)
def test_close_values_pass(got, expected):
    expect_close(got, expected)


@pytest.mark.parametrize(
    ("got", "expected", "text"),
    [
        (X + 1e-6, X, "24 of 24"),
        (np.array([np.nan]), np.array([1.0]), "not finite"),
        (np.array([1.0]), np.array([np.nan]), "1 of 1"),
        (np.array([np.inf]), np.array([-np.inf]), "1 of 1"),
        (X[0], X, r"shape \(3, 4\); \(2, 3, 4\) is expected"),
        (X + 0j + 1j, X, "24 of 24"),
        ([1.0], np.ones(1), "a list of 1"),
        (None, np.ones(1), "Is a return missing"),
        (np.array([None]), np.ones(1), "dtype object"),
        ({}, np.ones(1), "a dict"),
    ],
)
def test_other_values_fail_and_say_why(got, expected, text):
    with pytest.raises(CheckFailed, match=text):
        expect_close(got, expected)


def test_worst_element_is_named_with_a_window_of_both_arrays_around_it():
    wrong = X.copy()
    wrong[1, 2, 3] += 5
    wrong[0, 0, 0] += 1
    with pytest.raises(CheckFailed) as failure:
        expect_close(wrong, X)
    evidence = failure.value.evidence
    assert (evidence["index"], evidence["expected"], evidence["got"]) == ([1, 2, 3], 23.0, 28.0)
    assert evidence["expected_window"] == X[1].tolist()
    assert evidence["got_window"] == wrong[1].tolist()
    assert evidence["window_origin"] == [1, 0, 0]
    assert str(failure.value).startswith("2 of 24 values differ. The worst is out[1, 2, 3]: expected 23, got 28.")


def test_nan_is_the_worst_element():
    wrong = X.copy()
    wrong[0, 1, 1] = np.nan
    wrong[1, 0, 0] = 1e9
    with pytest.raises(CheckFailed) as failure:
        expect_close(wrong, X)
    assert failure.value.evidence["index"] == [0, 1, 1]
    assert failure.value.evidence["got"] == "nan"


def test_equal_refuses_the_last_bit():
    expect_equal(X, X)
    with pytest.raises(CheckFailed):
        expect_equal(np.nextafter(X, np.inf), X)


def test_scaled_error_passes_float32_and_refuses_half_precision():
    rng = np.random.default_rng(0)
    a, b = rng.standard_normal((64, 576)), rng.standard_normal((576, 64))
    magnitude = np.abs(a) @ np.abs(b)
    expect_scaled(a.astype(np.float32) @ b.astype(np.float32), a @ b, magnitude)
    half = a.astype(np.float16).astype(np.float32) @ b.astype(np.float16).astype(np.float32)
    with pytest.raises(CheckFailed, match="rounding error"):
        expect_scaled(half, a @ b, magnitude)


def test_shape_dtype_and_condition_fail_with_their_text():
    expect_shape(X, (2, 3, 4))
    expect_dtype(X, np.float64)
    expect(True, "never shown")
    with pytest.raises(CheckFailed, match="is expected"):
        expect_shape(X, (2, 3))
    with pytest.raises(CheckFailed, match="float32 is expected"):
        expect_dtype(X, np.float32)
    with pytest.raises(CheckFailed, match="the message"):
        expect(X.size == 0, "the message")


@pytest.mark.parametrize(
    ("value", "shown"),
    [(np.float64("nan"), "nan"), (-np.inf, "-inf"), (np.int8(3), 3), (np.bool_(1), True), (1 / 3, 0.333333333333)],
)
def test_evidence_is_strict_json(value, shown):
    assert json_value(value) == shown
