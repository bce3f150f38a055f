"""Parts of boards for tests: a timed assignment, people who solved it, and timings as a grader sends them."""

from __future__ import annotations

import random
from dataclasses import replace
from pathlib import Path

from sqlalchemy.orm import Session

from grader.contract import (
    Assignment,
    CheckResult,
    Comparison,
    Device,
    Outcome,
    ProcessPair,
    Result,
    Status,
    Timing,
    Verdict,
)
from server.models import CourseAssignment, Person, Submission, TimingRun
from server.services import grading, submissions
from server.services import timing as timings
from tests.server.seeds import KNOWN_SEED

VERSION = "0123456789abcdef"
CPU = Device("cpu", "Xeon 8480, one core")
CODE = b"import numpy as np\n\n\ndef conv_forward(x, w, b, conv_param):\n    return x, None\n"
PAIRS, CALLS = 4, 12
BENCHMARK = """
[benchmark]
reference = "offsets"
seconds = 60

[[benchmark.tier]]
name = "bronze"
at_least = 0.05
points = 1

[[benchmark.tier]]
name = "silver"
at_least = 0.5
points = 1.5

[[benchmark.tier]]
name = "gold"
at_least = 1.5
points = 2

[benchmark.methods]
loops = ""
im2col = "silver"
"""


def write_timed(root: Path, name: str = "04-conv-forward", title: str = "Conv2d forward") -> Path:
    """The folder of an assignment of 10 points for its checks and 2 for its speed."""
    folder = root / name
    accepted = folder / "submissions" / "accepted"
    accepted.mkdir(parents=True)
    (folder / "assignment.toml").write_text(
        f'title = "{title}"\nsummary = "For tests."\nprofile = "numpy"\nfilename = "conv.py"\npoints = 12\n\n'
        '[[entry]]\nname = "conv_forward"\nsignature = "(x, w, b, conv_param)"\n' + BENCHMARK
    )
    (folder / "statement.md").write_text("# A statement\n\nConvolve.\n")
    (folder / "starter.py").write_text("def conv_forward(x, w, b, conv_param):\n    pass\n")
    (folder / "checks.py").write_text("")
    (folder / "benchmark.py").write_text('"""One call."""\n')
    for method in ("offsets", "loops", "im2col"):
        (accepted / f"{method}.py").write_bytes(CODE)
    return folder


def passed(assignment: Assignment, score: float = 10.0) -> Result:
    """A grader's result: every check passed, or not quite."""
    check = CheckResult("values", "Values", score, 10.0, Status.PASSED if score == 10 else Status.FAILED)
    return Result(assignment.id, VERSION, KNOWN_SEED, Verdict.GRADED, score, 10.0, (check,))


def make_timing(assignment: Assignment, ratio: float = 1.8, spread: float = 0.04, **changes) -> Timing:
    """A timing with samples that fit its ratio; `spread` is the half of the interval as a share of the ratio."""
    assert assignment.benchmark is not None
    low, high = ratio * (1 - spread), ratio * (1 + spread)
    tier = assignment.benchmark.tier_of(low)
    verdict = Comparison.SAME if low <= 1 <= high else Comparison.FASTER if ratio > 1 else Comparison.SLOWER
    fields = {
        "assignment": assignment.id,
        "version": VERSION,
        "seed": KNOWN_SEED,
        "outcome": Outcome.TIMED,
        "device": CPU,
        "max_points": assignment.benchmark.points,
        "ratio": ratio,
        "interval": (low, high),
        "verdict": verdict,
        "milliseconds": 30.0 / ratio,
        "reference_milliseconds": 30.0,
        "null_milliseconds": 0.07,
        "gflops": 20.0 * ratio,
        "percent_of_limit": min(99.0, 25.0 * ratio),
        "limited_by": "arithmetic",
        "machine": {"gflops": 94.0, "gbytes": 11.5},
        "tier": tier.name if tier else "",
        "points": tier.points if tier else 0.0,
        "samples": make_samples(ratio),
        "seconds": 12.5,
        "worker": {"host": "timer-1", "numpy": "2.2.1"},
    }
    return Timing(**fields | changes)


def make_samples(ratio: float, pairs: int = PAIRS, calls: int = CALLS) -> tuple[ProcessPair, ...]:
    """Times around 30 ms for the reference, the same at every call."""
    chance = random.Random(f"{ratio}")
    drawn = []
    for _ in range(pairs):
        reference = tuple(30.0 * chance.lognormvariate(0, 0.03) for _ in range(calls))
        own = tuple(time / ratio * chance.lognormvariate(0, 0.03) for time in reference)
        drawn.append(ProcessPair(own, reference))
    return tuple(drawn)


def refused(assignment: Assignment, message: str) -> Timing:
    """A timing that was refused, which is the submission's doing."""
    nothing = {"ratio": None, "interval": None, "verdict": None, "milliseconds": None, "reference_milliseconds": None}
    more = {"gflops": None, "percent_of_limit": None, "limited_by": "", "tier": "", "points": 0.0, "samples": ()}
    return replace(make_timing(assignment), outcome=Outcome.REFUSED, message=message, **nothing | more)


def solve(
    s: Session, published: CourseAssignment, assignment: Assignment, person: Person, score: float = 10.0
) -> Submission:
    """Hand in what passes every check, or has fewer points: the first waits to be timed then."""
    submission = submissions.submit(s, published, assignment, person, "conv.py", CODE)
    s.flush()
    result = replace(passed(assignment, score), seed=submission.seed)
    assert grading.record(s, result, submission.id, 1, assignment=assignment)
    return submission


def finish(s: Session, run: TimingRun, timing: Timing) -> TimingRun:
    """Record a timing for a run that waits, as the server's worker does."""
    assert timings.record(s, run.id, run.attempt, replace(timing, seed=run.seed))
    return run


def stand(
    s: Session, published: CourseAssignment, assignment: Assignment, person: Person, ratio: float, spread: float = 0.04
) -> TimingRun:
    """A person with a timing of that speed."""
    submission = solve(s, published, assignment, person)
    (run,) = timings.for_submission(s, submission)
    return finish(s, run, make_timing(assignment, ratio, spread))


def measure_methods(
    s: Session, published: CourseAssignment, assignment: Assignment, by: Person, ratios: dict[str, float]
) -> list[TimingRun]:
    """The known methods with their speeds."""
    runs = timings.request_methods(s, published, assignment, by)
    return [finish(s, run, make_timing(assignment, ratios[run.method])) for run in runs]
