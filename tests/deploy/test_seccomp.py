"""The system calls that a grader's container may make."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

PROFILE = json.loads((Path(__file__).parent.parent.parent / "deploy" / "grader-seccomp.json").read_text())
ALLOWED = {name for rule in PROFILE["syscalls"] for name in rule["names"]}
UNCONDITIONAL = {name for rule in PROFILE["syscalls"] if not rule.get("args") for name in rule["names"]}


def test_whatever_is_not_listed_is_refused() -> None:
    assert PROFILE["defaultAction"] == "SCMP_ACT_ERRNO"
    assert {rule["action"] for rule in PROFILE["syscalls"]} == {"SCMP_ACT_ALLOW"}


@pytest.mark.parametrize("name", ["clone", "clone3", "mount", "pivot_root", "sethostname", "umount2", "unshare"])
def test_what_bubblewrap_needs_is_allowed(name: str) -> None:
    assert name in UNCONDITIONAL


@pytest.mark.parametrize(
    "name",
    [
        *("bpf", "perf_event_open", "ptrace", "process_vm_readv", "process_vm_writev", "userfaultfd"),
        *("io_uring_setup", "io_uring_enter", "io_uring_register", "keyctl", "add_key", "request_key"),
        *("init_module", "finit_module", "delete_module", "kexec_load", "kexec_file_load", "reboot"),
        *("open_by_handle_at", "setns", "swapon", "acct", "syslog", "clock_settime", "iopl", "ioperm"),
        *("fsopen", "fsmount", "move_mount", "open_tree", "mount_setattr", "pidfd_getfd", "quotactl"),
    ],
)
def test_call_that_neither_students_nor_the_sandbox_need_is_refused(name: str) -> None:
    assert name not in ALLOWED


def test_sockets_towards_the_hypervisor_are_refused() -> None:
    (rule,) = [rule for rule in PROFILE["syscalls"] if "socket" in rule["names"]]
    assert rule["args"] == [{"index": 0, "value": 40, "op": "SCMP_CMP_NE"}]
