"""What a newcomer runs first: the Makefile, the scripts behind it, and the pinned versions."""

from __future__ import annotations

import importlib.metadata
import os
import re
import shutil
import subprocess
import sys
import tomllib
from itertools import chain
from pathlib import Path

import pytest
from packaging.requirements import Requirement
from packaging.version import Version

ROOT = Path(__file__).parent.parent
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
EXTRAS = PROJECT["optional-dependencies"]
WANTED = [Requirement(line) for line in [*PROJECT["dependencies"], *chain.from_iterable(EXTRAS.values())]]
PINS = [Requirement(line) for line in (ROOT / "constraints.txt").read_text().splitlines() if not line.startswith("#")]
SHELL_SCRIPTS = sorted(
    path
    for path in [*(ROOT / "scripts").iterdir(), *(ROOT / ".ci").iterdir(), *(ROOT / "deploy").rglob("entrypoint")]
    if path.is_file() and path.read_bytes().startswith(b"#!/usr/bin/env bash")
)


def plain(name: str) -> str:
    return re.sub(r"[-_.]+", "-", name).lower()


def pinned() -> dict[str, Version]:
    return {plain(pin.name): Version(next(iter(pin.specifier)).version) for pin in PINS}


@pytest.mark.parametrize("wanted", WANTED, ids=str)
def test_dependency_is_pinned_to_a_version_that_the_project_allows(wanted: Requirement) -> None:
    assert pinned()[plain(wanted.name)] in wanted.specifier


@pytest.mark.parametrize("pin", PINS, ids=str)
def test_pin_is_one_exact_public_version(pin: Requirement) -> None:
    assert [specifier.operator for specifier in pin.specifier] == ["=="]
    assert Version(next(iter(pin.specifier)).version).local is None


def test_everything_that_the_project_needs_is_pinned() -> None:
    reached, waiting = set(), [plain(wanted.name) for wanted in WANTED]
    while waiting:
        name = waiting.pop()
        if name in reached:
            continue
        reached.add(name)
        lines = importlib.metadata.requires(name) or []
        needs = [Requirement(line) for line in lines if "extra ==" not in line]
        waiting += [plain(need.name) for need in needs if need.marker is None or need.marker.evaluate()]
    # setuptools belongs to the environment; what only a CUDA build of PyTorch brings along, PyTorch pins itself.
    elsewhere = {name for name in reached if name.startswith(("setuptools", "nvidia-", "cuda-", "triton"))}
    assert reached - elsewhere - set(pinned()) == set()


def test_installed_versions_are_the_pinned_ones() -> None:
    installed = {plain(each.name): Version(each.version).public for each in importlib.metadata.distributions()}
    differing = {
        name: (installed[name], str(version))
        for name, version in pinned().items()
        if name in installed and installed[name] != str(version)
    }
    assert differing == {}


def test_make_help_lists_every_target() -> None:
    makefile = (ROOT / "Makefile").read_text()
    targets = next(line for line in makefile.splitlines() if line.startswith(".PHONY:")).split()[1:]
    shown = subprocess.run(["make", "help"], cwd=ROOT, check=True, capture_output=True, text=True).stdout
    assert [line.split()[1] for line in shown.splitlines()] == targets


@pytest.mark.parametrize("script", SHELL_SCRIPTS, ids=lambda path: str(path.relative_to(ROOT)))
def test_shell_script_is_executable_strict_and_well_formed(script: Path) -> None:
    assert os.access(script, os.X_OK)
    assert "set -euo pipefail" in script.read_text()
    subprocess.run(["bash", "-n", str(script)], check=True)


@pytest.fixture
def bare_path(tmp_path: Path) -> Path:
    """A PATH on which there is a shell and Python, and nothing else."""
    folder = tmp_path / "bin"
    folder.mkdir()
    for program in ("bash", "env"):
        (folder / program).symlink_to(shutil.which(program))
    # A link to the interpreter itself would look for its library beside the link.
    (folder / "python3").write_text(f'#!{folder}/bash\nexec {sys.base_prefix}/bin/python3 "$@"\n')
    (folder / "python3").chmod(0o755)
    return folder


def run(script: str, *arguments: str, **environment: str) -> subprocess.CompletedProcess[str]:
    command = [str(ROOT / "scripts" / script), *arguments]
    return subprocess.run(
        command, cwd=ROOT, env=os.environ | environment, capture_output=True, text=True, stdin=subprocess.DEVNULL
    )


def test_missing_system_packages_are_named_where_they_cannot_be_installed(bare_path: Path) -> None:
    outcome = run("system-packages", "run", PATH=str(bare_path))
    assert outcome.returncode == 1
    assert "Missing on this system: bubblewrap util-linux" in outcome.stderr
    assert "sudo apt-get update && sudo apt-get install --no-install-recommends bubblewrap util-linux" in outcome.stderr


def test_only_what_is_missing_is_named(bare_path: Path) -> None:
    (bare_path / "bwrap").symlink_to("/bin/true")
    outcome = run("system-packages", "run", PATH=str(bare_path))
    assert "Missing on this system: util-linux " in outcome.stderr


def test_nothing_is_said_when_nothing_is_missing(bare_path: Path) -> None:
    for program in ("bwrap", "setpriv"):
        (bare_path / program).symlink_to("/bin/true")
    outcome = run("system-packages", "run", PATH=str(bare_path))
    assert (outcome.returncode, outcome.stdout, outcome.stderr) == (0, "", "")


@pytest.mark.parametrize("arguments", [(), ("everything",)], ids=["none", "unknown"])
def test_system_packages_without_a_known_target_says_how_it_is_used(arguments: tuple[str, ...]) -> None:
    outcome = run("system-packages", *arguments)
    assert outcome.returncode == 2
    assert outcome.stderr.startswith("usage: ")


def test_find_python_prints_one_that_can_make_an_environment() -> None:
    path = Path(run("find-python").stdout.strip())
    assert path.is_file()
    subprocess.run([path, "-c", "import sys, ensurepip, venv; assert sys.version_info >= (3, 11)"], check=True)


def test_python_that_is_too_old_is_refused_by_name(tmp_path: Path) -> None:
    old = tmp_path / "python3.9"
    old.write_text("#!/bin/sh\nexit 1\n")
    old.chmod(0o755)
    outcome = run("find-python", PYTHON=str(old))
    assert outcome.returncode == 1
    assert "needs Python 3.11 or newer" in outcome.stderr
    assert str(old) in outcome.stderr
