"""A small assignment of the tests' own, the real sandbox, and a grading function."""

from __future__ import annotations

import os
import textwrap
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from grader.contract import Assignment, Job, Result, load_assignment
from grader.judge.grade import grade
from grader.sandbox.bubblewrap import Bubblewrap
from grader.sandbox.errors import SandboxUnavailable
from grader.sandbox.process import Launcher
from grader.sandbox.unsandboxed import Unsandboxed

TOML = """
title = "Doubling"
summary = "Twice the input."
profile = "numpy"
filename = "twice.py"
points = 5

[[entry]]
name = "double"
signature = "(x, factor) -> (out, cache)"
returns = ["value", "handle"]

[[entry]]
name = "back"

[limits]
check_seconds = 3
total_seconds = 20
"""

CHECKS = '''
import numpy as np
import pytest
from grader.authoring import expect_close, expect_pure


@pytest.mark.points(1)
@pytest.mark.parametrize("size", [pytest.param(2, id="two"), pytest.param(3, id="three")])
def test_values(student, rng, size):
    """Twice the input."""
    x = rng.standard_normal((size, size + 1))
    out, _ = student.double(x, 2)
    expect_close(out, 2 * x)


@pytest.mark.points(1)
@pytest.mark.hidden
def test_cache_comes_back(student, rng):
    x = rng.standard_normal((3, 3))
    _, cache = student.double(x, 2)
    expect_close(student.back(cache), x, what="x")


@pytest.mark.points(2)
@pytest.mark.title("Inputs stay as they are")
def test_pure(student, rng):
    x = rng.standard_normal((3, 3))
    out, _ = student.double(x, 2)
    expect_close(out, 2 * x)
    expect_pure(student, "double")
'''

ACCEPTED = '''"""Right."""
def double(x, factor):
    return factor * x, (x,)

def back(cache):
    return cache[0]
'''

WRONG = {
    "triples": '''"""You multiply by three."""
def double(x, factor):
    return 3 * x, (x,)

def back(cache):
    return cache[0]
''',
    "in_place": '''"""You change the input."""
def double(x, factor):
    kept = x.copy()
    x *= factor
    return x.copy(), (kept,)

def back(cache):
    return cache[0]
''',
    "raises": '''"""You index a row that is not there."""
def double(x, factor):
    return factor * x[len(x)], (x,)

def back(cache):
    return cache[0]
''',
}


def write_assignment(root: Path, *, toml: str = TOML, checks: str = CHECKS, name: str = "90-doubling") -> Path:
    """A complete assignment folder."""
    folder = root / name
    for kind, files in (("accepted", {"plain": ACCEPTED}), ("wrong", WRONG)):
        (folder / "submissions" / kind).mkdir(parents=True)
        for stem, text in files.items():
            (folder / "submissions" / kind / f"{stem}.py").write_text(text)
    (folder / "assignment.toml").write_text(toml)
    (folder / "checks.py").write_text(checks)
    (folder / "statement.md").write_text("# Doubling\n")
    (folder / "starter.py").write_text(
        "def double(x, factor):\n    raise NotImplementedError\n\ndef back(cache):\n    pass\n"
    )
    return folder


@pytest.fixture
def assignment(tmp_path) -> Assignment:
    return load_assignment(write_assignment(tmp_path))


@pytest.fixture(scope="session")
def bubblewrap() -> Iterator[Bubblewrap]:
    try:
        launcher = Bubblewrap()
        launcher.probe()
    except SandboxUnavailable as error:
        if os.environ.get("CI"):
            raise
        pytest.skip(str(error))
    yield launcher
    launcher.close()


@pytest.fixture(params=["bubblewrap", "unsandboxed"])
def launcher(request) -> Launcher:
    """Both ways to run a submission."""
    return request.getfixturevalue("bubblewrap") if request.param == "bubblewrap" else Unsandboxed()


@pytest.fixture
def graded(assignment, bubblewrap) -> Callable[..., Result]:
    """Grade a source text for the doubling assignment."""

    def run(source: str, seed: int = 7, to: Assignment = assignment) -> Result:
        job = Job(1, 1, to.id, {to.filename: textwrap.dedent(source)}, seed)
        return grade(job, to, bubblewrap)

    return run


def by_name(result: Result) -> dict[str, str]:
    """Each check's status."""
    return {check.name: check.status.value for check in result.checks}
