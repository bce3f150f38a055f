"""One process pair: a fresh process of the submission's and one of the reference's, timed call by call in turn."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import partial
from typing import Any

import numpy as np

from grader.benchmark.gpu import GpuBusy
from grader.benchmark.side import Arrays, Place, Side, arguments_of, room_for
from grader.benchmark.work import Work, disagreement
from grader.contract import Assignment, ProcessPair
from grader.sandbox.errors import StudentCrashed, StudentFault

MOST_CALLS = 20
FEWEST_CALLS = 3
MEMORY_BYTES = 256 << 20
"""What arguments and snapshots of calls that are not verified yet may take."""

GPU_MEMORY_BYTES = 2 << 30
"""The same where a GPU is timed: it rests while outputs are verified, and its clocks fall."""


class WrongOutput(Exception):  # noqa: N818
    """A timed call gave what is not right; the message is for the student."""


class ReferenceFailed(Exception):  # noqa: N818
    """The reference did, or what was timed in its place: not the submission's fault."""


@dataclass(frozen=True, slots=True)
class Contest:
    """Who is timed against whom, on what, and where."""

    assignment: Assignment
    work: Work
    submission: Mapping[str, str]
    reference: Mapping[str, str]
    place: Place


@dataclass(frozen=True, slots=True)
class TimedPair:
    """The times of a process pair, and the processor seconds that the submission's process used in all."""

    samples: ProcessPair
    cpu_seconds: float


def time_pair(contest: Contest, calls: int, rng: np.random.Generator) -> TimedPair:
    """Time `calls` calls of both in fresh processes, after one that only warms up and is verified like all others.

    Raises StudentFault or WrongOutput for the submission, ReferenceFailed for the reference, and GpuBusy where a GPU is
    in use by neither.
    """
    example = contest.work.draw(rng)
    starts = (partial(_start, contest, contest.submission, example), partial(_started_reference, contest, example))
    sides: dict[int, Side] = {}
    used: dict[int, float] = {}
    try:
        # Of two equal processes the one that was started first has been slower by some tenths of a percent.
        for number in rng.permutation(2).tolist():
            sides[number] = starts[number]()
        times = _time_all(contest, sides[0], sides[1], calls + 1, rng)
        events = [tuple(sides[number].events[1:]) for number in range(2)] if contest.place.gpu is not None else []
    except GpuBusy as busy:
        used[0] = sides.pop(0).close()
        if contest.place.gpu is not None and contest.place.gpu.is_calm():
            raise StudentCrashed("used the GPU between its calls") from busy
        raise
    finally:
        for number, side in sides.items():
            used[number] = side.close()
    return TimedPair(ProcessPair(tuple(times[0][1:]), tuple(times[1][1:]), *events), used[0])


def _start(contest: Contest, files: Mapping[str, str], example: tuple[Any, ...]) -> Side:
    return Side(contest.assignment, files, contest.work, example, contest.place)


def _started_reference(contest: Contest, example: tuple[Any, ...]) -> Side:
    try:
        return _start(contest, contest.reference, example)
    except StudentFault as fault:
        raise ReferenceFailed(str(fault)) from fault


def _time_all(
    contest: Contest, submission: Side, reference: Side, calls: int, rng: np.random.Generator
) -> tuple[list[float], list[float]]:
    """Milliseconds of the submission's calls and of the reference's; drawn, timed and verified in portions."""
    gpu = contest.place.gpu
    portion = max(1, (MEMORY_BYTES if gpu is None else GPU_MEMORY_BYTES) // (3 * submission.block.size))
    times: tuple[list[float], list[float]] = ([], [])
    while (left := calls - len(times[0])) > 0:
        drawn = [contest.work.draw(rng) for _ in range(min(portion, left))]
        rooms = [(room_for(submission.block), room_for(reference.block)) for _ in drawn]
        if gpu is not None:
            gpu.warm()
        for arguments, room in zip(drawn, rooms, strict=True):
            arrays = arguments_of(arguments)
            for number in rng.permutation(2):
                if number == 0:
                    times[0].append(submission.call(arrays, room[0]))
                else:
                    times[1].append(_reference_call(reference, arrays, room[1]))
        for arguments, room in zip(drawn, rooms, strict=True):
            _verify(contest.work, arguments, room)
    return times


def _reference_call(side: Side, arrays: Arrays, room: Arrays) -> float:
    try:
        return side.call(arrays, room)
    except StudentFault as fault:
        raise ReferenceFailed(str(fault)) from fault


def _verify(work: Work, arguments: tuple[Any, ...], rooms: tuple[Arrays, Arrays]) -> None:
    expected = work.expected(arguments)
    for room, error in zip(rooms, (WrongOutput, ReferenceFailed), strict=True):
        for number, (got, wanted) in enumerate(zip(room, expected, strict=True), 1):
            wrong = disagreement(got, wanted)
            if wrong:
                which = f"output {number}: " if len(room) > 1 else ""
                raise error(f"{which}{wrong}")
