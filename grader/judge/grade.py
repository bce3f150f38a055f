"""Grading one submission: the checks as a pytest run, the verdict, the diagnosis, the Result."""

from __future__ import annotations

import dataclasses
import os
import platform
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from types import ModuleType

import numpy as np
import pytest

from grader.contract import Assignment, CheckResult, Job, Result, Status, TimingJob, Verdict
from grader.contract.job import Running
from grader.judge.diagnosis import diagnose
from grader.judge.plugin import Check, JudgePlugin, Judging, fault_message
from grader.judge.reading import read_files
from grader.judge.samples import Sample, accepted_sample, wrong_samples
from grader.judge.student import Opening, Session
from grader.sandbox.process import Launcher
from grader.sandbox.wire import clean

UNUSED_PLUGINS = (
    *("cacheprovider", "debugging", "doctest", "faulthandler", "junitxml", "legacypath", "logging", "pastebin"),
    *("recwarn", "setuponly", "setupplan", "stepwise", "subtests", "terminal", "threadexception", "unittest"),
    *("unraisableexception", "warnings"),
)
"""What pytest would set up anew for every submission; the two with `exception` also collect all garbage, for 30 ms."""
ARGUMENTS = (
    "--disable-plugin-autoload",
    "--import-mode=importlib",
    "--strict-markers",
    "--assert=plain",
    "--override-ini=python_files=checks.py",
    "--override-ini=addopts=",
    "--override-ini=filterwarnings=default",
    "--capture=no",
    *(f"-pno:{plugin}" for plugin in UNUSED_PLUGINS),
)
DIAGNOSED = (Status.FAILED, Status.ERROR)


@dataclass(frozen=True, slots=True)
class Listener:
    """Who is told while grading goes on: how many checks there are, then each check as it ends.

    `on_figure` hears what the present check shows so far. All of them also hear within how many seconds of the
    student's time the next sign comes.
    """

    on_start: Callable[[int, float], None] = lambda *_: None
    on_check: Callable[[CheckResult, float], None] = lambda *_: None
    on_figure: Callable[[Running, float], None] = lambda *_: None


def grade(
    job: Job,
    assignment: Assignment,
    launcher: Launcher,
    listener: Listener | None = None,
    *,
    is_sample: bool = False,
) -> Result:
    """Grade one submission. A failure of ours gives the verdict `internal_error`, with its detail in `worker`.

    A sample is spared what would only say again that it fails: once a check has failed those that are marked
    `undiagnosed`, and once two ran out of time all others.
    """
    began = time.monotonic()
    files = named_files(job, assignment)
    opening: Opening = partial(launcher.start, assignment.profile, assignment.limits)
    session = Session(assignment, files, opening, job.weights)
    try:
        judging = run_checks(session, job.seed, listener or Listener(), is_sample=is_sample)
    finally:
        session.end_process()
    failure = judging.failure or _broken_points(judging, assignment) or _not_the_students_doing(judging, assignment)
    named = {} if failure or judging.rejection else _diagnose(judging, assignment)
    return Result(
        assignment=assignment.id,
        version=assignment.version,
        seed=job.seed,
        verdict=_verdict(judging, failure),
        score=0.0 if failure else _score(judging),
        max_score=assignment.points,
        checks=tuple(_final(check, judging, session, named) for check in judging.checks.values()),
        stdout=clean("".join(session.printed)),
        timings={
            "sandbox_ms": round(session.start_seconds * 1000, 2),
            "grade_ms": round((time.monotonic() - began) * 1000, 2),
        },
        worker=about_worker(launcher) | ({"error": clean(failure)[:4000]} if failure else {}),
        flags=read_files(files, assignment),
        model=session.model,
    )


def named_files(job: Job | TimingJob, assignment: Assignment) -> dict[str, str]:
    """The job's files as the sandbox gets them: the first has the assignment's file name, whatever it was called."""
    first, *others = job.files
    return {assignment.filename: job.files[first]} | {name: job.files[name] for name in others}


def run_checks(
    session: Session, seed: int, listener: Listener, only: str | None = None, *, is_sample: bool = False
) -> Judging:
    """Run the assignment's checks (or one of them, by name) against a session."""
    judging = Judging(
        session=session,
        seed=seed,
        default_seconds=session.assignment.limits.check_seconds,
        on_start=listener.on_start,
        on_check=listener.on_check,
        on_figure=listener.on_figure,
        only=only,
        is_sample=is_sample,
    )
    if session.assignment.profile == "torch":
        _use_one_thread()
    folder = session.assignment.folder
    arguments = [*ARGUMENTS, f"--rootdir={folder.parent}", "-c", os.devnull, str(folder / "checks.py")]
    with _as_package(folder):
        code = pytest.main(arguments, plugins=[JudgePlugin(judging)])
    if code in (pytest.ExitCode.INTERNAL_ERROR, pytest.ExitCode.USAGE_ERROR) and not judging.failure:
        judging.failure = f"pytest ended with {code!r}"
    if not judging.checks and not judging.failure:
        judging.failure = "checks.py has no checks"
    return judging


def _use_one_thread() -> None:
    """As in the sandbox, so that a check rounds as it did for the student when it is replayed on a sample.

    References and samples are small, besides: more threads than one only wait for each other.
    """
    import torch

    torch.set_num_threads(1)


@contextmanager
def _as_package(folder: Path) -> Iterator[None]:
    """Make the folder a package of its own name: `from .inside import SOURCE` in its checks finds `inside.py` there.

    Its modules are forgotten afterwards: the next run imports them as they then are.
    """
    package = ModuleType(folder.name)
    package.__path__ = [str(folder)]
    sys.modules[folder.name] = package
    try:
        yield
    finally:
        for name in [name for name in sys.modules if name.partition(".")[0] == folder.name]:
            del sys.modules[name]


def _verdict(judging: Judging, failure: str) -> Verdict:
    if failure:
        return Verdict.INTERNAL_ERROR
    return Verdict.REJECTED if judging.rejection else Verdict.GRADED


def _score(judging: Judging) -> float:
    return round(sum(check.outcome.points for check in judging.checks.values() if check.outcome), 6)


def _broken_points(judging: Judging, assignment: Assignment) -> str:
    total = sum(check.points for check in judging.checks.values())
    if abs(total - assignment.check_points) < 1e-9:
        return ""
    return f"the checks are worth {total:g} points together, assignment.toml says {assignment.check_points:g}"


def _not_the_students_doing(judging: Judging, assignment: Assignment) -> str:
    """Where a check broke on an answer: does it break on the accepted solution's answer too? Then it is our failure."""
    sample = accepted_sample(assignment)
    if sample is None:
        return "; ".join(f"{name}: {detail}" for name, detail in judging.suspects.items())
    for name, detail in judging.suspects.items():
        session = Session(assignment, {}, partial(_same, sample), sample.weights)
        session.process = sample
        session.is_secret = judging.checks[name].is_secret  # or the sample would be ended and loaded anew
        again = run_checks(session, judging.seed, Listener(), only=name)
        outcome = again.checks[name].outcome if name in again.checks else None
        if outcome is None or outcome.status is not Status.PASSED:
            return f"{name}: {detail}"
    return ""


def _same(sample: Sample) -> Sample:
    return sample


def _diagnose(judging: Judging, assignment: Assignment) -> dict[str, Sample]:
    """For each failed check by name, the sample that explains it: the one that the check names itself, or by replay."""
    failed = [check for check in judging.checks.values() if check.outcome and check.outcome.status in DIAGNOSED]
    samples = {sample.name: sample for sample in wrong_samples(assignment)} if any(c.lesson for c in failed) else {}
    told = {check.name: samples[check.lesson] for check in failed if check.lesson in samples}
    return diagnose(assignment, {check.name: check.trace for check in failed if check.name not in told}) | told


def _final(check: Check, judging: Judging, session: Session, named: dict[str, Sample]) -> CheckResult:
    if judging.rejection is not None:
        reason = fault_message(judging.rejection, session)
        told = f"Your file could not be loaded. {reason}"
        return check.result(judging.rejection.status, told, limit=judging.rejection.limit)
    if check.outcome is None:
        return check.result(Status.SKIPPED, "This check was not run.")
    sample = named.get(check.name)
    return dataclasses.replace(check.outcome, diagnosis=sample.lesson) if sample else check.outcome


def about_worker(launcher: Launcher) -> dict[str, str]:
    """Where a result comes from."""
    return {
        "host": platform.node(),
        "sandbox": launcher.name,
        "python": platform.python_version(),
        "numpy": np.__version__,
    }
