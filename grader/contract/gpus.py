"""Which GPUs a machine has, told without loading torch."""

from __future__ import annotations

from pathlib import Path

DEVICES = Path("/dev")


def gpu_count(devices: Path = DEVICES) -> int:
    """How many NVIDIA GPUs a process here may open: their device files, where the driver's own is there as well."""
    if not (devices / "nvidiactl").exists():
        return 0
    return sum(path.name.removeprefix("nvidia").isdecimal() for path in devices.glob("nvidia[0-9]*"))
