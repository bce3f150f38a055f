"""Timing one submission: as many process pairs as the interval needs and the time allows, then the Timing."""

from __future__ import annotations

import dataclasses
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

import numpy as np

from grader.benchmark.cores import held_core, processor_name
from grader.benchmark.load import GRADED, load_work
from grader.benchmark.machine import Machine, Measuring, null_milliseconds
from grader.benchmark.pairs import (
    FEWEST_CALLS,
    MOST_CALLS,
    Contest,
    ReferenceFailed,
    TimedPair,
    WrongOutput,
    time_pair,
)
from grader.benchmark.side import Place
from grader.benchmark.statistics import Estimate, estimate
from grader.benchmark.work import Work
from grader.contract import Assignment, AssignmentError, Benchmark, Device, Outcome, ProcessPair, Timing
from grader.sandbox.errors import StudentFault
from grader.sandbox.process import Launcher

FEWEST_PAIRS, MOST_PAIRS = 8, 14
LEAST_PAIRS = 3
"""Where even FEWEST_PAIRS take longer than allowed."""

NARROW = 0.04
"""An interval whose upper end is 4 % above its lower one needs no more process pairs."""

GAIN = 4.0
"""How much faster than the direct method at the machine's rates a call may be: Winograd's F(4x4, 3x3) saves as many
multiplications, and what is in a cache moves faster than memory does. Faster than that is refused."""

HIDDEN_WORK = 1.3
"""A submission that used so many times the processor time of its calls is flagged: it works in between."""


@dataclass(frozen=True, slots=True)
class Sign:
    """What a timing has so far: process pairs done, of at most how many, and the present estimate."""

    done: int
    most: int
    estimate: Estimate


@dataclass(slots=True)
class Measured:
    """What is measured while a run goes on."""

    machine: Machine = field(default_factory=Machine)
    pairs: list[TimedPair] = field(default_factory=list)
    null_milliseconds: float = 0.0
    estimate: Estimate | None = None

    @property
    def samples(self) -> list[ProcessPair]:
        """The times alone."""
        return [pair.samples for pair in self.pairs]


def time_submission(
    assignment: Assignment,
    files: Mapping[str, str],
    launcher: Launcher,
    seed: int,
    *,
    against: Mapping[str, str] | None = None,
    case: str = GRADED,
    seconds: float | None = None,
    on_progress: Callable[[Sign], None] = lambda _: None,
) -> Timing:
    """Time a submission against the assignment's reference, or against other files.

    `files` maps names to texts, the first being the one that is loaded. `seconds` bounds the run, by default as the
    assignment says. What the submission does wrong gives the outcome `refused`. Raises AssignmentError where there is
    no such benchmark or the reference fails, SandboxUnavailable where there is no sandbox.
    """
    work, benchmark = load_work(assignment, case), _benchmark(assignment)
    began = time.monotonic()
    measured = Measured()
    blank = Timing(
        assignment=assignment.id,
        version=assignment.version,
        seed=seed,
        outcome=Outcome.REFUSED,
        device=Device("cpu", processor_name()),
        max_points=benchmark.points,
    )
    with held_core() as core:
        contest = Contest(assignment, work, files, against or reference_files(assignment), Place(launcher, core))
        try:
            _measure(contest, measured, seed, began + (seconds or benchmark.seconds), on_progress)
            refusal = _too_fast(work, measured)
        except StudentFault as fault:
            refusal = f"In a timed call, your code {fault}"
        except WrongOutput as wrong:
            refusal = f"A timed call gave a wrong output: {wrong}"
        except ReferenceFailed as failure:
            raise AssignmentError(f"{assignment.id}: what submissions are timed against fails: {failure}") from failure
    taken = round(time.monotonic() - began, 3)
    if refusal:
        return dataclasses.replace(blank, message=refusal, seconds=taken)
    return dataclasses.replace(_timing(blank, work, benchmark, measured), seconds=taken)


def reference_files(assignment: Assignment) -> dict[str, str]:
    """The accepted sample that everybody is timed against."""
    path = assignment.folder / "submissions" / "accepted" / f"{_benchmark(assignment).reference}.py"
    return {assignment.filename: path.read_text(encoding="utf-8")}


def _benchmark(assignment: Assignment) -> Benchmark:
    if assignment.benchmark is None:
        raise AssignmentError(f"{assignment.id} has no benchmark")
    return assignment.benchmark


def _measure(
    contest: Contest, measured: Measured, seed: int, deadline: float, on_progress: Callable[[Sign], None]
) -> None:
    """Time process pairs until the interval is narrow, or the next one would end after the deadline."""
    rng = np.random.default_rng(seed)
    measured.null_milliseconds = null_milliseconds(contest.assignment, contest.work, contest.place, rng)
    measuring = Measuring(contest.assignment, contest.work, contest.place)
    try:
        calls, longest = FEWEST_CALLS, 0.0
        while not _is_enough(measured, deadline, longest):
            began = time.monotonic()
            measuring.measure(measured.machine)
            measured.pairs.append(time_pair(contest, calls, rng))
            taken = time.monotonic() - began
            if len(measured.pairs) == 1 and calls < MOST_CALLS:
                calls = _calls_within((deadline - time.monotonic()) / MOST_PAIRS, taken, calls)
                longest = taken * calls / FEWEST_CALLS
            else:
                longest = max(longest, taken)
            measured.estimate = estimate(measured.samples, rng)
            on_progress(Sign(len(measured.pairs), MOST_PAIRS, measured.estimate))
    finally:
        measuring.close()


def _calls_within(seconds: float, taken: float, calls: int) -> int:
    """How many calls a process pair can have so that it takes so long, when `calls` of them took `taken` seconds."""
    return max(FEWEST_CALLS, min(MOST_CALLS, int(seconds / taken * calls)))


def _is_enough(measured: Measured, deadline: float, longest: float) -> bool:
    done = len(measured.pairs)
    if done >= MOST_PAIRS:
        return True
    if done < LEAST_PAIRS or measured.estimate is None:
        return False
    if done >= FEWEST_PAIRS and measured.estimate.width <= NARROW:
        return True
    return time.monotonic() + longest > deadline


def _too_fast(work: Work, measured: Measured) -> str:
    """Why a time cannot be: it is below the roofline's floor (S. Williams et al., Roofline, CACM 52(4), 2009)."""
    least, rate = measured.machine.least_seconds(work)
    own = _median_milliseconds(measured.samples, "submission") / 1000
    if own * GAIN >= least:
        return ""
    return (
        f"A call took {own * 1000:.3g} ms, but the {rate} that it needs takes this machine {least * 1000:.3g} ms at "
        f"least; more than {GAIN:g} times faster than that cannot be. Please tell your instructor."
    )


def _timing(blank: Timing, work: Work, benchmark: Benchmark, measured: Measured) -> Timing:
    assert measured.estimate is not None
    found, machine = measured.estimate, measured.machine
    own = _median_milliseconds(measured.samples, "submission")
    least, limited_by = machine.least_seconds(work)
    tier = benchmark.tier_of(found.low)
    return dataclasses.replace(
        blank,
        outcome=Outcome.TIMED,
        ratio=found.ratio,
        interval=(found.low, found.high),
        verdict=found.verdict,
        milliseconds=own,
        reference_milliseconds=_median_milliseconds(measured.samples, "reference"),
        null_milliseconds=measured.null_milliseconds,
        gflops=work.operations / own / 1e6,
        percent_of_limit=100 * least * 1000 / own,
        limited_by=limited_by,
        machine={"gflops": machine.operations / 1e9, "gbytes": machine.bytes / 1e9},
        tier=tier.name if tier else "",
        points=tier.points if tier else 0.0,
        samples=tuple(measured.samples),
        flags=_flags(measured),
    )


def _flags(measured: Measured) -> tuple[str, ...]:
    used = sum(pair.cpu_seconds for pair in measured.pairs)
    asked = sum(sum(pair.samples.submission) for pair in measured.pairs) / 1000
    loading = 0.5 * len(measured.pairs)
    if used <= HIDDEN_WORK * asked + loading:
        return ()
    return (f"It used {used:.1f} s of processor time, though its timed calls took {asked:.1f} s.",)


def _median_milliseconds(samples: list[ProcessPair], side: str) -> float:
    return float(np.median([np.median(getattr(pair, side)) for pair in samples]))
