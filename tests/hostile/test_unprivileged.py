"""The collection once more, by a worker that is an ordinary user: bubblewrap then builds its wall in another way."""

from __future__ import annotations

import os
import stat
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.hostile.canaries import REPOSITORY
from tests.hostile.worker import collection

NOBODY = 65534
SECONDS = 900


def closed_parent(path: Path) -> Path | None:
    """The outermost folder above a path that only its owner may enter."""
    for parent in reversed(path.parents):
        if not parent.stat().st_mode & stat.S_IXOTH:
            return parent
    return None


def opened(paths: list[Path]) -> list[str]:
    """bubblewrap's options that show these paths, and nothing beside them, where folders above them are closed."""
    options = []
    for parent in sorted({parent for path in paths if (parent := closed_parent(path))}):
        options += ["--perms", "0755", "--tmpfs", str(parent)]
        for path in [path for path in paths if parent in path.parents]:
            for folder in reversed([folder for folder in path.parents if parent in folder.parents]):
                options += ["--perms", "0755", "--dir", str(folder)]
            options += ["--ro-bind", str(path), str(path)]
    return options


@pytest.fixture
def folder_of_nobody() -> Iterator[Path]:
    """A place of that user's own: pytest's temporary folders are closed to it."""
    with tempfile.TemporaryDirectory(prefix="stride-nobody-") as name:
        os.chown(name, NOBODY, NOBODY)
        yield Path(name)


@pytest.mark.slow
@pytest.mark.skipif(os.geteuid() != 0, reason="this user is unprivileged: test_hostile.py has shown the same")
def test_collection_fails_as_well_against_an_unprivileged_worker(folder_of_nobody: Path) -> None:
    needed = [Path(sys.base_prefix).resolve(), Path(sys.prefix).resolve(), REPOSITORY]
    outer = ["bwrap", "--dev-bind", "/", "/", *opened(needed)]
    powers = ["--cap-add", "CAP_SETUID", "--cap-add", "CAP_SETGID"]
    user = ["setpriv", f"--reuid={NOBODY}", f"--regid={NOBODY}", "--clear-groups"]
    once = {"STRIDE_HOSTILE_ROUNDS": "1", "PYTHONDONTWRITEBYTECODE": "1", "HOME": str(folder_of_nobody)}
    once |= {"CI": "true", "TMPDIR": str(folder_of_nobody)}
    pytest_run = [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", "tests/hostile/test_hostile.py"]

    run = subprocess.run(
        [*outer, *powers, "--chdir", str(REPOSITORY), "--", *user, *pytest_run],
        env=dict(os.environ) | once,
        capture_output=True,
        text=True,
        timeout=SECONDS,
    )

    assert run.returncode == 0, run.stdout[-8000:] + run.stderr[-2000:]
    assert f"{len(collection()) + 1} passed" in run.stdout
