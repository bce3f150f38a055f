"""The commands as a shell runs them: a process of its own, exit code, standard output apart from standard error."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.grader.conftest import write_assignment

STRIDE = Path(sys.executable).parent / "stride"


@pytest.fixture
def folder(tmp_path) -> Path:
    """A folder of assignments with one in it."""
    root = tmp_path / "assignments"
    write_assignment(root)
    return root


@pytest.fixture
def stride(folder, tmp_path, bubblewrap) -> Callable[..., subprocess.CompletedProcess[str]]:
    """Run `stride ARGUMENTS` on the tests' assignments."""

    def run(*arguments: object, **environment: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            [STRIDE, *map(str, arguments)],
            env=os.environ | {"STRIDE_ASSIGNMENTS": str(folder), "STRIDE_DATA": str(tmp_path / "data")} | environment,
            cwd=tmp_path,
            capture_output=True,
            text=True,
            check=False,
            timeout=120,
        )

    return run
