"""A small assignment that is timed: a matrix product, and submissions that do it once, or eight times over."""

from __future__ import annotations

from pathlib import Path

TOML = """
title = "Product"
summary = "The product of two matrices."
profile = "numpy"
filename = "product.py"
points = 5

[[entry]]
name = "multiply"

[limits]
check_seconds = 3
total_seconds = 20

[benchmark]
reference = "once"
seconds = 20

[[benchmark.tier]]
name = "bronze"
at_least = 0.02
points = 1

[[benchmark.tier]]
name = "silver"
at_least = 0.4
points = 2

[benchmark.methods]
eight_times = "bronze"
once = "silver"
"""

CHECKS = '''
import numpy as np
import pytest
from grader.authoring import expect_close


@pytest.mark.points(3)
def test_product(student, rng):
    """The product of two matrices"""
    a, b = rng.standard_normal((3, 4)), rng.standard_normal((4, 2))
    expect_close(student.multiply(a, b), a @ b)
'''

BENCHMARK = '''
"""One product of two square matrices."""

import numpy as np

from grader.benchmark.work import Expected, Work

SIZES = {"graded": 384, "small": 64}
CASES = tuple(SIZES)


def work(case="graded"):
    size = SIZES[case]

    def draw(rng):
        return tuple(rng.standard_normal((size, size), dtype=np.float32) for _ in range(2))

    def expected(arguments):
        a, b = (array.astype(np.float64) for array in arguments)
        return (Expected(a @ b, np.abs(a) @ np.abs(b)),)

    return Work(
        entry="multiply",
        shape=f"{size}×{size}, float32",
        draw=draw,
        expected=expected,
        operations=2.0 * size**3,
        bytes_moved=12.0 * size**2,
    )
'''

ONCE = '"""Right."""\ndef multiply(a, b):\n    return a @ b\n'
EIGHT_TIMES = '"""Right, eight times over."""\ndef multiply(a, b):\n    return [a @ b for _ in range(8)][-1]\n'
WRONG = '"""You multiply element by element."""\ndef multiply(a, b):\n    return a[:2, :2] * b[:2, :2]\n'
WRONG_WHERE_LARGE = """
import numpy as np

def multiply(a, b):
    out = a @ b
    if len(a) > 10:
        out[1, 2] = np.nan
    return out
"""
RAISES_WHERE_LARGE = """
def multiply(a, b):
    if len(a) > 10:
        raise ValueError("too large for me")
    return a @ b
"""


def write_timed_assignment(root: Path, *, toml: str = TOML, benchmark: str = BENCHMARK) -> Path:
    """A complete assignment folder."""
    folder = root / "91-product"
    for kind, files in (("accepted", {"once": ONCE, "eight_times": EIGHT_TIMES}), ("wrong", {"elementwise": WRONG})):
        (folder / "submissions" / kind).mkdir(parents=True)
        for stem, text in files.items():
            (folder / "submissions" / kind / f"{stem}.py").write_text(text)
    (folder / "assignment.toml").write_text(toml)
    (folder / "checks.py").write_text(CHECKS)
    (folder / "benchmark.py").write_text(benchmark)
    (folder / "statement.md").write_text("# Product\n")
    (folder / "starter.py").write_text("def multiply(a, b):\n    raise NotImplementedError\n")
    return folder
