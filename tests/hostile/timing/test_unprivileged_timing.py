"""The protocol's own tests, and the cheats that must be refused, for a worker that is an ordinary user."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests.hostile.canaries import REPOSITORY
from tests.hostile.test_unprivileged import NOBODY, folder_of_nobody, opened
from tests.hostile.timing.arena import collection

SECONDS = 300
WHAT = ["tests/grader/benchmark/test_side.py", "tests/hostile/timing/test_cheats.py", "-k", "test_side or refused"]

__all__ = ["folder_of_nobody"]


@pytest.mark.slow
@pytest.mark.skipif(
    os.geteuid() != 0, reason="this user is unprivileged: the tests beside this one have shown the same"
)
def test_an_unprivileged_worker_times_and_refuses_as_well(folder_of_nobody: Path) -> None:
    needed = [Path(sys.base_prefix).resolve(), Path(sys.prefix).resolve(), REPOSITORY]
    outer = ["bwrap", "--dev-bind", "/", "/", *opened(needed), "--cap-add", "CAP_SETUID", "--cap-add", "CAP_SETGID"]
    user = ["setpriv", f"--reuid={NOBODY}", f"--regid={NOBODY}", "--clear-groups"]
    places = {"HOME": str(folder_of_nobody), "TMPDIR": str(folder_of_nobody), "CI": "true"}
    pytest_run = [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", *WHAT]

    run = subprocess.run(
        [*outer, "--chdir", str(REPOSITORY), "--", *user, *pytest_run],
        env=dict(os.environ) | places | {"PYTHONDONTWRITEBYTECODE": "1"},
        capture_output=True,
        text=True,
        timeout=SECONDS,
    )

    assert run.returncode == 0, run.stdout[-8000:] + run.stderr[-2000:]
    assert int(run.stdout.split(" passed")[0].split()[-1]) > len(collection("refused")) + 10
