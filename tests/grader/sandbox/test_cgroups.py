"""Control groups by the files that they are made of.

Version 1 is tried for real in test_walls.py, where it is mounted. Version 2 is played by a folder here, with the
kernel's file names (cgroup-v2.rst), and has met no kernel in a test.
"""

from __future__ import annotations

import subprocess
from pathlib import Path

import pytest

from grader.contract import Limits
from grader.sandbox import cgroups
from grader.sandbox.cgroups import LEAF, Cgroups, Group

MIB = 1 << 20


@pytest.fixture
def version_2(tmp_path, monkeypatch) -> Path:
    """A worker's group below a mount of version 2, with two processes in it and nothing handed on."""
    base = tmp_path / "system.slice" / "stride.service"
    base.mkdir(parents=True)
    (base / "cgroup.controllers").write_text("cpu memory pids\n")
    (base / "cgroup.subtree_control").write_text("\n")
    (base / "cgroup.procs").write_text("41\n42\n")
    monkeypatch.setattr(cgroups, "_mounts", lambda: {"": tmp_path})
    monkeypatch.setattr(cgroups, "_own_paths", lambda: {"": "/system.slice/stride.service"})
    return base


@pytest.fixture
def group(tmp_path) -> Group:
    folder = tmp_path / "stride-7-1"
    folder.mkdir()
    (folder / "memory.current").write_text(str(50 * MIB))
    (folder / "pids.current").write_text("3\n")
    (folder / "memory.events").write_text("low 0\nhigh 0\nmax 9\noom 1\noom_kill 2\n")
    return Group(2, folder, folder)


def test_worker_moves_into_a_leaf_and_hands_memory_and_pids_on(version_2):
    (version_2 / LEAF).mkdir()
    found = cgroups._version_2()
    assert found == Cgroups(2, version_2, version_2)
    assert (version_2 / LEAF / "cgroup.procs").read_text() == "42"
    assert (version_2 / "cgroup.subtree_control").read_text() == "+memory +pids"


def test_a_process_that_is_in_the_leaf_already_finds_the_group_above(version_2, monkeypatch):
    (version_2 / "cgroup.subtree_control").write_text("memory pids\n")
    monkeypatch.setattr(cgroups, "_own_paths", lambda: {"": f"/system.slice/stride.service/{LEAF}"})
    (version_2 / LEAF).mkdir()
    (version_2 / LEAF / "cgroup.controllers").write_text("memory pids\n")
    assert cgroups._version_2() == Cgroups(2, version_2, version_2)


def test_version_2_without_its_memory_controller_is_none(version_2):
    (version_2 / "cgroup.controllers").write_text("cpu\n")
    assert cgroups._version_2() is None


def test_bounds_are_what_is_used_and_the_limits_and_the_minder(group):
    group.bound(Limits(memory_mib=100, processes=10))
    assert (group.memory / "memory.max").read_text() == str((50 + 100 + cgroups.MINDER_MIB) * MIB)
    assert (group.memory / "pids.max").read_text() == str(3 + 1 + 10)


def test_only_kills_since_the_bounds_were_set_count(group):
    group.bound(Limits())
    assert not group.was_out_of_memory()
    (group.memory / "memory.events").write_text("oom 1\noom_kill 3\n")
    assert group.was_out_of_memory()


def test_a_command_joins_the_group_before_it_runs(group):
    done = subprocess.run([*group.joining(), "echo", "it runs"], capture_output=True, text=True, check=True)
    assert done.stdout == "it runs\n"
    assert (group.memory / "cgroup.procs").read_text() == "0\n"


def test_a_command_that_cannot_join_does_not_run(tmp_path):
    done = subprocess.run(
        [*Group(2, tmp_path / "gone", None).joining(), "echo", "it runs"], capture_output=True, text=True
    )
    assert (done.returncode != 0, done.stdout) == (True, "")


def test_groups_of_workers_that_are_gone_are_cleared_and_others_stay(tmp_path):
    ended = subprocess.Popen(["true"])
    ended.wait()
    for name in (f"stride-{ended.pid}-1", "stride-1-1", LEAF, "other"):
        (tmp_path / name).mkdir()
    Cgroups(2, tmp_path, tmp_path).clear()
    assert sorted(path.name for path in tmp_path.iterdir()) == ["other", "stride-1-1", LEAF]


def test_where_no_group_can_be_made_there_is_none(monkeypatch, tmp_path):
    monkeypatch.setattr(cgroups, "_mounts", lambda: {"": tmp_path, "memory": tmp_path / "memory"})
    monkeypatch.setattr(cgroups, "_own_paths", lambda: {"": "/", "memory": "/nowhere"})
    assert cgroups.find() is None
