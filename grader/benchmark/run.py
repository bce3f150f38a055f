"""Timing one submission: as many process pairs as the interval needs and the time allows, then the Timing."""

from __future__ import annotations

import dataclasses
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

import numpy as np

from grader.benchmark.events import event_flags
from grader.benchmark.gpu import GpuDevice
from grader.benchmark.load import GRADED, case_on, load_work
from grader.benchmark.machine import Machine, Measuring, library_milliseconds, null_milliseconds
from grader.benchmark.pairs import (
    FEWEST_CALLS,
    MOST_CALLS,
    Contest,
    ReferenceFailed,
    TimedPair,
    WrongOutput,
    time_pair,
)
from grader.benchmark.places import device_of, held_place
from grader.benchmark.statistics import Estimate, estimate
from grader.benchmark.work import Work
from grader.contract import Assignment, AssignmentError, Benchmark, Outcome, ProcessPair, Timing
from grader.sandbox.errors import StudentFault
from grader.sandbox.process import Launcher

CLEAR = 1.05
"""How far an interval must stay from a threshold so that few process pairs settle on which side it lies."""

GAIN = 4.0
"""How much faster than the direct method at the machine's rates a call may be: Winograd's F(4x4, 3x3) saves as many
multiplications, and what is in a cache moves faster than memory does. Faster than that is refused."""

HIDDEN_WORK = 1.3
"""A submission that used so many times the processor time of its calls is flagged: it works in between."""

BEYOND_LIBRARY = 1.1
"""A submission that is so many times as fast as the library's own operator on a GPU is flagged."""


@dataclass(frozen=True, slots=True)
class Effort:
    """How much is measured.

    A run has `least_pairs` process pairs even where they take longer than allowed. It ends after `fewest_pairs` where
    the interval's upper end is not more than `narrow` above its lower one, and after `most_pairs` in any case. Where
    there are `thresholds`, it also ends when the interval is clear of them all. `calls` are the fewest and the most of
    a process pair.
    """

    least_pairs: int = 3
    fewest_pairs: int = 8
    most_pairs: int = 14
    narrow: float = 0.04
    thresholds: tuple[float, ...] = ()
    calls: tuple[int, int] = (FEWEST_CALLS, MOST_CALLS)

    def is_settled(self, found: Estimate) -> bool:
        """Whether the interval is clear of all thresholds."""
        return bool(self.thresholds) and not any(
            found.low / CLEAR <= threshold <= found.high * CLEAR for threshold in self.thresholds
        )

    def next_calls(self, seconds: float, done: int, seconds_per_call: float) -> int:
        """How many calls the next process pair gets, so that all that may come fit into the seconds that are left."""
        fewest, most = self.calls
        share = seconds / max(1, self.most_pairs - done)
        return max(fewest, min(most, int(share / seconds_per_call)))


FULL = Effort()


@dataclass(frozen=True, slots=True)
class Sign:
    """What a timing has so far: process pairs done, of at most how many, and the present estimate."""

    done: int
    most: int
    estimate: Estimate


@dataclass(slots=True)
class Measured:
    """What is measured while a run goes on."""

    effort: Effort = FULL
    machine: Machine = field(default_factory=Machine)
    pairs: list[TimedPair] = field(default_factory=list)
    null_milliseconds: float = 0.0
    library_milliseconds: float | None = None
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
    effort: Effort = FULL,
    on_progress: Callable[[Sign], None] = lambda _: None,
) -> Timing:
    """Time a submission against the assignment's reference, or against other files.

    `files` maps names to texts, the first being the one that is loaded. `seconds` bounds the run, by default as the
    assignment says. Tiers are given for the speed relative to the assignment's reference alone. What the submission
    does wrong gives the outcome `refused`. Raises AssignmentError where there is no such benchmark or the reference
    fails, SandboxUnavailable where there is no sandbox, SandboxFailure where it fails without the submission's doing.
    """
    benchmark = _benchmark(assignment)
    if benchmark.kind == "training":
        from grader.benchmark.training import time_training

        return time_training(
            assignment, files, launcher, seed, against=against, case=case, seconds=seconds, on_progress=on_progress
        )
    with held_place(assignment, launcher) as place:
        began = time.monotonic()
        work = load_work(assignment, case_on(device_of(place).kind, case))
        contest = Contest(assignment, work, files, against or reference_files(assignment), place)
        timing = Timing(
            assignment=assignment.id,
            version=assignment.version,
            seed=seed,
            outcome=Outcome.REFUSED,
            device=device_of(place),
            max_points=benchmark.points,
        )
        try:
            measured = _measure(contest, effort, seed, began + (seconds or benchmark.seconds), on_progress)
            timing = _judged(timing, contest, measured)
        except StudentFault as fault:
            timing = dataclasses.replace(timing, message=f"In a timed call, your code {fault}")
        except WrongOutput as wrong:
            timing = dataclasses.replace(timing, message=f"A timed call gave a wrong output: {wrong}")
        except ReferenceFailed as failure:
            raise AssignmentError(f"{assignment.id}: what submissions are timed against fails: {failure}") from failure
    timing = dataclasses.replace(timing, seconds=round(time.monotonic() - began, 3))
    return timing if against else with_tier(timing, benchmark)


def reference_files(assignment: Assignment) -> dict[str, str]:
    """The accepted sample that everybody is timed against."""
    path = assignment.folder / "submissions" / "accepted" / f"{_benchmark(assignment).reference}.py"
    return {assignment.filename: path.read_text(encoding="utf-8")}


def _benchmark(assignment: Assignment) -> Benchmark:
    if assignment.benchmark is None:
        raise AssignmentError(f"{assignment.id} has no benchmark")
    return assignment.benchmark


def _measure(
    contest: Contest, effort: Effort, seed: int, deadline: float, on_progress: Callable[[Sign], None]
) -> Measured:
    """Time process pairs until the interval is narrow, or the next one would end after the deadline."""
    rng, measured = np.random.default_rng(seed), Measured(effort)
    where = contest.assignment, contest.work, contest.place
    measured.null_milliseconds = null_milliseconds(*where, rng)
    if contest.place.gpu is not None and contest.work.library:
        measured.library_milliseconds = library_milliseconds(*where, rng)
    measuring = Measuring(*where)
    try:
        calls, longest = effort.calls[0], 0.0
        while not _is_enough(measured, deadline, longest):
            began = time.monotonic()
            measuring.measure(measured.machine)
            measured.pairs.append(time_pair(contest, calls, rng))
            taken = time.monotonic() - began
            left, before = deadline - time.monotonic(), calls
            calls = effort.next_calls(left, len(measured.pairs), taken / before)
            longest = max(longest, taken * max(1.0, calls / before))
            measured.estimate = estimate(measured.samples, rng)
            on_progress(Sign(len(measured.pairs), effort.most_pairs, measured.estimate))
    finally:
        measuring.close()
    return measured


def _is_enough(measured: Measured, deadline: float, longest: float) -> bool:
    done, effort, found = len(measured.pairs), measured.effort, measured.estimate
    if done >= effort.most_pairs:
        return True
    if done < effort.least_pairs or found is None:
        return False
    if effort.is_settled(found) or (done >= effort.fewest_pairs and found.width <= effort.narrow):
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


def with_tier(timing: Timing, benchmark: Benchmark) -> Timing:
    """The timing with the tier that the lower end of its interval reaches, and its points."""
    tier = benchmark.tier_of(timing.interval[0]) if timing.interval else None
    return dataclasses.replace(timing, tier=tier.name, points=tier.points) if tier else timing


def _judged(blank: Timing, contest: Contest, measured: Measured) -> Timing:
    """What was measured, as a Timing; refused where it cannot be."""
    assert measured.estimate is not None
    refusal = _too_fast(contest.work, measured)
    if refusal:
        return dataclasses.replace(blank, message=refusal)
    found, machine, gpu = measured.estimate, measured.machine, contest.place.gpu
    own = _median_milliseconds(measured.samples, "submission")
    least, limited_by = machine.least_seconds(contest.work)
    rates = {"gflops": machine.operations / 1e9, "gbytes": machine.bytes / 1e9}
    if measured.library_milliseconds is not None:
        rates["library_ms"] = measured.library_milliseconds
    return dataclasses.replace(
        blank,
        outcome=Outcome.TIMED,
        ratio=found.ratio,
        interval=(found.low, found.high),
        verdict=found.verdict,
        milliseconds=own,
        reference_milliseconds=_median_milliseconds(measured.samples, "reference"),
        null_milliseconds=measured.null_milliseconds,
        gflops=float(contest.work.operations / own / 1e6),
        percent_of_limit=float(100 * least * 1000 / own),
        limited_by=limited_by,
        machine=rates | (gpu.diagnostics() if gpu else {}),
        samples=tuple(measured.samples),
        flags=_flags(measured, own, gpu),
    )


def _flags(measured: Measured, own: float, gpu: GpuDevice | None) -> tuple[str, ...]:
    """What looks odd, for the staff. `own` is the median time of a submission's call in milliseconds."""
    if gpu is None:
        return _works_between(measured)
    # Setting CUDA up takes seconds of the processor, so its time tells nothing here.
    return (*_beyond_library(own, measured.library_milliseconds), *event_flags(measured.samples), *gpu.flags())


def _works_between(measured: Measured) -> tuple[str, ...]:
    used = sum(pair.cpu_seconds for pair in measured.pairs)
    asked = sum(sum(pair.samples.submission) for pair in measured.pairs) / 1000
    loading = 0.5 * len(measured.pairs)
    if used <= HIDDEN_WORK * asked + loading:
        return ()
    return (f"It used {used:.1f} s of processor time, though its timed calls took {asked:.1f} s.",)


def _beyond_library(own: float, library: float | None) -> tuple[str, ...]:
    if library is None or own * BEYOND_LIBRARY >= library:
        return ()
    return (f"It is {library / own:.2f} times as fast as the library’s own: {own:.3g} ms a call for {library:.3g} ms.",)


def _median_milliseconds(samples: list[ProcessPair], side: str) -> float:
    return float(np.median([np.median(getattr(pair, side)) for pair in samples]))
