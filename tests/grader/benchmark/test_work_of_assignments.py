"""Every benchmark's work: its samples come out right, and less precision or one wrong number does not."""

from __future__ import annotations

from collections.abc import Callable
from functools import lru_cache
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from grader.benchmark.load import cases_of, load_work
from grader.benchmark.work import Expected, Work, arrays_of, disagreement
from grader.contract import Assignment, load_assignments
from reference.pooling import pool_forward_views

ROOT = Path(__file__).parents[3] / "assignments"
TIMED = [
    assignment
    for assignment in load_assignments(ROOT).values()
    if assignment.benchmark is not None and assignment.benchmark.kind == "call"
]
SEED = 7

each = pytest.mark.parametrize("assignment", TIMED, ids=lambda assignment: assignment.id)
each_sample = pytest.mark.parametrize(
    ("assignment", "path"),
    [
        pytest.param(assignment, path, id=f"{assignment.number}-{path.stem}")
        for assignment in TIMED
        for path in assignment.submissions("accepted")
    ],
)


def test_numpy_convolutions_and_pooling_are_timed() -> None:
    assert {"04-conv-forward", "05-conv-backward", "08-pooling"} <= {assignment.id for assignment in TIMED}


@each_sample
def test_accepted_sample_gives_what_is_expected(assignment: Assignment, path: Path) -> None:
    work, arguments, expected = drawn(assignment.id)
    outputs = called(assignment, work, path, arguments)
    for got, wanted in zip(outputs, expected, strict=True):
        assert got.dtype == work.dtype
        assert got.shape == wanted.value.shape
        assert disagreement(got, wanted) == ""


@each
def test_inputs_rounded_to_half_precision_are_refused_in_every_output(assignment: Assignment) -> None:
    work, arguments, expected = drawn(assignment.id)
    outputs = called(assignment, work, reference_of(assignment), with_arrays(arguments, rounded_to_half))
    for got, wanted in zip(outputs, expected, strict=True):
        told = disagreement(got, wanted)
        assert "of the numbers are wrong" in told
        # Rounded inputs tie in a window of 20's pooling, and another one than the largest gets the gradient.
        assert wanted.scale is None or assignment.id.startswith("20-") or "rounded too much" in told


@each
def test_right_values_pass_and_one_wrong_number_does_not(assignment: Assignment) -> None:
    work, _arguments, expected = drawn(assignment.id)
    for wanted in expected:
        right = wanted.value.astype(work.dtype)
        assert disagreement(right, wanted) == ""
        for wrong in (just_off(right, wanted), np.nan):
            got, place = right.copy(), right.size // 2 if wanted.scale is None else int(wanted.scale.argmax())
            got.flat[place] = wrong.flat[place] if isinstance(wrong, np.ndarray) else wrong
            assert str(tuple(map(int, np.unravel_index(place, got.shape)))) in disagreement(got, wanted)


@each
def test_every_call_has_new_numbers_of_the_same_shapes(assignment: Assignment) -> None:
    for case in cases_of(assignment):
        work, rng = load_work(assignment, case), np.random.default_rng(SEED)
        one, other = arrays_of(work.draw(rng)), arrays_of(work.draw(rng))
        assert [(array.dtype, array.shape) for array in one] == [(array.dtype, array.shape) for array in other]
        for array, another in zip(one, other, strict=True):
            assert array.dtype != work.dtype or not np.array_equal(array, another)


@each
def test_inputs_have_no_mean_that_would_hide_rounding(assignment: Assignment) -> None:
    for array in arrays_of(drawn(assignment.id)[1]):
        if array.dtype.kind == "f" and array.size > 1000:
            assert abs(array.mean()) < 6 * array.std() / np.sqrt(array.size)


@each
def test_work_names_an_entry_and_what_it_needs(assignment: Assignment) -> None:
    work, arguments, expected = drawn(assignment.id)
    assert work.entry in {entry.name for entry in assignment.entries}
    outputs = sum(wanted.value.size for wanted in expected)
    inputs = max(array.nbytes for array in arrays_of(arguments))
    assert work.operations >= outputs
    assert work.bytes_moved >= inputs + outputs * np.dtype(work.dtype).itemsize


def test_expected_of_pooling_is_the_references() -> None:
    _work, (x, pool_param), (expected,) = drawn("08-pooling")
    np.testing.assert_array_equal(expected.value, pool_forward_views(x, pool_param)[0])


@lru_cache(maxsize=1)
def drawn(name: str) -> tuple[Work, tuple[Any, ...], tuple[Expected, ...]]:
    (assignment,) = (assignment for assignment in TIMED if assignment.id == name)
    work = load_work(assignment)
    arguments = work.draw(np.random.default_rng(SEED))
    return work, arguments, work.expected(arguments)


def called(assignment: Assignment, work: Work, path: Path, arguments: tuple[Any, ...]) -> list[np.ndarray]:
    names: dict[str, Any] = {"__name__": path.stem}
    exec(compile(path.read_text(encoding="utf-8"), str(path), "exec"), names)
    if assignment.profile == "torch":
        return through_tensors(names[work.entry], work, arguments)
    return picked(names[work.entry](*arguments), work)


def through_tensors(function: Callable[..., Any], work: Work, arguments: tuple[Any, ...]) -> list[np.ndarray]:
    import torch

    value = function(*with_arrays(arguments, torch.from_numpy))
    return [part.detach().numpy() for part in picked(value, work)]


def picked(value: Any, work: Work) -> list[Any]:
    return [value[pick] for pick in work.picks] if work.picks else [value]


def with_arrays(value: Any, change: Callable[[np.ndarray], Any]) -> Any:
    if isinstance(value, np.ndarray):
        return change(value)
    if isinstance(value, dict):
        return {key: with_arrays(item, change) for key, item in value.items()}
    return type(value)(with_arrays(item, change) for item in value) if isinstance(value, tuple | list) else value


def rounded_to_half(array: np.ndarray) -> np.ndarray:
    return array.astype(np.float16).astype(array.dtype) if array.dtype.kind == "f" else array


def just_off(right: np.ndarray, wanted: Expected) -> np.ndarray:
    """Twice as far from the value as is allowed, or the next number of the type where none other is."""
    if wanted.scale is None:
        return np.nextafter(right, np.inf)
    roundoff = np.finfo(right.dtype).eps / 2
    return (wanted.value + 2 * wanted.factor * roundoff * wanted.scale).astype(right.dtype)


def reference_of(assignment: Assignment) -> Path:
    assert assignment.benchmark is not None
    return assignment.folder / "submissions" / "accepted" / f"{assignment.benchmark.reference}.py"
