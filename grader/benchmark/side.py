"""One of the two that are timed against each other: a fresh sandbox, its shared memory, and its timed calls."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from functools import cache
from typing import Any

import numpy as np
import numpy.typing as npt

from grader.benchmark.block import Block, like
from grader.benchmark.cores import CoreTime, Moment, Spent, WallTime, last_cache
from grader.benchmark.gpu import GpuDevice
from grader.benchmark.work import Work
from grader.contract import Assignment, Limits
from grader.sandbox.errors import StudentCrashed, StudentTimeout
from grader.sandbox.process import Launcher, Sandbox
from grader.sandbox.replies import milliseconds_in
from grader.sandbox.wire import Packer

LOAD_SECONDS = 15.0
PATIENCE = 3.0
"""By how much a call may exceed the time for a check: that is the wall clock's, and on a busy machine a call waits."""

FIRST_GPU_SECONDS = 90.0
"""What setting CUDA up on a GPU may take, and so the first call, which compiles kernels."""

REST_MILLISECONDS = 0.2
"""What a process may use between its calls, while it is stopped: it is told to be so a little before it is."""

IDLE_SECONDS = 5.0
"""How long a process may wait in all, while it loads and in its calls, without wanting the core."""

Arrays = list[npt.NDArray[Any]]


@dataclass(frozen=True, slots=True)
class Place:
    """Where timed processes run: the launcher, the core, and the device that the arguments are moved to.

    `gpu` is that device as the judge holds it; None where it is the processor.
    """

    launcher: Launcher
    core: int
    device: str = "cpu"
    gpu: GpuDevice | None = None


class Side:
    """A submission in a process of its own, stopped but for its timed calls.

    `events` has for each call the milliseconds that the process told of it, None where it told none that can be read.
    """

    def __init__(
        self, assignment: Assignment, files: Mapping[str, str], work: Work, example: tuple[Any, ...], place: Place
    ) -> None:
        """Start the process and load `files`. `example` are arguments as `work` draws them.

        Raises StudentFault for what the submission does, SandboxUnavailable for what the system does.
        """
        limits = timed_limits(assignment, place)
        self.block = Block(example, outputs_of(work, example))
        self.call_seconds = PATIENCE * limits.check_seconds
        self.first_seconds = self.call_seconds if place.gpu is None else FIRST_GPU_SECONDS
        self.place = place
        self.clock: CoreTime | WallTime | None = None
        self.used = 0.0
        self.idle = 0.0
        self.events: list[float | None] = []
        self.sandbox: Sandbox = place.launcher.start(assignment.profile, limits, core=place.core)
        with ExitStack() as undoing:
            undoing.callback(self.close)
            # On a GPU the process waits for it rather than works, so there the wall clock counts.
            self.clock = CoreTime(self.sandbox.pid) if place.gpu is None else WallTime()
            began, self.used = self.clock.moment(), self.clock.process_milliseconds()
            self._load(assignment, files, work, place)
            with alive(self.sandbox):
                self._stopped(self.clock, began)
            undoing.pop_all()

    def _load(self, assignment: Assignment, files: Mapping[str, str], work: Work, place: Place) -> None:
        entries = [entry.name for entry in assignment.entries]
        refused = list(assignment.refused_operators)
        name = assignment.filename
        load = {"op": "load", "name": name, "files": dict(files), "entries": entries, "refused": refused}
        self.sandbox.ask(load, Packer(), LOAD_SECONDS)
        by_path = place.launcher.name == "none"
        share = {
            "op": "share",
            "entry": work.entry,
            "size": self.block.size,
            "arguments": self.block.template,
            "outputs": self.block.places,
            "picks": list(work.picks),
            "device": place.device,
            "tensors": assignment.profile == "torch",
            "events": place.gpu is not None,
            "path": self.block.path if by_path else "",
        }
        descriptor = None if by_path else self.block.descriptor
        seconds = LOAD_SECONDS if place.gpu is None else FIRST_GPU_SECONDS
        self.sandbox.ask(share, Packer(), seconds, descriptor=descriptor)

    def call(self, arguments: Sequence[npt.NDArray[Any]], into: Arrays) -> float:
        """Milliseconds on the core (with a GPU: all of them) from the arguments' reveal to the snapshot of the outputs.

        Raises StudentFault, and GpuBusy where somebody uses the GPU before the call.
        """
        assert self.clock is not None
        with alive(self.sandbox):
            self._see_that_it_rested(self.clock)
            return self._timed(self.clock, arguments, into)

    def _timed(self, clock: CoreTime | WallTime, arguments: Sequence[npt.NDArray[Any]], into: Arrays) -> float:
        empty_caches()
        if self.place.gpu is not None:
            self.place.gpu.between_calls()
        self.block.poison()
        self.sandbox.life.resume()
        began = clock.moment()
        self.block.reveal(arguments)
        reply = self.sandbox.ask({"op": "time"}, Packer(), self.first_seconds)
        self.block.snapshot(into)
        spent = self._stopped(clock, began)
        self.events.append(milliseconds_in(reply.value))
        if self.place.gpu is not None:
            self.place.gpu.look()
        self.first_seconds = self.call_seconds
        return spent.counted

    def _stopped(self, clock: CoreTime | WallTime, began: Moment) -> Spent:
        """Stop the process; what was spent since the judge began.

        All that the process has used since it was last stopped is in it: what it does before the input is there, with
        the caches for instance, or after its reply, is part of the call. Raises StudentTimeout for one that sleeps.
        """
        ended = clock.moment()
        self.sandbox.life.pause()
        used = clock.process_milliseconds()
        spent = clock.spent(began, ended, used - self.used)
        self.used = used
        self.idle += max(0.0, spent.idle)
        if self.idle > 1000 * IDLE_SECONDS:
            raise StudentTimeout(f"waited for {self.idle / 1000:.0f} s instead of computing, as by sleeping")
        return spent

    def _see_that_it_rested(self, clock: CoreTime | WallTime) -> None:
        """A stopped process can have itself continued, by a timer for instance, and disturb the other side's calls."""
        if clock.process_milliseconds() - self.used > REST_MILLISECONDS:
            raise StudentCrashed("worked between its calls, though it was stopped")

    def close(self) -> float:
        """End the process; returns the seconds of processor time that it used."""
        if self.clock is not None:
            self.clock.close()
        self.sandbox.close()
        self.block.close()
        return self.sandbox.ended.cpu_seconds if self.sandbox.ended else 0.0


@contextmanager
def alive(sandbox: Sandbox) -> Iterator[None]:
    """Turn the kernel's word that a process is no more into the StudentFault that tells why."""
    try:
        yield
    except ProcessLookupError:
        raise sandbox.death() from None


@cache
def _cold() -> npt.NDArray[np.uint8]:
    return np.zeros(2 * last_cache(), np.uint8)


def empty_caches() -> None:
    """Change twice as many bytes as the last cache holds, so that all calls begin with cold caches.

    Else whoever runs before could leave them in a bad state.
    """
    cold = _cold()
    np.add(cold, 1, out=cold)  # plain setting would pass the caches by


def timed_limits(assignment: Assignment, place: Place) -> Limits:
    """The assignment's limits, with one process that has one thread: what is timed has one core."""
    return assignment.limits if place.gpu is not None else dataclasses.replace(assignment.limits, processes=1)


def outputs_of(work: Work, example: tuple[Any, ...]) -> list[tuple[npt.DTypeLike, tuple[int, ...]]]:
    """Dtype and shape of every output, from what is expected for an example."""
    return [(work.dtype, each.value.shape) for each in work.expected(example)]


def room_for(block: Block) -> Arrays:
    """Memory for one snapshot, already in reach: its first use must not cost more than the others."""
    return [np.zeros_like(output) for output in block.outputs]


def arguments_of(drawn: tuple[Any, ...]) -> Arrays:
    """The arrays of a call's arguments."""
    return like(drawn)
