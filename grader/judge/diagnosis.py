"""Names a misconception: replays what a failed check asked on the assignment's wrong solutions, and compares answers.

A wrong solution explains a failure when it gives the student's own answer to every request of that check, and the
accepted solution does not.
"""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from enum import IntEnum
from typing import Any

import numpy as np

from grader.authoring.comparisons import as_array
from grader.contract import Assignment
from grader.judge.samples import Sample, accepted_sample, wrong_samples
from grader.judge.student import Asked
from grader.sandbox.errors import StudentFault, StudentRaised
from grader.sandbox.replies import Reply
from grader.sandbox.wire import Handle

BUDGET_SECONDS = 3.0
"""Processor time, so that a busy machine finds what an idle one does. Checks that come later go without a diagnosis."""

PATIENCE = 2
"""Code that raises one exception wherever it is called has no misconception that a sample would share: after so many
checks that nothing explained, those that end in the same exception are not replayed."""


class Match(IntEnum):
    """How far one solution's answers to a check equal another's."""

    DIFFERENT = 0
    VALUES = 1
    VALUES_AND_REPORTS = 2


def diagnose(assignment: Assignment, failures: Mapping[str, Sequence[Asked]]) -> dict[str, Sample]:
    """For each failed check by name, the wrong solution that explains it best: one that explains many wins.

    Checks that ask for little come first, and what explains one of them is tried first on those that ask for more:
    the others are run only where it does not suffice.
    """
    deadline = time.thread_time() + BUDGET_SECONDS
    accepted, samples = accepted_sample(assignment), {sample.name: sample for sample in wrong_samples(assignment)}
    explained: dict[str, dict[str, Match]] = {}
    votes: Counter[str] = Counter()
    unexplained: Counter[str] = Counter()
    for name, trace in sorted(failures.items(), key=_work):
        raised = _raised_kind(trace)
        if not trace or unexplained[raised] >= PATIENCE or time.thread_time() > deadline:
            continue
        floor = _match(accepted, trace) if accepted else Match.DIFFERENT
        matches = _explanations(floor, [samples[sample] for sample in votes], trace, deadline)
        if Match.VALUES_AND_REPORTS not in matches.values():
            others = [sample for sample in samples.values() if sample.name not in votes]
            matches |= _explanations(floor, others, trace, deadline)
        explained[name] = matches
        votes.update(matches.keys())
        if raised and not matches:
            unexplained[raised] += 1
    return {
        name: samples[max(matches, key=lambda sample: (matches[sample], votes[sample], sample))]
        for name, matches in explained.items()
        if matches
    }


def _raised_kind(trace: Sequence[Asked]) -> str:
    """The exception that ended a check, by its class's name; empty where it ended otherwise."""
    last = trace[-1].outcome if trace else None
    return last.kind if isinstance(last, StudentRaised) else ""


def _work(failure: tuple[str, Sequence[Asked]]) -> int:
    """How many bytes a check has asked about."""
    return sum(len(asked.body) for asked in failure[1])


def _explanations(floor: Match, wrong: Iterable[Sample], trace: Sequence[Asked], deadline: float) -> dict[str, Match]:
    """Those that give the student's answers, and come nearer to them than the accepted solution's `floor`."""
    found: dict[str, Match] = {}
    for sample in wrong:
        if time.thread_time() > deadline:
            break
        match = _match(sample, trace)
        if match > floor:
            found[sample.name] = match
    return found


def _match(sample: Sample, trace: Sequence[Asked]) -> Match:
    sample.answer({"op": "begin"}, b"")
    match = Match.VALUES_AND_REPORTS
    for asked in trace:
        outcome: Reply | StudentFault
        try:
            outcome = sample.answer(asked.request, asked.body)
        except StudentFault as fault:
            outcome = fault
        match = min(match, _same_outcome(outcome, asked.outcome))
        if match is Match.DIFFERENT:
            break
    sample.answer({"op": "begin"}, b"")  # lets go of its networks: those of all samples together are gigabytes
    return match


def _same_outcome(a: Reply | StudentFault, b: Reply | StudentFault) -> Match:
    if isinstance(a, StudentFault) or isinstance(b, StudentFault):
        return Match.VALUES_AND_REPORTS if _same_fault(a, b) else Match.DIFFERENT
    if not same_value(a.value, b.value):
        return Match.DIFFERENT
    return Match.VALUES_AND_REPORTS if (a.mutated, a.aliased) == (b.mutated, b.aliased) else Match.VALUES


def _same_fault(a: object, b: object) -> bool:
    if isinstance(a, StudentRaised) and isinstance(b, StudentRaised):
        return a.kind == b.kind
    return type(a) is type(b) and str(a) == str(b)


def same_value(a: Any, b: Any) -> bool:
    """Whether two answers are equal up to rounding; NaN equals NaN, and any handle any other."""
    if isinstance(a, Handle) or isinstance(b, Handle):
        return isinstance(a, Handle) and isinstance(b, Handle)
    if isinstance(a, list | tuple):
        return type(a) is type(b) and len(a) == len(b) and all(map(same_value, a, b))
    if isinstance(a, dict):
        return isinstance(b, dict) and a.keys() == b.keys() and all(same_value(a[key], b[key]) for key in a)
    if _is_numeric(a) and _is_numeric(b):
        return _same_array(as_array(a), as_array(b))
    return type(a) is type(b) and bool(a == b)


def _is_numeric(value: object) -> bool:
    return isinstance(value, np.ndarray | np.generic | int | float) or hasattr(value, "detach")


def _same_array(a: np.ndarray[Any, Any], b: np.ndarray[Any, Any]) -> bool:
    if a.shape != b.shape or a.dtype != b.dtype:
        return False
    if a.dtype.kind not in "fc":
        return np.array_equal(a, b)
    rtol = 1e-9 if a.dtype.itemsize >= 8 else 1e-4
    finite = a[np.isfinite(a)]
    atol = rtol * float(np.abs(finite).max(initial=0.0))
    with np.errstate(all="ignore"):
        return bool(np.allclose(a, b, rtol=rtol, atol=atol, equal_nan=True))
