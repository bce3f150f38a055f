"""What the machine can do, measured in the same run: a matrix product, a copy, and calls of our own.

A call that does nothing is the protocol's own cost; on a GPU one of the library's own operator stands beside it.

The rates are measured by a process of our own with its own clock, in which no submission ever runs. It has one thread,
and reads that thread's clock: where a process has a limit on its processor time, the clock of the process moves in
ticks of several milliseconds (kernel/time/posix-cpu-timers.c, proc_sample_cputime_atomic).
"""

from __future__ import annotations

import dataclasses
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from grader.benchmark.side import Place, Side, arguments_of, room_for
from grader.benchmark.work import Work
from grader.contract import Assignment, Limits
from grader.sandbox.errors import SandboxFailure, StudentFault
from grader.sandbox.process import Sandbox
from grader.sandbox.wire import Packer

RATES_SECONDS = 60.0
OWN_CALLS = 10
LIMITS = Limits(memory_mib=4096)

RATES = '''
def rates(dtype, device, size, count, repeats):
    """Operations a second of a matrix product, and bytes a second of a copy of `count`: the best of `repeats`."""
    import time

    clock = time.perf_counter if device == "cuda" else time.thread_time
    if device == "numpy":
        a = np.random.default_rng(0).standard_normal((size, size)).astype(dtype)
        product, source, target = np.empty_like(a), np.ones(count, dtype), np.empty(count, dtype)
        multiply, copy, wait = lambda: np.matmul(a, a, out=product), lambda: np.copyto(target, source), lambda: None
    else:
        torch.backends.cuda.matmul.allow_tf32 = False
        kind = getattr(torch, dtype)
        a = torch.randn(size, size, dtype=kind, device=device)
        product, source = torch.empty_like(a), torch.ones(count, dtype=kind, device=device)
        target = torch.empty_like(source)
        wait = torch.cuda.synchronize if device == "cuda" else lambda: None
        multiply, copy = lambda: torch.matmul(a, a, out=product), lambda: target.copy_(source)

    def best(work):
        taken = []
        for _ in range(repeats + 1):
            wait()
            began = clock()
            work()
            wait()
            taken.append(clock() - began)
        return min(taken[1:])

    return 2.0 * size**3 / best(multiply), 2.0 * source.nbytes / best(copy)
'''


@dataclass(slots=True)
class Machine:
    """The machine's rates in a run: the medians of several measurements, each the best of a few repetitions."""

    arithmetic: list[float] = field(default_factory=list)
    memory: list[float] = field(default_factory=list)

    @property
    def operations(self) -> float:
        """Floating-point operations a second of a matrix product."""
        return float(np.median(self.arithmetic))

    @property
    def bytes(self) -> float:
        """Bytes a second that a copy reads and writes together."""
        return float(np.median(self.memory))

    def least_seconds(self, work: Work) -> tuple[float, str]:
        """How long a call takes at these rates by the direct method, and which of the two rates says so."""
        arithmetic, memory = work.operations / self.operations, work.bytes_moved / self.bytes
        return (arithmetic, "arithmetic") if arithmetic >= memory else (memory, "memory")


class Measuring:
    """The process that measures, stopped in between."""

    def __init__(self, assignment: Assignment, work: Work, place: Place) -> None:
        has_torch = assignment.profile == "torch"
        self.device = place.device if has_torch else "numpy"
        self.dtype = np.dtype(work.dtype).name
        # A GPU's cache may hold 60 MiB: what is copied there must be far more.
        self.sizes = (8192, 1 << 27, 10) if place.device == "cuda" else (768, 1 << 23, 3)
        self.sandbox: Sandbox = place.launcher.start(assignment.profile, LIMITS, core=place.core)
        self.sandbox.life.pause()

    def measure(self, machine: Machine) -> None:
        """Add one measurement. Raises SandboxFailure."""
        arguments: list[Any] = [self.dtype, self.device, *self.sizes]
        request = {"op": "run", "source": RATES, "args": arguments, "kwargs": {}}
        self.sandbox.life.resume()
        with ours("the machine's rates"):
            operations, bytes_ = self.sandbox.ask(request, Packer(), RATES_SECONDS).value
        self.sandbox.life.pause()
        machine.arithmetic.append(operations)
        machine.memory.append(bytes_)

    def close(self) -> None:
        """End the process."""
        self.sandbox.close()


NULL = """
{imports}
OUTPUTS = {outputs}
def {entry}(*arguments):
    return {value}
"""


def null_milliseconds(assignment: Assignment, work: Work, place: Place, rng: np.random.Generator) -> float:
    """The protocol's own cost: the median time of a call that returns memory that it has had from the start.

    Raises SandboxFailure.
    """
    example = work.draw(rng)
    source = null_source(assignment, work, example, place.device)
    return _own_milliseconds(assignment, source, work, example, place, "a call that does nothing")


def library_milliseconds(assignment: Assignment, work: Work, place: Place, rng: np.random.Generator) -> float:
    """The median time of a call of the library's own operator, `work.library`. Raises SandboxFailure."""
    allowed = dataclasses.replace(assignment, refused_operators=())
    source = "\n".join([work.library, *_other_entries(assignment, work)])
    return _own_milliseconds(allowed, source, work, work.draw(rng), place, "the library's own operator")


def _own_milliseconds(
    assignment: Assignment, source: str, work: Work, example: tuple[Any, ...], place: Place, measured: str
) -> float:
    """The median time of a call of what is ours."""
    with ours(measured):
        side = Side(assignment, {assignment.filename: source}, work, example, place)
        try:
            room = room_for(side.block)
            taken = [side.call(arguments_of(example), room) for _ in range(OWN_CALLS + 1)]
        finally:
            side.close()
    return float(np.median(taken[1:]))


@contextmanager
def ours(measured: str) -> Iterator[None]:
    """Turn the fault of a process that runs no submission into SandboxFailure: no student is to blame for it."""
    try:
        yield
    except StudentFault as fault:
        raise SandboxFailure(f"{measured} could not be measured: {fault}") from fault


def null_source(assignment: Assignment, work: Work, example: tuple[Any, ...], device: str = "cpu") -> str:
    """A submission that does nothing, for the shapes of these arguments; its outputs lie on the device."""
    has_torch = assignment.profile == "torch"
    dtype = np.dtype(work.dtype).name
    made = f"torch.zeros({{}}, dtype=torch.{{}}, device='{device}')" if has_torch else "np.zeros({}, dtype='{}')"
    outputs = [made.format(tuple(each.value.shape), dtype) for each in work.expected(example)]
    parts = {pick: f"OUTPUTS[{number}]" for number, pick in enumerate(work.picks)}
    value = ", ".join(parts.get(place, "None") for place in range(max(work.picks) + 1)) if parts else ""
    source = NULL.format(
        imports="import torch" if has_torch else "import numpy as np",
        outputs=f"[{', '.join(outputs)}]",
        entry=work.entry,
        value=f"({value},)" if parts else "OUTPUTS[0]",
    )
    return "\n".join([source, *_other_entries(assignment, work)])


def _other_entries(assignment: Assignment, work: Work) -> list[str]:
    """What is asked for besides the entry that is timed, as it must be there to be loaded."""
    return [f"def {entry.name}(*_): pass" for entry in assignment.entries if entry.name != work.entry]
