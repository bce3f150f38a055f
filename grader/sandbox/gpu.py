"""The wall with a GPU let in: NVIDIA's device files, what CUDA reads of /proc and /sys, and a wider filter.

It is weaker than the ordinary wall, and docs/gpu.md says where. The driver's libraries come with /usr and the linker's
cache. CUDA must not be initialised before a fork: the warm process imports torch and asks it nothing about a GPU.
"""

from __future__ import annotations

import os
import re
from collections.abc import Mapping
from pathlib import Path

from grader.contract import Assignment, Limits
from grader.sandbox.bubblewrap import ENVIRONMENT, Bubblewrap
from grader.sandbox.errors import SandboxUnavailable, StudentFault
from grader.sandbox.inside.confine import MACHINES_PROC
from grader.sandbox.wire import Packer

SHARED_FILES = ("nvidiactl", "nvidia-uvm", "nvidia-uvm-tools")
"""The driver's own device files. Since driver 570 CUDA does not start where the last one cannot be opened."""

NEEDED_FILES = SHARED_FILES[:2]
GPU_ENVIRONMENT = ENVIRONMENT | {"NVIDIA_TF32_OVERRIDE": "0"}
"""TF32 off in every library of NVIDIA's, whatever a program asks for. Who turns it on again fails the comparison."""

NO_HARDWARE = ("/sys/fs", "/sys/firmware")
"""Parts of /sys that are covered: control groups with their names, and what the firmware tells."""

DRIVERS_GPUS = Path("/proc/driver/nvidia/gpus")
PROBE_SECONDS = 120.0
PROBE = """
import torch

if not torch.cuda.is_available():
    raise RuntimeError("PyTorch sees no GPU")
torch.ones(8, device="cuda").sum().item()
"""


class GpuBubblewrap(Bubblewrap):
    """Starts sandboxes that may use one GPU. Raises SandboxUnavailable where there is none."""

    name = "bubblewrap with a GPU"
    environment = GPU_ENVIRONMENT

    def __init__(self, devices: Mapping[str, str] | None = None) -> None:
        """`devices` are those to let in, by their path inside; by default those of the worker's GPU."""
        self.devices = worker_files() if devices is None else devices
        super().__init__()

    def more_mounts(self) -> list[str]:
        """The machine's hardware, read-only, without which CUDA does not start; for root the machine's /proc as well.

        The kernel lets a submission mount a /proc of its own only where one is in sight of which nothing is covered,
        and bubblewrap covers parts of the one that it makes for root. The submission covers the machine's again.
        """
        hardware = ["--ro-bind", "/sys", "/sys"]
        for place in filter(os.path.isdir, NO_HARDWARE):
            hardware += ["--tmpfs", place, "--remount-ro", place]
        processes = ["--perms", "0755", "--dir", MACHINES_PROC, "--bind", "/proc", MACHINES_PROC]
        return hardware + (processes if self.is_root else [])

    def probe(self) -> None:
        """Start one sandbox and compute on the GPU in it. Raises SandboxUnavailable with what to mend."""
        super().probe()
        sandbox = self.start("torch", Limits(memory_mib=4096))
        request = {"op": "load", "name": "probe.py", "files": {"probe.py": PROBE}, "entries": []}
        try:
            sandbox.ask(request, Packer(), PROBE_SECONDS)
        except StudentFault as fault:
            said = sandbox.printed_text() or str(fault)
            raise SandboxUnavailable(
                f"the GPU cannot be used in the sandbox: {said[-500:]} - see docs/gpu.md"
            ) from None
        finally:
            sandbox.close()


def worker_gpu(environment: Mapping[str, str]) -> int:
    """The number of the GPU that this worker has: CUDA_VISIBLE_DEVICES where that is one number, else the first."""
    chosen = environment.get("CUDA_VISIBLE_DEVICES", "0").strip()
    if not chosen.isdecimal():
        raise SandboxUnavailable(f"CUDA_VISIBLE_DEVICES must be the number of one GPU for a worker, not {chosen!r}")
    return int(chosen)


def device_number(number: int, folder: Path = DRIVERS_GPUS) -> int:
    """The number of the device file of a GPU, which CUDA counts by PCI addresses: the driver's need not be the same.

    Where the driver says nothing, it is the same. `folder` has a folder a GPU, named after its address.
    """
    told = [path.read_text() for path in sorted(folder.glob("*/information"))]
    minors = [re.search(r"^Device Minor:\s*(\d+)", text, re.MULTILINE) for text in told]
    found = minors[number] if number < len(minors) else None
    return int(found[1]) if found else number


def worker_files() -> dict[str, str]:
    """The device files of this worker's GPU. Raises SandboxUnavailable."""
    return gpu_files(Path("/dev"), device_number(worker_gpu(os.environ)))


def gpu_files(folder: Path, number: int) -> dict[str, str]:
    """The device files of one GPU and of the driver, each mapped to itself. Raises SandboxUnavailable.

    A container toolkit may show a worker one GPU alone, under any number: then it is that one.
    """
    gpus = sorted(int(path.name[6:]) for path in folder.glob("nvidia*") if re.fullmatch(r"nvidia\d+", path.name))
    missing = [name for name in NEEDED_FILES if not (folder / name).exists()]
    if not gpus or missing:
        what = f"{folder}/{missing[0]} is missing" if missing else f"no GPU has a device file in {folder}"
        raise SandboxUnavailable(
            f"this machine shows no GPU: {what}. Load NVIDIA's driver, or pass a GPU to the container"
        )
    if number not in gpus and len(gpus) > 1:
        raise SandboxUnavailable(f"there is no GPU {number}: {folder} has those of {', '.join(map(str, gpus))}")
    own = folder / f"nvidia{number if number in gpus else gpus[0]}"
    shared = [folder / name for name in SHARED_FILES if (folder / name).exists()]
    parts = sorted((folder / "nvidia-caps").glob("nvidia-cap*"))
    return {str(path): str(path) for path in (own, *shared, *parts)}


def has_gpu() -> bool:
    """Whether this machine has a GPU that a sandbox could use."""
    try:
        worker_files()
    except SandboxUnavailable:
        return False
    return True


def launcher_for(assignment: Assignment) -> Bubblewrap:
    """The sandbox that an assignment is graded in here: with the GPU where it asks for one and there is one."""
    return GpuBubblewrap() if assignment.gpu and has_gpu() else Bubblewrap()


def without_gpu(assignment: Assignment) -> str:
    """One line for people where an assignment for a GPU runs on the processor, else nothing."""
    if not assignment.gpu or has_gpu():
        return ""
    return f"{assignment.id} is for a GPU, and this machine shows none: it runs on the processor here."
