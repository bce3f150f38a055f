"""`stride doctor`: what this machine can do, and how to mend what it cannot."""

from __future__ import annotations

import dataclasses
import importlib.metadata
import json
import os
import shutil
import subprocess
import sys
from collections.abc import Iterator

import click
from rich.console import Console
from rich.table import Table

from grader.command_line import FAILED
from grader.commands import doctor_timing
from grader.contract.findings import Finding, Health
from grader.contract.gpus import gpu_count
from grader.sandbox.errors import SandboxFailure, SandboxUnavailable
from grader.settings import Settings

GROUP = "stride.doctor"
COLOURS = {Health.GOOD: "green", Health.LIMITED: "yellow", Health.MISSING: "red"}


@click.command()
@click.option("--json", "as_json", is_flag=True, help="Print the findings as JSON on standard output.")
def doctor(as_json: bool) -> None:
    """Say what this machine can do: sandbox, cgroups, timings, GPU, broker, database; and how to mend it."""
    findings = [finding for entry in importlib.metadata.entry_points(group=GROUP) for finding in entry.load()()]
    if as_json:
        sys.stdout.write(json.dumps([dataclasses.asdict(finding) for finding in findings], indent=2) + "\n")
    else:
        _show(findings)
    if any(finding.health is Health.MISSING for finding in findings):
        sys.exit(FAILED)


def _show(findings: list[Finding]) -> None:
    table = Table("", "What", "Seen", "How to mend it", show_edge=False)
    for finding in findings:
        colour = COLOURS[finding.health]
        table.add_row(f"[{colour}]{finding.health.value}[/]", finding.subject, finding.seen, finding.mend)
    Console().print(table)


def grader_findings() -> Iterator[Finding]:
    """What the grader needs: the sandbox, limits, NumPy and torch, a core for timings, a GPU, the broker."""
    yield from _sandbox()
    yield _memory()
    yield _packages()
    yield doctor_timing.finding(doctor_timing.look())
    yield _gpu()
    yield _broker(Settings.from_environment())


def _sandbox() -> Iterator[Finding]:
    from grader.sandbox.bubblewrap import Bubblewrap

    try:
        with Bubblewrap() as launcher:
            launcher.probe()
            about = launcher.about()
    except (SandboxUnavailable, SandboxFailure) as error:
        yield Finding("sandbox", Health.MISSING, "does not start", str(error))
        return
    command = [shutil.which("bwrap") or "bwrap", "--version"]
    version = subprocess.run(command, capture_output=True, text=True, check=False)
    identity = "root, brought under an unprivileged user id" if launcher.is_root else "an unprivileged user"
    yield Finding(
        "sandbox", Health.GOOD, f"{version.stdout.strip()} started one as {identity}; libseccomp's filter is on"
    )
    yield _landlock(about["landlock"])


def _landlock(abi: int) -> Finding:
    if abi:
        return Finding("Landlock", Health.GOOD, f"ABI {abi}, a second guard of files behind the mounts")
    return Finding(
        "Landlock", Health.LIMITED, "not in this kernel", "Linux 5.13 or newer with lsm=landlock; all else holds"
    )


def _memory() -> Finding:
    from grader.sandbox import cgroups

    found = cgroups.find()
    if found is not None:
        seen = f"control groups, version {found.version}: all processes of a submission together"
        return Finding("memory limit", Health.GOOD, seen)
    return Finding(
        "memory limit",
        Health.LIMITED,
        "resource limits of each process, and a watch over all of them ten times a second",
        "let the worker's user write to its control group: Delegate=yes in systemd's unit, or run the worker as root",
    )


def _packages() -> Finding:
    versions = {name: importlib.metadata.version(name) for name in ("numpy", "torch", "pytest", "celery")}
    return Finding("packages", Health.GOOD, ", ".join(f"{name} {version}" for name, version in versions.items()))


def _gpu() -> Finding:
    import torch

    if torch.cuda.is_available():
        return Finding("GPU", Health.GOOD, f"{torch.cuda.get_device_name(0)}; stride up starts a worker for each GPU")
    if gpu_count():
        seen = f"{gpu_count()} that PyTorch {torch.__version__} cannot use"
        return Finding("GPU", Health.LIMITED, seen, "install a build of PyTorch with CUDA, and a driver that fits it")
    return Finding("GPU", Health.LIMITED, "none", "needed only for GPU benchmarks; nothing else asks for one")


def _broker(settings: Settings) -> Finding:
    from kombu.connection import Connection
    from kombu.exceptions import OperationalError

    if settings.broker_url.startswith("filesystem"):
        writable = os.access(settings.data if settings.data.exists() else settings.data.parent, os.W_OK)
        mend = "" if writable else f"make {settings.data} writable, or set STRIDE_DATA"
        seen = f"files below {settings.data}/broker"
        return Finding("broker", Health.GOOD if writable else Health.MISSING, seen, mend)
    connection = Connection(settings.broker_url, connect_timeout=3)
    try:
        connection.ensure_connection(max_retries=1, timeout=3)
    except OperationalError as error:
        return Finding("broker", Health.MISSING, f"{connection.as_uri()}: {error}", "start Redis, or mend BROKER_URL")
    finally:
        connection.release()
    return Finding("broker", Health.GOOD, connection.as_uri())
