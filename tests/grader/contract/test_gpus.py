from __future__ import annotations

from pathlib import Path

import pytest

from grader.contract.gpus import gpu_count


@pytest.mark.parametrize(
    ("names", "count"),
    [
        ([], 0),
        (["nvidiactl"], 0),
        (["nvidia0"], 0),
        (["nvidiactl", "nvidia0"], 1),
        (["nvidiactl", "nvidia-uvm", "nvidia0", "nvidia1", "nvidia10", "nvidia-modeset", "nvidia0-old"], 3),
    ],
)
def test_gpus_are_counted_by_their_device_files(tmp_path: Path, names: list[str], count: int):
    for name in names:
        (tmp_path / name).touch()

    assert gpu_count(tmp_path) == count


def test_a_machine_without_such_a_folder_has_none(tmp_path: Path):
    assert gpu_count(tmp_path / "gone") == 0
