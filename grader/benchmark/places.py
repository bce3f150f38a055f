"""Where a timing takes place: a core alone, and for a GPU's assignment that GPU alone as well."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from threadpoolctl import threadpool_limits

from grader.benchmark.cores import held_core, processor_name
from grader.benchmark.gpu import GpuDevice, gpu_name, sees_gpu
from grader.benchmark.side import Place
from grader.contract import Assignment, Device
from grader.sandbox.gpu import GpuBubblewrap
from grader.sandbox.process import Launcher


@contextmanager
def held_place(assignment: Assignment, launcher: Launcher) -> Iterator[Place]:
    """A core and, for an assignment and a launcher that have one, the GPU; waits until they are free.

    Sandboxes are forks of a process that must not have been started on the one core: it is started before.
    """
    launcher.start(assignment.profile, assignment.limits).close()
    with held_core() as core, threadpool_limits(1):
        if not (assignment.gpu and isinstance(launcher, GpuBubblewrap) and sees_gpu()):
            yield Place(launcher, core)
            return
        gpu = GpuDevice()
        with gpu.lock():
            gpu.prepare()
            yield Place(launcher, core, "cuda", gpu)


def device_here(launcher: Launcher) -> Device:
    """What a worker with this launcher times on, as far as it can be told where nothing was timed."""
    return Device("gpu", gpu_name()) if isinstance(launcher, GpuBubblewrap) else Device("cpu", processor_name())


def device_of(place: Place) -> Device:
    """What is timed there, by its maker's name."""
    return Device(place.gpu.kind, place.gpu.name) if place.gpu else Device("cpu", processor_name())
