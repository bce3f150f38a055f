"""Whether the containers of a running compose project are as confined as docker-compose.yml says.

docker compose ps --quiet | xargs docker inspect | python -m scripts.confinement: exits 1 and says what is open. What
the engine was asked for is in its answer; what came of it, the kernel says of each container's first process.
"""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import click

ROOT = Path(__file__).resolve().parent.parent
FILTER = ROOT / "deploy" / "grader-seccomp.json"
GRADERS = frozenset({"grader", "timer", "grader-gpu"})
SERVICE = "com.docker.compose.service"
FILTERED = "2"
"""A system call filter is on (proc_pid_status(5))."""


def asked(container: dict[str, Any]) -> Iterator[str]:
    """What a container was started with that it should not have been; `container` as docker inspect describes it."""
    host = container["HostConfig"]
    if host["Privileged"]:
        yield "it is privileged"
    if host["CapDrop"] != ["ALL"] or host["CapAdd"]:
        yield f"capabilities: {host['CapDrop']} dropped, {host['CapAdd']} added"
    if not host["ReadonlyRootfs"]:
        yield "its root can be written"
    if host["Devices"]:
        yield f"devices: {host['Devices']}"
    if container["Config"]["Labels"][SERVICE] in GRADERS:
        yield from _asked_of_grader(container)


def _asked_of_grader(container: dict[str, Any]) -> Iterator[str]:
    filters = [option for option in container["HostConfig"]["SecurityOpt"] if option.startswith("seccomp")]
    if not filters or json.loads(filters[0][len("seccomp=") :]) != json.loads(FILTER.read_text()):
        yield f"its system call filter is not {FILTER.name}"
    secrets = [name for name in _environment(container) if "SECRET" in name or "DATABASE" in name or "POSTGRES" in name]
    if secrets:
        yield f"it was given {', '.join(secrets)}"
    networks = container["NetworkSettings"]["Networks"]
    if len(networks) != 1:
        yield f"networks: {', '.join(sorted(networks))}"


def _environment(container: dict[str, Any]) -> list[str]:
    return [setting.partition("=")[0] for setting in container["Config"]["Env"]]


def seen(status: str) -> Iterator[str]:
    """What the kernel lets a process do that it should not; `status` is its /proc/PID/status."""
    fields = dict(line.split(":\t", 1) for line in status.splitlines() if ":\t" in line)
    held = [name for name in ("CapInh", "CapPrm", "CapEff", "CapBnd", "CapAmb") if int(fields[name], 16)]
    if held:
        yield f"the kernel gives it capabilities: {', '.join(held)}"
    if "0" in fields["Uid"].split():
        yield "it runs as root"
    if fields["NoNewPrivs"] != "1":
        yield "it may gain privileges"
    if fields["Seccomp"] != FILTERED:
        yield "no system call filter is on"


def status_in(container: dict[str, Any]) -> str:
    """What the kernel says of the container's first process."""
    command = ["docker", "exec", container["Id"], "cat", "/proc/1/status"]
    return subprocess.run(command, capture_output=True, text=True, check=True).stdout


@click.command()
def main() -> None:
    """Read docker inspect's answer from standard input, and say how each container is confined."""
    containers = {found["Config"]["Labels"][SERVICE]: found for found in json.load(sys.stdin)}
    if not containers:
        raise click.ClickException("no container runs")
    problems = {name: [*asked(found), *seen(status_in(found))] for name, found in containers.items()}
    for name, wrong in sorted(problems.items()):
        click.echo(f"{name}: {'; '.join(wrong) or 'an ordinary user without capabilities, behind a filter'}")
    sys.exit(1 if any(problems.values()) else 0)


if __name__ == "__main__":
    main()
