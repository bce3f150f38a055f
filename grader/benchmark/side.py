"""One of the two that are timed against each other: a fresh sandbox, its shared memory, and its timed calls."""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping, Sequence
from contextlib import ExitStack
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from grader.benchmark.block import Block, like
from grader.benchmark.cores import CoreTime, WallTime
from grader.benchmark.gpu import GpuDevice
from grader.benchmark.work import Work
from grader.contract import Assignment, Limits
from grader.sandbox.errors import StudentCrashed
from grader.sandbox.process import Launcher, Sandbox
from grader.sandbox.wire import Packer

LOAD_SECONDS = 15.0
PATIENCE = 3.0
"""By how much a call may exceed the time for a check: that is the wall clock's, and on a busy machine a call waits."""

FIRST_GPU_SECONDS = 90.0
"""What the first call on a GPU may take: CUDA is set up in it, and kernels are compiled."""

COLD = np.zeros(64 << 20, np.uint8)
"""Bytes changed before every call, so that all begin with cold caches: else whoever runs before could make them so."""

REST_MILLISECONDS = 1.0
"""What a process may use between its calls, while it is stopped: it is told to be so a little before it is."""

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
    """A submission in a process of its own, stopped but for its timed calls."""

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
        self.sandbox: Sandbox = place.launcher.start(assignment.profile, limits, core=place.core)
        with ExitStack() as undoing:
            undoing.callback(self.close)
            self._load(assignment, files, work, place)
            self.sandbox.life.pause()
            # On a GPU the process waits for it rather than works, so there the wall clock counts.
            self.clock = CoreTime(self.sandbox.pid) if place.gpu is None else WallTime()
            self.used = self.clock.process_milliseconds()
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
            "path": self.block.path if by_path else "",
        }
        descriptor = None if by_path else self.block.descriptor
        self.sandbox.ask(share, Packer(), LOAD_SECONDS, descriptor=descriptor)

    def call(self, arguments: Sequence[npt.NDArray[Any]], into: Arrays) -> float:
        """Milliseconds on the core (with a GPU: all of them) from the arguments' reveal to the snapshot of the outputs.

        Raises StudentFault, and GpuBusy where somebody uses the GPU before the call.
        """
        assert self.clock is not None
        try:
            self._see_that_it_rested(self.clock)
            taken = self._timed(self.clock, arguments, into)
            self.used = self.clock.process_milliseconds()
        except ProcessLookupError:
            raise StudentCrashed("ended the process instead of waiting for its next call") from None
        return taken

    def _timed(self, clock: CoreTime | WallTime, arguments: Sequence[npt.NDArray[Any]], into: Arrays) -> float:
        np.add(COLD, 1, out=COLD)  # plain setting would pass the caches by
        if self.place.gpu is not None:
            self.place.gpu.between_calls()
        self.block.poison()
        self.sandbox.life.resume()
        began = clock.milliseconds()
        self.block.reveal(arguments)
        self.sandbox.ask({"op": "time"}, Packer(), self.first_seconds)
        self.block.snapshot(into)
        taken = clock.milliseconds() - began
        self.sandbox.life.pause()
        self.first_seconds = self.call_seconds
        return taken

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
