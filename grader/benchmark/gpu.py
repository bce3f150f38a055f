"""The GPU that a timing has to itself: held by a lock, warmed up, calm and with an empty cache before every call.

The judge has a context of its own on the GPU. Between calls it overwrites twice the L2 cache, which is shared by all
processes, and takes the time of that: contexts of several processes take turns (NVIDIA, CUDA C++ Programming Guide,
section on compute modes), so while a submission's kernels still run, though it should be at rest, the judge's write
takes longer. Clocks are never changed; what NVML says of them is a diagnosis.
"""

from __future__ import annotations

import fcntl
import importlib
import os
import statistics
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from grader.benchmark.cores import processor_name

WARM_SECONDS = 1.0
"""Clocks rise with work, and fall within seconds when there is none."""

BASELINE_WRITES = 20
CALM = 1.5
"""How much longer than usual a write over the cache may take where nobody else uses the GPU."""

CALM_SECONDS = 2.0
LEAST_MARGIN = 0.2
"""Milliseconds that a write may take longer in any case: launching one takes some hundredths."""

THROTTLED = {
    0x04: "its power limit",
    0x08: "its hardware, for heat or power",
    0x20: "its software, for heat",
    0x40: "its hardware, for heat",
    0x80: "the power supply",
}
"""Bits of nvmlDeviceGetCurrentClocksEventReasons that say that a GPU is slower than it could be (nvml.h)."""


def sees_gpu() -> bool:
    """Whether the judge's own PyTorch can use a GPU. A worker for one does not start where its sandboxes cannot."""
    import torch

    return torch.cuda.is_available()


class GpuBusy(RuntimeError):  # noqa: N818 - a state of the machine
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
        self.seen: set[int] = set()
        self.nvml = _Nvml(self.identity) if self.is_cuda else None

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
        work = self.torch.ones(1024, 1024, device=self.device)
        until = time.monotonic() + warm_seconds
        while time.monotonic() < until:
            work @ work
            self._wait()
        self.usual = statistics.median(self._overwrite() for _ in range(BASELINE_WRITES))

    def between_calls(self) -> None:
        """Empty the cache, and wait until nobody else uses the GPU. Raises GpuBusy where that does not come about."""
        if not self.is_calm():
            raise GpuBusy(f"{self.name} was in use between calls for more than {CALM_SECONDS:g} s")

    def is_calm(self, seconds: float = CALM_SECONDS) -> bool:
        """Whether a write over the cache takes as long as usual, within so many seconds."""
        assert self.usual, "prepare() comes first"
        bound = max(CALM * self.usual, self.usual + LEAST_MARGIN)
        until = time.monotonic() + seconds
        while self._overwrite() > bound:
            if time.monotonic() > until:
                return False
        return True

    def diagnostics(self) -> dict[str, float]:
        """Clocks in MHz, temperature in °C and power in watts of now; what slows it down is kept for `flags`."""
        found = {"cache_mib": self.cache.numel() / 2**21, "overwrite_ms": self.usual}
        if self.nvml is not None:
            figures, reasons = self.nvml.now()
            self.seen |= {bit for bit in THROTTLED if reasons & bit}
            found |= figures
        return found

    def flags(self) -> tuple[str, ...]:
        """For the staff: what `diagnostics` has seen that slows the GPU down, and what is missing to see it."""
        found = [f"While it was timed, the GPU was slowed down by {THROTTLED[bit]}." for bit in sorted(self.seen)]
        if self.nvml is not None and self.nvml.missing:
            found.append(f"Clocks and throttling were not watched: {self.nvml.missing}.")
        return tuple(found)

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


class _Nvml:
    """What NVIDIA's management library says of one GPU. `missing` says why it says nothing."""

    def __init__(self, identity: str) -> None:
        self.missing = ""
        try:
            self.library: Any = importlib.import_module("pynvml")
        except ImportError:
            self.missing = "nvidia-ml-py is not installed"
            return
        try:
            self.library.nvmlInit()
            self.handle = self.library.nvmlDeviceGetHandleByUUID(f"GPU-{identity}")
        except self.library.NVMLError as error:
            self.missing = str(error)

    def now(self) -> tuple[dict[str, float], int]:
        """Figures by name, and the bits of what slows it down."""
        if self.missing:
            return {}, 0
        library, handle = self.library, self.handle
        try:
            figures = {
                "sm_mhz": float(library.nvmlDeviceGetClockInfo(handle, library.NVML_CLOCK_SM)),
                "most_sm_mhz": float(library.nvmlDeviceGetMaxClockInfo(handle, library.NVML_CLOCK_SM)),
                "celsius": float(library.nvmlDeviceGetTemperature(handle, library.NVML_TEMPERATURE_GPU)),
                "watts": library.nvmlDeviceGetPowerUsage(handle) / 1000,
            }
            return figures, int(library.nvmlDeviceGetCurrentClocksEventReasons(handle))
        except library.NVMLError as error:
            self.missing = str(error)
            return {}, 0
