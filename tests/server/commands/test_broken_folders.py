from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from server.commands.installation import read_assignments
from server.settings import Settings


@pytest.fixture
def root(assignments_root: Path, tmp_path: Path) -> Path:
    """The tests' assignments, one of them broken."""
    root = tmp_path / "assignments"
    shutil.copytree(assignments_root, root)
    (root / "08-pooling" / "assignment.toml").write_text("title = ")
    return root


def test_a_broken_folder_is_left_out_and_a_line_says_why(root: Path, capsys: pytest.CaptureFixture[str]):
    settings = Settings.from_environment({"STRIDE_ENV": "testing", "STRIDE_ASSIGNMENTS": str(root)})
    assert list(read_assignments(settings)) == ["04-conv-forward", "17-triton"]
    told = capsys.readouterr()
    assert told.err.startswith("Left out: 08-pooling/assignment.toml: ")
    assert told.out == ""
