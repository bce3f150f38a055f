"""One check of several: its points and title where it is parametrised, and what a failure says of its case."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

import pytest

from grader.authoring.comparisons import CheckFailed

if TYPE_CHECKING:
    from _pytest.mark.structures import ParameterSet


def case(name: str, title: str, points: float, *values: object) -> ParameterSet:
    """A row of `@pytest.mark.parametrize` that is a check of its own, with the title that students read and its points.

    `name` stands in brackets after the function's; with it `rng` is seeded, so that a new name draws new inputs.
    """
    return pytest.param(*values, id=name, marks=[pytest.mark.title(title), pytest.mark.points(points)])


@contextmanager
def in_case(told: str = "", **inputs: Any) -> Iterator[None]:
    """What fails inside begins with `told`, and shows these small inputs (arrays, or lists of numbers) beside it."""
    try:
        yield
    except CheckFailed as failed:
        shown = {key: value.tolist() if hasattr(value, "tolist") else value for key, value in inputs.items()}
        evidence = (failed.evidence or {}) | {"inputs": shown} if shown else failed.evidence
        raise CheckFailed(f"{told} {failed.message}".lstrip(), evidence, lesson=failed.lesson) from None
