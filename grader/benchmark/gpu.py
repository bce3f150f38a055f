"""The GPU that a timing has to itself: held by a lock, warmed up, calm and with an empty cache before every call.

The judge has a context of its own on the GPU. Between calls it overwrites twice the L2 cache, which is shared by all
processes, and takes the time of that: contexts of several processes take turns (NVIDIA, CUDA C++ Programming Guide,
section on compute modes), so while a submission's kernels still run, though it should be at rest, the judge's write
takes longer. Clocks are never changed; what NVML says of them after each call is a diagnosis.
"""

from __future__ import annotations

import fcntl
import os
import statistics
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from grader.benchmark.cores import processor_name
from grader.benchmark.nvml import Watch
from grader.sandbox.errors import SandboxFailure

WARM_SECONDS = 1.0
AGAIN_SECONDS = 0.3
"""Clocks rise with work, and fall within seconds when there is none, as while outputs are verified."""

BASELINE_WRITES = 20
CALM = 1.5
"""How much longer than usual a write over the cache may take where nobody else uses the GPU."""

CALM_WRITES = 3
"""As many in a row: kernels of another program leave gaps between them, into which one write fits."""

CALM_SECONDS = 2.0
LEAST_MARGIN = 0.2
"""Milliseconds that a write may take longer in any case: launching one takes some hundredths."""


def sees_gpu() -> bool:
    """Whether the judge's own PyTorch can use a GPU. A worker for one does not start where its sandboxes cannot."""
    import torch

    return torch.cuda.is_available()


def gpu_name() -> str:
    """What the maker of the judge's GPU calls it; says so where it does not answer, as after a fault of its own."""
    import torch

    try:
        return torch.cuda.get_device_name() if sees_gpu() else "a GPU that PyTorch does not see"
    except RuntimeError:
        return "a GPU that does not answer"


class GpuBusy(SandboxFailure):
    """Somebody else uses the GPU: a submission between its calls, or another program."""


class GpuDevice:
    """One GPU, as PyTorch's `device` (`cuda` or `cuda:1`); `cpu` stands in for it where there is none."""

    kind = "gpu"

    def __init__(self, device: str = "cuda", folder: Path | None = None) -> None:
        """`folder` has the locks; all workers of a machine must have the same."""
        import torch

        self.torch = torch
        self.device = device
        self.is_cuda = device.startswith("cuda")
        self.folder = folder or Path(tempfile.gettempdir(), f"stride-gpus-{os.getuid()}")
        self.properties = torch.cuda.get_device_properties(device) if self.is_cuda else None
        self.cache: Any = None
        self.usual = 0.0
        self.watch = Watch(self.identity) if self.is_cuda else None

    @property
    def name(self) -> str:
        """What its maker calls it."""
        return str(self.properties.name) if self.properties else processor_name()

    @property
    def identity(self) -> str:
        """Its UUID, the same for all processes of the machine."""
        return str(self.properties.uuid) if self.properties else "none"

    @contextmanager
    def lock(self) -> Iterator[None]:
        """Hold it alone among the timings of this machine; waits for others to end."""
        self.folder.mkdir(mode=0o700, exist_ok=True)
        lock = os.open(self.folder / f"gpu-{self.identity}.lock", os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
        try:
            fcntl.flock(lock, fcntl.LOCK_EX)
            yield
        finally:
            os.close(lock)

    def prepare(self, warm_seconds: float = WARM_SECONDS) -> None:
        """Take the memory that is needed, bring the clocks up, and find out how long a write over the cache takes."""
        self.torch.backends.cuda.matmul.allow_tf32 = False
        size = int(self.properties.L2_cache_size) if self.properties else 1 << 20
        self.cache = self.torch.empty(2 * max(size, 1 << 20), dtype=self.torch.uint8, device=self.device)
        self.warm(warm_seconds)
        self.usual = statistics.median(self._overwrite() for _ in range(BASELINE_WRITES))

    def warm(self, seconds: float = AGAIN_SECONDS) -> None:
        """Bring the clocks up by work."""
        work = self.torch.ones(1024, 1024, device=self.device)
        until = time.monotonic() + seconds
        while time.monotonic() < until:
            work @ work
            self._wait()

    def between_calls(self) -> None:
        """Empty the cache, and wait until nobody else uses the GPU. Raises GpuBusy where that does not come about."""
        if not self.is_calm():
            raise GpuBusy(f"{self.name} was in use between calls for more than {CALM_SECONDS:g} s")

    def is_calm(self, seconds: float = CALM_SECONDS) -> bool:
        """Whether writes over the cache take as long as usual, within so many seconds."""
        assert self.usual, "prepare() comes first"
        bound = max(CALM * self.usual, self.usual + LEAST_MARGIN)
        until = time.monotonic() + seconds
        in_a_row = 0
        while in_a_row < CALM_WRITES:
            in_a_row = in_a_row + 1 if self._overwrite() <= bound else 0
            if not in_a_row and time.monotonic() > until:
                return False
        return True

    def look(self) -> None:
        """See how it is doing, right after a call."""
        if self.watch is not None:
            self.watch.look()

    def diagnostics(self) -> dict[str, float]:
        """The cache in MiB, milliseconds of a write over it, and what all looks together say (`Watch.figures`)."""
        found = {"cache_mib": self.cache.numel() / 2**21, "overwrite_ms": self.usual}
        return found | (self.watch.figures() if self.watch is not None else {})

    def flags(self) -> tuple[str, ...]:
        """For the staff: what has slowed the GPU down, and what is missing to see it."""
        return self.watch.flags() if self.watch is not None else ()

    def _overwrite(self) -> float:
        """Milliseconds that writing over the whole cache takes."""
        self._wait()
        began = time.perf_counter()
        self.cache.add_(1)
        self._wait()
        return (time.perf_counter() - began) * 1000

    def _wait(self) -> None:
        if self.is_cuda:
            self.torch.cuda.synchronize(self.device)
