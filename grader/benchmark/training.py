"""Timing a training: until a network names enough of the images that it has never seen.

For each of several seeds fresh data are drawn, and the submission and the reference train on them, one directly after
the other, in random order, each in processes of its own (`training_side`). A process pair is one training of each.
"""

from __future__ import annotations

import dataclasses
import time
import zlib
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from grader.benchmark.cores import processor_name
from grader.benchmark.load import GRADED
from grader.benchmark.null_training import null_milliseconds
from grader.benchmark.places import held_place
from grader.benchmark.race import Data, Race, load_race
from grader.benchmark.run import Sign, reference_files, with_tier
from grader.benchmark.side import Place
from grader.benchmark.statistics import estimate
from grader.benchmark.training_side import Inconsistent, Lap, Racer, measure_network, run_lap
from grader.contract import Assignment, AssignmentError, Device, Outcome, ProcessPair, Timing
from grader.sandbox.errors import StudentFault
from grader.sandbox.process import Launcher

LEAST_SEEDS = 3
"""Where all of a race's seeds take longer than allowed."""

FINEST = 9
"""zlib's level of compression: the one that students are told."""


class Missed(Exception):  # noqa: N818
    """A submission does not keep to the race's rules or misses its target; the message is for the student."""


class ReferenceMissed(Exception):  # noqa: N818
    """The reference does, or what was timed in its place: not the submission's fault."""


@dataclass(slots=True)
class Laps:
    """The trainings so far, the submission's and the reference's, and what the submission's network is.

    `null_milliseconds` is what a training takes that learns nothing.
    """

    submission: list[Lap] = field(default_factory=list)
    reference: list[Lap] = field(default_factory=list)
    null_milliseconds: float | None = None
    numbers: int = 0
    mult_adds: int = 0

    @property
    def samples(self) -> list[ProcessPair]:
        """The times alone."""
        both = zip(self.submission, self.reference, strict=True)
        return [ProcessPair((own.milliseconds,), (other.milliseconds,)) for own, other in both]


def time_training(
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
    """Time a submission's training against the reference's, or against that of other files; as `time_submission`.

    A submission that misses the target in more trainings than it may is `refused`. Raises AssignmentError where there
    is no such benchmark or the reference fails, SandboxUnavailable where there is no sandbox.
    """
    race, benchmark = load_race(assignment, case), assignment.benchmark
    assert benchmark is not None
    blank = Timing(
        assignment=assignment.id,
        version=assignment.version,
        seed=seed,
        outcome=Outcome.REFUSED,
        device=Device("cpu", processor_name()),
        max_points=benchmark.points,
    )
    laps, refusal = Laps(), ""
    rng = np.random.default_rng(seed)
    with held_place(assignment, launcher) as place:
        began = time.monotonic()
        running = _Running(assignment, race, place, laps, rng)
        try:
            running.prepare(files, against or reference_files(assignment))
            running.train(began + (seconds or benchmark.seconds), on_progress)
        except (Missed, StudentFault) as fault:
            refusal = f"In a timed training, your code {fault}" if isinstance(fault, StudentFault) else str(fault)
        except ReferenceMissed as failure:
            raise AssignmentError(f"{assignment.id}: what submissions are timed against fails: {failure}") from failure
    taken = round(time.monotonic() - began, 3)
    if refusal:
        told = _figures(race, laps) if laps.submission else None
        return dataclasses.replace(blank, message=refusal, seconds=taken, training=told)
    timing = dataclasses.replace(_timing(blank, race, laps, rng), seconds=taken)
    return timing if against else with_tier(timing, benchmark)


@dataclass(slots=True)
class _Running:
    """One run: who trains, on what, where."""

    assignment: Assignment
    race: Race
    place: Place
    laps: Laps
    rng: np.random.Generator
    submission: Racer = field(init=False)
    reference: Racer = field(init=False)

    def prepare(self, files: Mapping[str, str], against: Mapping[str, str]) -> None:
        """See that both keep to the rules. Raises Missed, StudentFault, ReferenceMissed."""
        _expect_short(files, self.race)
        example = self.race.draw(np.random.default_rng(0))
        shape = example.images.shape[1:]
        self.laps.numbers, self.laps.mult_adds = self._measured(files, shape)
        self.submission = Racer(files, self.laps.numbers)
        try:
            self.reference = Racer(against, self._measured(against, shape)[0])
        except (Missed, StudentFault) as fault:
            raise ReferenceMissed(str(fault)) from fault
        where = self.race, example, self.laps.numbers, self.place
        self.laps.null_milliseconds = null_milliseconds(self.assignment, *where)

    def _measured(self, files: Mapping[str, str], shape: tuple[int, ...]) -> tuple[int, int]:
        numbers, mult_adds = measure_network(self.assignment, files, self.place, self.race, shape)
        most = self.race.most_numbers
        if not 0 < numbers <= most:
            raise Missed(f"Your network holds {numbers:,} floating-point numbers; 1 to {most:,} are allowed.")
        return numbers, mult_adds

    def train(self, deadline: float, on_progress: Callable[[Sign], None]) -> None:
        """Train on all seeds, or as many as end before the deadline. Raises Missed, StudentFault, ReferenceMissed."""
        longest = 0.0
        for done in range(self.race.seeds):
            began = time.monotonic()
            if done >= LEAST_SEEDS and began + longest > deadline:
                return
            data, seed = self.race.draw(self.rng), int(self.rng.integers(2**31))
            for number in self.rng.permutation(2):
                if number == 0:
                    self._lap_of_submission(data, seed)
                else:
                    self._lap_of_reference(data, seed)
            longest = max(longest, time.monotonic() - began)
            found = estimate(self.laps.samples, np.random.default_rng(done))
            on_progress(Sign(done + 1, self.race.seeds, found))

    def _lap_of_submission(self, data: Data, seed: int) -> None:
        try:
            lap = run_lap(self.assignment, self.submission, data, seed, self.place, self.race)
        except Inconsistent as error:
            raise Missed(str(error)) from error
        self.laps.submission.append(lap)
        _expect_target(self.laps.submission, self.race)

    def _lap_of_reference(self, data: Data, seed: int) -> None:
        try:
            self.laps.reference.append(run_lap(self.assignment, self.reference, data, seed, self.place, self.race))
            _expect_target(self.laps.reference, self.race)
        except (StudentFault, Inconsistent, Missed) as fault:
            raise ReferenceMissed(str(fault)) from fault


def compressed_bytes(files: Mapping[str, str]) -> int:
    """What files have to say, in bytes: their texts together, compressed by zlib. Stored weights stay as they are."""
    return len(zlib.compress("\n".join(files.values()).encode(), FINEST))


def _expect_short(files: Mapping[str, str], race: Race) -> None:
    size = compressed_bytes(files)
    if size > race.most_bytes:
        raise Missed(
            f"Compressed, what you handed in has {size:,} bytes; {race.most_bytes:,} is the most, so that no weights "
            "are stored in it."
        )


def _expect_target(laps: list[Lap], race: Race) -> None:
    missed = [lap.accuracy for lap in laps if lap.accuracy < race.target]
    if len(missed) > race.may_miss:
        shares = ", ".join(f"{share:.1%}" for share in missed)
        raise Missed(
            f"Of {len(laps)} trainings, {len(missed)} ended below the target: the network named {shares} of the test "
            f"images; {race.target:.0%} is expected, and {race.may_miss} of {race.seeds} trainings may miss it."
        )


def _timing(blank: Timing, race: Race, laps: Laps, rng: np.random.Generator) -> Timing:
    found = estimate(laps.samples, rng)
    return dataclasses.replace(
        blank,
        outcome=Outcome.TIMED,
        ratio=found.ratio,
        interval=(found.low, found.high),
        verdict=found.verdict,
        milliseconds=float(np.median([lap.milliseconds for lap in laps.submission])),
        reference_milliseconds=float(np.median([lap.milliseconds for lap in laps.reference])),
        null_milliseconds=laps.null_milliseconds,
        samples=tuple(laps.samples),
        training=_figures(race, laps),
    )


def _figures(race: Race, laps: Laps) -> dict[str, Any]:
    """The figures of a training benchmark.

    `parameters` are the numbers that left the process, running statistics included; `mult_adds` those of one image in a
    new network, as the submission's process tells them. Those of the whole training are not known: only that process
    could count them.
    """
    return {
        "target": race.target,
        "accuracies": [lap.accuracy for lap in laps.submission],
        "reference_accuracies": [lap.accuracy for lap in laps.reference],
        "parameters": laps.numbers,
        "mult_adds": laps.mult_adds,
        "seeds": len(laps.submission),
    }
