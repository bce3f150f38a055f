"""Reading an assignment's benchmark.py: its works by case."""

from __future__ import annotations

import importlib.util
from types import ModuleType

from grader.benchmark.work import Work
from grader.contract import BENCHMARK_FILE, Assignment, AssignmentError

GRADED = "graded"
GPU = "gpu"
"""The case that is graded on a GPU: what keeps a core busy for milliseconds is nothing there."""


def load_work(assignment: Assignment, case: str = GRADED) -> Work:
    """What is timed. Raises AssignmentError where the assignment has no benchmark or not this case."""
    if assignment.benchmark is None:
        raise AssignmentError(f"{assignment.id} has no benchmark")
    cases = cases_of(assignment)
    if case not in cases:
        raise AssignmentError(f"{assignment.id} has no case {case!r}; it has {', '.join(cases)}")
    work = load_benchmark(assignment).work(case)
    if not isinstance(work, Work):
        raise AssignmentError(f"{assignment.id}/{BENCHMARK_FILE}: work() must return a Work")
    return work


def case_on(kind: str, case: str) -> str:
    """The case that is timed on a device of a kind where `case` is asked for: a GPU has a graded one of its own."""
    return GPU if kind == "gpu" and case == GRADED else case


def cases_of(assignment: Assignment) -> tuple[str, ...]:
    """The names of the shapes that can be timed, the graded one first."""
    return tuple(getattr(load_benchmark(assignment), "CASES", (GRADED,)))


def load_benchmark(assignment: Assignment) -> ModuleType:
    """The module, loaded anew. Raises AssignmentError for one that cannot be."""
    path = assignment.folder / BENCHMARK_FILE
    spec = importlib.util.spec_from_file_location(f"benchmark_{assignment.number}", path)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    try:
        spec.loader.exec_module(module)
    except (SyntaxError, ImportError, NameError, AttributeError, TypeError, ValueError) as error:
        raise AssignmentError(f"{assignment.id}/{BENCHMARK_FILE}: {type(error).__name__}: {error}") from error
    return module
