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
from pathlib import Path

import click
from rich.console import Console
from rich.table import Table

from grader.command_line import FAILED
from grader.contract.findings import Finding, Health
from grader.sandbox.errors import SandboxFailure, SandboxUnavailable
from grader.settings import Settings

GROUP = "stride.doctor"
COLOURS = {Health.GOOD: "green", Health.LIMITED: "yellow", Health.MISSING: "red"}


@click.command()
@click.option("--json", "as_json", is_flag=True, help="Print the findings as JSON on standard output.")
def doctor(as_json: bool) -> None:
    """Say what this machine can do: sandbox, cgroups, GPU, broker, database; and how to mend it."""
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
    """What the grader needs: the sandbox, limits, NumPy and torch, a GPU, the broker."""
    yield from _sandbox()
    yield _cgroups()
    yield _packages()
    yield _gpu()
    yield _broker(Settings.from_environment())


def _sandbox() -> Iterator[Finding]:
    from grader.sandbox.bubblewrap import Bubblewrap

    try:
        launcher = Bubblewrap()
        launcher.probe()
    except (SandboxUnavailable, SandboxFailure) as error:
        yield Finding("sandbox", Health.MISSING, "does not start", str(error))
        return
    command = [shutil.which("bwrap") or "bwrap", "--version"]
    version = subprocess.run(command, capture_output=True, text=True, check=False)
    identity = "root, brought under an unprivileged user id" if launcher.is_root else "an unprivileged user"
    yield Finding("sandbox", Health.GOOD, f"{version.stdout.strip()} started one as {identity}")


def _cgroups() -> Finding:
    root = Path("/sys/fs/cgroup")
    if (root / "cgroup.controllers").is_file():
        seen = f"cgroup v2 with {(root / 'cgroup.controllers').read_text().strip() or 'no controllers'}"
    elif (root / "memory").is_dir():
        seen = "cgroup v1"
    else:
        seen = "none mounted"
    return Finding("memory limit", Health.GOOD, f"resource limits of each process (rlimits) are used; cgroups: {seen}")


def _packages() -> Finding:
    versions = {name: importlib.metadata.version(name) for name in ("numpy", "torch", "pytest", "celery")}
    return Finding("packages", Health.GOOD, ", ".join(f"{name} {version}" for name, version in versions.items()))


def _gpu() -> Finding:
    import torch

    if torch.cuda.is_available():
        return Finding("GPU", Health.GOOD, torch.cuda.get_device_name(0))
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
