"""What a worker's pool shares in memory leaves nothing on the disk, however the worker ends."""

from __future__ import annotations

import mmap
import multiprocessing
import tempfile

from billiard.heap import Arena

from grader.worker import share_memory_without_a_folder


def test_the_pools_memory_makes_no_folder_that_a_killed_worker_would_leave(tmp_path, monkeypatch):
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    monkeypatch.setitem(multiprocessing.current_process()._config, "tempdir", None)
    share_memory_without_a_folder()

    Arena(mmap.PAGESIZE)

    assert list(tmp_path.iterdir()) == []
