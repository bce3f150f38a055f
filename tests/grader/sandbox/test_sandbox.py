"""The wall and its limits, on real processes."""

from __future__ import annotations

import re
import socket
import stat
from pathlib import Path

import pytest

from grader.contract import Limits, Status
from grader.sandbox.bubblewrap import refusal
from grader.sandbox.errors import StudentFault
from grader.sandbox.unsandboxed import Unsandboxed
from grader.sandbox.wire import Packer

LIMITS = Limits(memory_mib=400, cpu_seconds=3, output_kib=16, tmp_mib=8, file_mib=4, processes=16, returned_mib=8)


@pytest.fixture
def ask(bubblewrap):
    """Load a source into a fresh sandbox and call its `f`: the value, or the fault."""
    opened = []

    def run(source, *args, seconds=10.0, profile="numpy", launcher=bubblewrap, limits=LIMITS):
        sandbox = launcher.start(profile, limits)
        opened.append(sandbox)
        load = {"op": "load", "name": "code.py", "files": {"code.py": source}, "entries": ["f"]}
        packer = Packer()
        call = {"op": "call", "entry": "f", "args": [packer.pack(a) for a in args], "kwargs": {}, "returns": ["value"]}
        try:
            sandbox.ask(load, Packer(), 20)
            return sandbox.ask(call, packer, seconds).value
        except StudentFault as fault:
            sandbox.close()
            run.printed = sandbox.printed_text()
            return fault

    yield run
    for sandbox in opened:
        sandbox.close()


def test_environment_is_empty_and_the_secret_of_the_worker_stays_outside(ask, monkeypatch):
    monkeypatch.setenv("STRIDE_SECRET_KEY", "canary-3f7a")
    environment = ask("import os\ndef f(): return dict(os.environ)")
    assert set(environment) <= {
        "HOME",
        "LANG",
        "OMP_NUM_THREADS",
        "OPENBLAS_NUM_THREADS",
        "MKL_NUM_THREADS",
        "MALLOC_MMAP_THRESHOLD_",
        "MALLOC_TRIM_THRESHOLD_",
        "PATH",
        "PWD",
    }
    assert "canary" not in repr(ask("def f(): return open('/proc/1/environ', 'rb').read().decode('latin-1')"))


def test_only_the_system_the_profile_and_an_empty_tmp_are_there(ask, tmp_path):
    seen = ask(
        "import os\ndef f(): return [sorted(os.listdir('/stride')), os.listdir('/stride/site'), os.listdir('/tmp')]"
    )
    assert seen[0] == ["code", "site"]
    assert {name.split("-")[0].split(".")[0] for name in seen[1]} == {"numpy"}
    assert seen[2] == []
    (tmp_path / "secret").write_text("canary")
    for path in (tmp_path / "secret", Path(__file__), Path("/etc/passwd"), Path("/root/.bashrc"), Path("/home")):
        assert isinstance(ask(f"def f():\n    return open({str(path)!r}).read()"), StudentFault)


def test_system_is_read_only(ask):
    source = """
import os
def f():
    refused = []
    for path in ("/usr/x", "/x", "/stride/x", "/stride/site/numpy/x", "/etc/x", "/proc/sys/kernel/hostname"):
        try:
            open(path, "w").close()
        except OSError:
            refused.append(path)
    return len(refused)
"""
    assert ask(source) == 6


def test_numpy_profile_has_no_torch_and_no_scipy(ask):
    source = """
import importlib, sys
def f():
    sys.path += ["/usr/lib/python3/dist-packages", "/usr/local/lib/python3/dist-packages"]
    found = []
    for name in ("torch", "scipy", "flask", "grader", "pytest", "reference"):
        try:
            importlib.import_module(name)
            found.append(name)
        except ImportError:
            pass
    return found
"""
    assert ask(source) == []


def test_torch_profile_computes_with_one_thread(ask):
    source = "import torch\ndef f(): return [torch.ones(3).sum().item(), torch.get_num_threads()]"
    assert ask(source, profile="torch", limits=Limits()) == [3.0, 1]


def test_network_does_not_exist_not_even_a_listener_on_this_machines_loopback(ask):
    with socket.create_server(("127.0.0.1", 0)) as server:
        port = server.getsockname()[1]
        fault = ask(f"import socket\ndef f(): socket.create_connection(('127.0.0.1', {port}), 2)")
        assert isinstance(fault, StudentFault)
        server.settimeout(0.2)
        with pytest.raises(TimeoutError):
            server.accept()


def test_no_descriptor_is_open_but_the_channel_and_the_output(ask):
    source = """
import os, stat
def f():
    kinds = {}
    for number in range(1000):
        try:
            kinds[number] = stat.S_IFMT(os.fstat(number).st_mode)
        except OSError:
            pass
    return kinds
"""
    assert ask(source) == {0: stat.S_IFCHR, 1: stat.S_IFIFO, 2: stat.S_IFIFO, 3: stat.S_IFSOCK}


@pytest.mark.parametrize(
    ("source", "status", "text"),
    [
        ("def f():\n    while True: pass", Status.TIMEOUT, "did not answer within 1 s"),
        ("import time\ndef f(): time.sleep(100)", Status.TIMEOUT, "did not answer within 1 s"),
        ("import signal, time\ndef f():\n    signal.signal(15, 1)\n    time.sleep(9)", Status.TIMEOUT, "did"),
        ("import os\ndef f(): os._exit(0)", Status.CRASH, "ended the process \\(exit status 0\\)"),
        ("import ctypes\ndef f(): ctypes.string_at(0)", Status.CRASH, "SIGSEGV"),
        ("import os\ndef f(): os.abort()", Status.CRASH, "SIGSEGV"),  # abort() of a process 1
        ("import sys\ndef f(): sys.exit('bye')", Status.ERROR, "SystemExit: bye"),
        ("def f(): return f()", Status.ERROR, "RecursionError"),
        ("import numpy as np\ndef f(): return np.ones(1 << 32)", Status.MEMORY, "ran out of memory"),
        ("def f():\n    a = []\n    while True: a.append(bytearray(1 << 20))", Status.MEMORY, "ran out of memory"),
        ("import mmap\ndef f():\n    a = [mmap.mmap(-1, 1 << 33)]", Status.MEMORY, "memory"),
        ("import numpy as np\ndef f(): return np.zeros((4096, 4096))", Status.FAILED, "returned 128 MiB; at most 8"),
        ("def f():\n    while True: print('x' * 10000)", Status.ERROR, "printed more than 128 KiB"),
        ("class E(Exception):\n    def __str__(self): raise self\ndef f(): raise E", Status.ERROR, "cannot be shown"),
        ("class E(Exception):\n    def __str__(self): return 'x' * 10**7\ndef f(): raise E", Status.ERROR, "E: xxx"),
        ("class E(Exception):\n    def __str__(self):\n        while 1: pass\ndef f(): raise E", Status.TIMEOUT, "did"),
    ],
)  # fmt: skip
def test_limit_is_met_with_its_own_status_and_sentence(ask, source, status, text):
    fault = ask(source, seconds=1.0 if status is Status.TIMEOUT else 10.0)
    assert isinstance(fault, StudentFault), fault
    if "mmap" in source:
        assert fault.status in (Status.MEMORY, Status.ERROR)
    else:
        assert fault.status is status
    assert re.search(text, str(fault)), str(fault)


@pytest.mark.parametrize(
    ("source", "limit", "sentence"),
    [
        ("def f(): open('/tmp/a', 'wb').write(bytes(6 << 20))", "file_size", "a file may have at most 4 MiB"),
        ("def f():\n    for n in range(9): open(f'/tmp/{n}', 'wb').write(bytes(2 << 20))", "tmp_size",
         "all files together may have at most 8 MiB"),
        ("def f():\n    for n in range(9000): open(f'/dev/shm/{n}', 'w').close()", "tmp_size", "No space left"),
        ("def f(): return [open('/dev/null') for _ in range(1000)]", "open_files", "at most 64 files may be open"),
        ("import os, time\ndef f():\n    while os.fork(): pass\n    time.sleep(9)", "processes", "at most 16 proc"),
        ("from threading import Barrier, Thread\ndef f():\n    while True: Thread(target=Barrier(2).wait).start()",
         "processes", "at most 16 processes and threads"),
        ("import numpy as np\ndef f(): return np.zeros(1 << 22)", "returned", "returned 32 MiB; at most 8 MiB may be"),
        ("import numpy as np\ndef f(): return np.ones(1 << 30)", "memory", "at most 400 MiB may be used"),
        ("def f():\n    while True: print('x' * 10000)", "output", "printed more than 128 KiB and was stopped"),
        ("def f():\n    while True: pass", "cpu", "used more than 3 s of processor time and was stopped"),
    ],
)  # fmt: skip
def test_each_limit_has_its_name_and_its_sentence(ask, source, limit, sentence):
    fault = ask(source, seconds=20)
    assert isinstance(fault, StudentFault), fault
    assert (fault.limit, sentence in str(fault)) == (limit, True), str(fault)


def test_fork_bomb_stops_at_the_process_limit(ask):
    source = """
import os, time
def f():
    for count in range(1000):
        try:
            if os.fork() == 0:
                time.sleep(60)
                os._exit(0)
        except OSError:
            return count
"""
    assert ask(source) < LIMITS.processes


def test_output_is_kept_up_to_the_limit_and_escapes_are_made_visible(ask):
    fault = ask("def f():\n    print('\\x1b[31mred')\n    print('y' * 50_000)\n    raise ValueError")
    assert isinstance(fault, StudentFault)
    assert ask.printed.startswith("\ufffd[31mred\nyyy")
    assert ask.printed.endswith("50,010 bytes were printed, 16 KiB are kept")


def test_a_forged_answer_to_a_question_not_yet_asked_ends_the_process(ask):
    source = """
import socket, struct, json, os
def f():
    for n in range(3, 30):
        try:
            channel = socket.socket(fileno=os.dup(n))
            header = json.dumps({"seq": 99, "value": 1}).encode()
            channel.sendall(struct.pack(">IQ", len(header), 0) + header)
        except OSError:
            continue
    return 2
"""
    fault = ask(source)
    assert fault.status is Status.CRASH
    assert "cannot be read" in str(fault)


def test_unsandboxed_process_answers_and_keeps_time(ask):
    assert ask("def f(x): return x + 1", 2, launcher=Unsandboxed()) == 3
    assert ask("def f():\n    while True: pass", seconds=0.5, launcher=Unsandboxed()).status is Status.TIMEOUT


@pytest.mark.parametrize(
    ("output", "advice"),
    [
        ("bwrap: No permissions to create new namespace", "unprivileged_userns_clone"),
        ("bwrap: Can't mount proc on /newroot/proc: Operation not permitted", "systempaths=unconfined"),
        ("something else", "docs/operators.md"),
    ],
)
def test_a_sandbox_that_does_not_start_says_what_to_enable(output, advice):
    assert advice in refusal(output)
    assert output in refusal(output)


def states(root: int) -> list[str]:
    """The state of a process and of its children's (proc(5)), as the host sees them."""
    children = Path(f"/proc/{root}/task/{root}/children").read_text().split()
    return [Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] for pid in (root, *map(int, children))]


SPINNING = """
import os
def f():
    for _ in range(3):
        if os.fork() == 0:
            while True:
                pass
"""


def test_a_pause_stops_the_children_too(bubblewrap):
    sandbox = bubblewrap.start("numpy", LIMITS)
    try:
        load = {"op": "load", "name": "code.py", "files": {"code.py": SPINNING}, "entries": ["f"]}
        sandbox.ask(load, Packer(), 20)
        call = {"op": "call", "entry": "f", "args": [], "kwargs": {}, "returns": ["value"]}
        sandbox.ask(call, Packer(), 10)
        for _ in range(5):
            sandbox.life.pause()
            assert states(sandbox.pid) == ["T"] * 4

            sandbox.life.resume()
            assert states(sandbox.pid)[1:] == ["R"] * 3
    finally:
        sandbox.close()


KILLING = """
import ctypes, os, signal
libc = ctypes.CDLL(None, use_errno=True)
libc.syscall.argtypes = [ctypes.c_long] * 3
def checked(result):
    if result:
        raise OSError(ctypes.get_errno(), "not sent")
def f(): return {call}
"""


# The kernel reads 32 bits of the signal's number: the third is kill(1, SIGCONT) too.
@pytest.mark.parametrize(
    "call", ["os.kill(1, 18)", "signal.raise_signal(18)", "checked(libc.syscall(62, 1, 2**32 + 18))"]
)
def test_nobody_sends_the_signal_that_continues_a_stopped_process(ask, call):
    assert "PermissionError" in str(ask(KILLING.format(call=call)))


SENDING = """
import os
def f(number):
    child = os.fork()
    if not child:
        while True:
            pass
    os.kill(child, number)
    os.kill(child, 9)
    return os.waitpid(child, 0)[0] == child
"""


@pytest.mark.parametrize("number", [1, 2, 10, 12, 15, 17, 19, 20, 50, 64])
def test_other_signals_are_sent(ask, number):
    assert ask(SENDING, number) is True
