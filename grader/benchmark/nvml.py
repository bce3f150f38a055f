"""What NVIDIA's management library says of a GPU while it is timed: clocks, heat, power, and what slows it down."""

from __future__ import annotations

import importlib
import statistics
from dataclasses import dataclass
from typing import Any

THROTTLED = {
    0x04: "its power limit",
    0x08: "its hardware, for heat or power",
    0x20: "its software, for heat",
    0x40: "its hardware, for heat",
    0x80: "the power supply",
}
"""Bits of nvmlDeviceGetCurrentClocksEventReasons that say that a GPU is slower than it could be (nvml.h)."""


@dataclass(frozen=True, slots=True)
class Look:
    """One look: the multiprocessors' clock in MHz, temperature in °C, power in watts, and the bits of what slows it."""

    sm_mhz: float
    celsius: float
    watts: float
    reasons: int


class Watch:
    """Looks at one GPU again and again: an idle one tells nothing of the calls. `missing` says why it sees nothing."""

    def __init__(self, identity: str) -> None:
        """`identity` is the GPU's UUID."""
        self.looks: list[Look] = []
        self.most_sm_mhz = 0.0
        self.missing = ""
        try:
            self.library: Any = importlib.import_module("pynvml")
        except ImportError:
            self.missing = "nvidia-ml-py is not installed"
            return
        try:
            self.library.nvmlInit()
            self.handle = self.library.nvmlDeviceGetHandleByUUID(f"GPU-{identity}")
            self.most_sm_mhz = float(self.library.nvmlDeviceGetMaxClockInfo(self.handle, self.library.NVML_CLOCK_SM))
        except self.library.NVMLError as error:
            self.missing = str(error)

    def look(self) -> None:
        """Look once more; after a look that failed there is no other."""
        if self.missing:
            return
        library, handle = self.library, self.handle
        try:
            self.looks.append(
                Look(
                    sm_mhz=float(library.nvmlDeviceGetClockInfo(handle, library.NVML_CLOCK_SM)),
                    celsius=float(library.nvmlDeviceGetTemperature(handle, library.NVML_TEMPERATURE_GPU)),
                    watts=library.nvmlDeviceGetPowerUsage(handle) / 1000,
                    reasons=int(library.nvmlDeviceGetCurrentClocksEventReasons(handle)),
                )
            )
        except library.NVMLError as error:
            self.missing = str(error)

    def figures(self) -> dict[str, float]:
        """What all looks together say; nothing where there was none."""
        if not self.looks:
            return {}
        clocks = [look.sm_mhz for look in self.looks]
        return {
            "sm_mhz": statistics.median(clocks),
            "least_sm_mhz": min(clocks),
            "most_sm_mhz": self.most_sm_mhz,
            "celsius": max(look.celsius for look in self.looks),
            "watts": max(look.watts for look in self.looks),
        }

    def flags(self) -> tuple[str, ...]:
        """For the staff: what has slowed the GPU down, and what is missing to see it."""
        seen = {bit: sum(bool(look.reasons & bit) for look in self.looks) for bit in THROTTLED}
        found = [
            f"In {count} of {len(self.looks)} looks after a call, the GPU was slowed down by {THROTTLED[bit]}."
            for bit, count in seen.items()
            if count
        ]
        return (*found, f"Clocks and throttling were not watched: {self.missing}.") if self.missing else tuple(found)
