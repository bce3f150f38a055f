"""What a submission's process is and may, seen from outside and from inside; and the life of the warm process."""

from __future__ import annotations

import os
import re
import subprocess
import time
from pathlib import Path

import pytest

from grader.contract import Limits
from grader.sandbox import bubblewrap as module
from grader.sandbox import cgroups, seccomp_filter
from grader.sandbox.bubblewrap import Bubblewrap, compiled_filter
from grader.sandbox.errors import SandboxUnavailable, StudentCrashed, StudentFault, StudentMemory, StudentTimeout
from grader.sandbox.warm_process import on_cores
from grader.sandbox.wire import Packer

LIMITS = Limits(memory_mib=300, cpu_seconds=3, tmp_mib=16, file_mib=16, processes=16)
NAMESPACES = ("user", "pid", "mnt", "ipc", "net", "uts")


@pytest.fixture
def launcher(bubblewrap):
    """A launcher of the test's own, so that its warm process can be counted and harmed."""
    with Bubblewrap() as own:
        yield own


def load(sandbox, source):
    sandbox.ask({"op": "load", "name": "code.py", "files": {"code.py": source}, "entries": ["f"]}, Packer(), 20)


def call(sandbox, seconds=10.0):
    request = {"op": "call", "entry": "f", "args": [], "kwargs": {}, "returns": ["value"]}
    return sandbox.ask(request, Packer(), seconds).value


def run(launcher, source, profile="numpy", limits=LIMITS, seconds=10.0):
    sandbox = launcher.start(profile, limits)
    try:
        load(sandbox, source)
        return call(sandbox, seconds)
    except StudentFault as fault:
        return fault
    finally:
        sandbox.close()


def children(pid: int) -> list[int]:
    return [
        int(path.name)
        for path in Path("/proc").glob("[0-9]*")
        if (text := read(path / "stat")) and int(text[text.rindex(")") + 2 :].split()[1]) == pid
    ]


def read(path: Path) -> str:
    try:
        return path.read_text()
    except (FileNotFoundError, ProcessLookupError):
        return ""


def lineage(launcher, profile="numpy") -> list[int]:
    """The pids from bubblewrap to the youngest process behind its wall, each the one before's first child."""
    chain = [launcher.warm[profile].process.pid]
    while below := children(chain[-1]):
        chain.append(below[0])
    return chain


def status(pid: int) -> dict[str, str]:
    return dict(line.split(":", 1) for line in Path(f"/proc/{pid}/status").read_text().splitlines())


def namespaces(pid: int) -> dict[str, str]:
    return {name: str(Path(f"/proc/{pid}/ns/{name}").readlink()) for name in NAMESPACES}


def test_submission_has_no_capability_a_filter_and_no_new_privileges(launcher):
    sandbox = launcher.start("numpy", LIMITS)
    seen = status(lineage(launcher)[-1])
    sandbox.close()
    for name in ("CapInh", "CapPrm", "CapEff", "CapBnd", "CapAmb"):
        assert int(seen[name], 16) == 0, name
    assert seen["NoNewPrivs"].strip() == "1"
    assert seen["Seccomp"].strip() == "2"
    assert seen["Threads"].strip() == "1"
    assert seen["NSpid"].split()[-1] == "1"
    assert "0" not in seen["Uid"].split()


def test_every_submission_has_user_pid_mount_and_ipc_namespaces_that_nobody_else_shares(launcher):
    pid = lineage_of_idle(launcher)[-1]
    sandboxes = [launcher.start("numpy", LIMITS) for _ in range(2)]
    one, two = [children(minder)[0] for minder in children(pid)]
    judge, warm, first, second = map(namespaces, (os.getpid(), pid, one, two))
    for sandbox in sandboxes:
        sandbox.close()
    for name in ("user", "pid", "mnt", "ipc"):
        assert len({space[name] for space in (judge, warm, first, second)}) == 4, name
    for name in ("net", "uts"):
        assert judge[name] != warm[name] == first[name]


def test_nothing_of_a_submission_is_left_when_it_is_closed(launcher):
    source = """
import os, time
def f():
    for _ in range(3):
        if os.fork() == 0:
            os.setsid()
            if os.fork() == 0:
                time.sleep(300)
            os._exit(0)
    time.sleep(0.2)
"""
    idle = lineage_of_idle(launcher)
    sandbox = launcher.start("numpy", LIMITS)
    load(sandbox, source)
    call(sandbox)
    warm = idle[-1]
    submission = children(children(warm)[0])[0]
    assert len(children(submission)) >= 3
    sandbox.close()
    assert not Path(f"/proc/{submission}").exists()
    assert children(submission) == []


def lineage_of_idle(launcher) -> list[int]:
    launcher.prepare("numpy")
    launcher.warm["numpy"].wait_ready()
    return lineage(launcher)


def test_files_and_shared_memory_of_one_submission_are_not_there_for_the_next(launcher):
    write = """
import os
def f():
    for place in ("/tmp", "/dev/shm"):
        open(place + "/canary", "w").write("canary")
    return sorted(os.listdir("/tmp"))
"""
    assert run(launcher, write) == ["canary"]
    look = "import os\ndef f(): return [os.listdir(p) for p in ('/tmp', '/dev/shm', '/proc')]"
    assert run(launcher, look) == [[], [], []]


def test_system_time_tables_of_memory_are_not_shared_with_the_warm_process(launcher):
    poison = (
        "import numpy as np\ndef f():\n    np.ones = np.zeros\n    np.random.seed(1)\n    return float(np.ones(1)[0])"
    )
    assert run(launcher, poison) == 0.0
    assert run(launcher, "import numpy as np\ndef f(): return float(np.ones(1)[0])") == 1.0


def test_every_submission_draws_its_own_random_numbers(launcher):
    source = "import random\nimport numpy as np\ndef f(): return [random.random(), float(np.random.rand())]"
    first, second = run(launcher, source), run(launcher, source)
    assert first[0] != second[0]
    assert first[1] != second[1]


@pytest.mark.parametrize(
    "source",
    [
        "import subprocess\ndef f(): subprocess.run(['/usr/bin/true'])",
        "import os\ndef f(): os.execv('/usr/bin/true', ['true'])",
        "import socket\ndef f(): socket.socket()",
        "import socket\ndef f(): socket.socket(socket.AF_UNIX)",
        "import os\ndef f(): os.setuid(0)",
        "import os\ndef f(): os.chown('/tmp', 0, 0)",
        "import os\ndef f(): os.mknod('/tmp/x', 0o20666, 0x103)",
        "import os\ndef f(): os.memfd_create('x')",
        "import os\ndef f(): os.sched_setaffinity(0, {0})",
        "import resource\ndef f(): resource.setrlimit(resource.RLIMIT_CPU, (1, 1))",
        "import fcntl, os\ndef f(): fcntl.fcntl(1, fcntl.F_SETOWN, os.getpid())",
        "import fcntl\ndef f(): fcntl.fcntl(1, 10, 18)",
        "import fcntl\ndef f(): fcntl.fcntl(1, fcntl.F_NOTIFY, 1)",
    ],
)
def test_what_a_careless_program_tries_is_refused_and_it_goes_on(launcher, source):
    fault = run(launcher, source)
    assert isinstance(fault, StudentFault)
    assert "PermissionError" in str(fault) or "not allowed" in str(fault) or "not permitted" in str(fault), str(fault)
    assert fault.alive
    assert not launcher.warm["numpy"].is_harmed


@pytest.mark.parametrize(
    "call_text", ["unshare(0x10000000)", "ptrace(0, 0, 0, 0)", "mount(b'x', b'/tmp', b'tmpfs', 0, None)",
                  "syscall(272, 0x20000)", "syscall(56, 0x10000011, 0, 0, 0, 0)",
                  "setns(0, 0)", "chroot(b'/tmp')", "syscall(321, 0, 0, 0)"],
)  # fmt: skip
def test_what_only_an_attack_asks_for_kills_it_and_replaces_the_warm_process(launcher, call_text):
    source = f"import ctypes\ndef f(): return ctypes.CDLL(None).{call_text}"
    pid = lineage_of_idle(launcher)[-1]
    fault = run(launcher, source)
    assert isinstance(fault, StudentCrashed), fault
    assert "not allowed here" in str(fault)
    assert run(launcher, "def f(): return 1") == 1
    assert pid not in lineage(launcher)


def test_a_namespace_through_clone3_does_not_exist(launcher):
    source = """
import ctypes, struct
def f():
    libc = ctypes.CDLL(None, use_errno=True)
    arguments = struct.pack("11Q", 0x10000000, 0, 0, 0, 17, 0, 0, 0, 0, 0, 0)
    return [libc.syscall(435, arguments, len(arguments)), ctypes.get_errno()]
"""
    assert run(launcher, source) == [-1, 38]


def test_a_file_in_tmp_cannot_be_executed_nor_mapped_as_code(launcher):
    source = """
import ctypes, shutil
def f():
    shutil.copy("/lib/x86_64-linux-gnu/libz.so.1", "/tmp/z.so")
    ctypes.CDLL("/tmp/z.so")
"""
    if not Path("/lib/x86_64-linux-gnu/libz.so.1").exists():
        source = source.replace("/lib/x86_64-linux-gnu/libz.so.1", next(map(str, Path("/lib").glob("*/libz.so.1"))))
    fault = run(launcher, source)
    assert "Operation not permitted" in str(fault) or "failed to map" in str(fault), str(fault)


HOGS = {
    "children": """
import os, time
def f():
    for _ in range(6):
        if os.fork() == 0:
            kept = bytearray(b"x") * (120 << 20)
            time.sleep(60)
    time.sleep(8)
""",
    "shared mapping": """
import mmap, time
def f():
    kept = mmap.mmap(-1, 1 << 30)
    for offset in range(0, 1 << 30, 1 << 20):
        kept[offset : offset + (1 << 20)] = b"x" * (1 << 20)
    time.sleep(8)
""",
}


@pytest.mark.parametrize("hog", HOGS)
@pytest.mark.parametrize("bound_by", ["control groups", "the minder's watch"])
def test_memory_of_all_processes_together_is_bounded(launcher, hog, bound_by):
    if bound_by == "the minder's watch":
        launcher.cgroups = None
    elif launcher.cgroups is None:
        pytest.skip("this machine lets its user make no control group: the watch is what bounds here, and is tried")
    fault = run(launcher, HOGS[hog], seconds=9)
    assert isinstance(fault, StudentMemory), fault
    assert fault.limit == "memory"
    assert run(launcher, "def f(): return 1") == 1


def test_processor_time_of_all_processes_together_is_bounded(launcher):
    source = """
import os
def f():
    for _ in range(3):
        if os.fork() == 0:
            while True: pass
    os.wait()
"""
    limits = Limits(cpu_seconds=1)
    fault = run(launcher, source, limits=limits)
    assert isinstance(fault, StudentTimeout), fault
    assert fault.limit == "cpu"


def test_a_control_group_holds_the_warm_process_and_goes_with_it():
    found = cgroups.find()
    if found is None:
        pytest.skip("this machine lets its user make no control group")
    before = set(found.memory.glob("stride-*"))
    with Bubblewrap() as launcher:
        pid = lineage_of_idle(launcher)[-1]
        (folder,) = set(found.memory.glob("stride-*")) - before
        assert str(pid) in (folder / "cgroup.procs").read_text().split()
    assert set(found.memory.glob("stride-*")) == before


def test_the_warm_process_is_replaced_after_its_share_of_sandboxes(launcher, monkeypatch):
    monkeypatch.setattr(module, "RECYCLE_AFTER", 3)
    first = lineage_of_idle(launcher)[-1]
    deadline = time.monotonic() + 20
    while first in lineage(launcher) and time.monotonic() < deadline:
        assert run(launcher, "def f(): return 1") == 1
    assert first not in lineage(launcher)
    assert not Path(f"/proc/{first}").exists() or status(first)["State"].split()[0] == "Z"


def test_a_warm_process_that_is_started_by_a_judge_on_one_core_may_use_them_all(launcher):
    given = os.sched_getaffinity(0)
    if len(given) < 2:
        pytest.skip("this machine has one core")
    with on_cores({max(given)}):
        warm = lineage_of_idle(launcher)[-1]
        assert os.sched_getaffinity(0) == {max(given)}

    assert os.sched_getaffinity(warm) == given


def test_every_timer_that_could_wake_a_stopped_process_is_refused(launcher):
    source = """
import ctypes
def f():
    libc = ctypes.CDLL(None, use_errno=True)
    timer = ctypes.c_void_p()
    asked = [libc.timer_create(1, None, ctypes.byref(timer)), ctypes.get_errno(), libc.timerfd_create(1, 0)]
    return [*asked, ctypes.get_errno()]
"""
    assert run(launcher, source) == [-1, 1, -1, 1]


@pytest.mark.parametrize("victim", ["warm process", "minder", "bubblewrap"])
def test_a_sandbox_whose_helpers_die_ends_with_them_and_the_next_one_starts(launcher, victim):
    sandbox = launcher.start("numpy", LIMITS)
    load(sandbox, "def f():\n    while True: pass")
    chain = lineage(launcher)
    submission = chain[-1]
    os.kill({"warm process": chain[-3], "minder": chain[-2], "bubblewrap": chain[0]}[victim], 9)
    with pytest.raises(StudentFault):
        call(sandbox)
    sandbox.close()
    deadline = time.monotonic() + 5
    while Path(f"/proc/{submission}").exists() and time.monotonic() < deadline:
        time.sleep(0.01)
    assert not Path(f"/proc/{submission}").exists()
    assert run(launcher, "def f(): return 1") == 1


def test_sandboxes_of_both_profiles_stand_side_by_side(launcher):
    a, b = launcher.start("numpy", LIMITS), launcher.start("torch", Limits(memory_mib=2048))
    load(a, "def f(): return 1")
    load(
        b,
        "import torch\n"
        "def f():\n"
        "    torch.conv2d(torch.ones(16, 8, 9, 9), torch.ones(8, 8, 1, 1))\n"
        "    return torch.conv2d(torch.ones(1, 1, 3, 3), torch.ones(1, 1, 2, 2)).sum()",
    )
    assert (call(a), float(call(b))) == (1, 16.0)
    a.close()
    b.close()
    # torch looks the processor up with its first operator, and says so where /proc is empty.
    assert (a.printed_text(), b.printed_text()) == ("", "")


def test_stamps_tell_where_the_time_of_a_start_goes_in_order(launcher):
    sandbox = launcher.start("numpy", LIMITS)
    sandbox.close()
    assert list(sandbox.stamps) == [
        "asked",
        "order",
        "minder",
        "namespaces",
        "submission",
        "mounts",
        "walls",
        "started",
    ]
    assert list(sandbox.stamps.values()) == sorted(sandbox.stamps.values())


def test_filter_names_no_call_twice_and_none_that_is_both_allowed_and_refused():
    names = " ".join([*seccomp_filter.ALLOWED.values(), seccomp_filter.REFUSED, seccomp_filter.FATAL]).split()
    assert len(names) == len(set(names))


@pytest.mark.parametrize(
    ("tool", "text"), [("bwrap", "apt-get install bubblewrap"), ("setpriv", "apt-get install util-linux")]
)
def test_a_missing_program_is_named_with_its_package(monkeypatch, tool, text):
    if tool == "setpriv" and os.geteuid() != 0:
        pytest.skip("only a worker that runs as root gives up root with setpriv")
    which = module.shutil.which
    monkeypatch.setattr(module.shutil, "which", lambda name: None if name == tool else which(name))
    with pytest.raises(SandboxUnavailable, match=re.escape(text)):
        Bubblewrap()


def test_a_missing_binding_of_libseccomp_is_named_with_its_package(monkeypatch, tmp_path):
    (tmp_path / "python").write_text("#!/bin/sh\necho \"ModuleNotFoundError: No module named 'seccomp'\" >&2\nexit 1\n")
    (tmp_path / "python").chmod(0o755)
    monkeypatch.setattr(module, "SYSTEM_PYTHON", str(tmp_path / "python"))
    compiled_filter.cache_clear()
    try:
        with pytest.raises(SandboxUnavailable, match=r"apt-get install python3-seccomp .*No module named"):
            Bubblewrap()
    finally:
        compiled_filter.cache_clear()


def test_a_machine_without_user_namespaces_is_told_what_to_enable(monkeypatch, tmp_path, bubblewrap):
    (tmp_path / "bwrap").write_text("#!/bin/sh\necho 'bwrap: No permissions to create new namespace' >&2\nexit 1\n")
    (tmp_path / "bwrap").chmod(0o755)
    monkeypatch.setenv("PATH", str(tmp_path), prepend=":")
    launcher = Bubblewrap()
    with pytest.raises(SandboxUnavailable, match="unprivileged_userns_clone"):
        launcher.probe()
    launcher.close()


def test_filter_is_compiled_by_libseccomp_for_this_machine():
    program = compiled_filter()
    assert len(program) % 8 == 0
    assert len(program) // 8 < 4096
    shown = subprocess.run(
        ["/usr/bin/python3", "-c", "import seccomp; print(seccomp.__file__)"], capture_output=True, check=True
    )
    assert b"seccomp" in shown.stdout
