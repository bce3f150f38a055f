"""The warm process: has its profile's imports done, holds no student's code, and forks a sandbox for each order.

    judge --- control (orders, each with three descriptors) ---> warm process
                                                                   | fork
    judge <-- monitor (how it ended) ------------------------->  minder: makes the namespaces, watches, reports
                                                                   | fork, process 1 of the new pid namespace
    judge <-- channel (frames), output ----------------------->  submission: behind all its walls

An order is the JSON of the limits, with the `core` that the submission may use alone, or null; a report is JSON too.
Over the monitor the judge can also have the submission's process stopped and go on (PAUSE, RESUME), as it does between
timed calls. The minder ends the submission when the judge closes its end of the monitor, when processor time or memory
of all its processes together run out, and by dying itself; the kernel then ends every process of the pid namespace
before the minder hears of it, so a report means: nothing is left.
"""

from __future__ import annotations

import contextlib
import fcntl
import gc
import json
import os
import select
import signal
import socket
import sys
import time
from pathlib import Path
from typing import Any, NoReturn

import numpy as np
import numpy.fft
import numpy.lib.stride_tricks
import numpy.linalg
import numpy.random

from grader.sandbox.inside import confine, guest, refusals

MAX_ORDER = 4096
DESCRIPTORS = 3
WATCH_SECONDS = 0.1
CALM_WATCH_SECONDS = 1.0
"""Between two looks at a submission that is timed and does not stop: looking takes some milliseconds."""

STOP_SECONDS, STOP_LOOK_SECONDS = 1.0, 0.0002
"""How long stopping all processes of a submission may take, and the time between two looks whether they stand."""

PAUSE, RESUME = b"pause", b"resume"
CHANNEL, BEYOND = 3, 64
TICKS = os.sysconf("SC_CLK_TCK")


class Harmed(Exception):  # noqa: N818
    """The warm process is not as it should be, and must not be forked."""


def main(control_number: int, profile: str, filter_hex: str) -> None:
    """Import what the profile has, say so, then fork a sandbox for each order until the judge closes the channel."""
    control = socket.socket(fileno=control_number)
    if profile == "torch":
        _import_torch()
    guest.hide()
    sys.argv = [""]
    gc.collect()
    gc.freeze()
    about = {"landlock": confine.landlock_abi(), "memory": own_memory()}
    control.send(json.dumps(about).encode())
    program = bytes.fromhex(filter_hex)
    while True:
        order, descriptors, _, _ = socket.recv_fds(control, MAX_ORDER, DESCRIPTORS)
        if not order:
            return
        _reap()
        _serve_order(control, json.loads(order), descriptors, program)


def _import_torch() -> None:
    """torch, with one thread and the modules that its functions would import late. No operator is run: it may start
    threads, which a fork would not have."""
    import torch
    import torch.nn.functional
    import torch.optim

    torch.set_num_threads(1)
    torch.set_num_interop_threads(1)
    # Both look the processor up, which a submission, whose /proc is empty, could not without lines on its stderr.
    torch.backends.cpu.get_cpu_capability()
    torch.backends.nnpack.is_available()  # type: ignore[no-untyped-call]
    refusals.prepare()


def _reap() -> None:
    """Collect the minders that have ended."""
    with contextlib.suppress(ChildProcessError):
        while os.waitpid(-1, os.WNOHANG)[0]:
            pass


def _serve_order(control: socket.socket, order: dict[str, Any], descriptors: list[int], program: bytes) -> None:
    """Fork the minder. Raises Harmed where this process has got a thread."""
    if len(os.listdir("/proc/self/task")) != 1:  # noqa: PTH208 - half the time of a Path
        raise Harmed("the warm process has more than one thread")
    stamps = {"order": time.monotonic()}
    if os.fork() == 0:
        control.close()
        _mind(order, descriptors, program, stamps)
    for descriptor in descriptors:
        os.close(descriptor)


def _mind(order: dict[str, Any], descriptors: list[int], program: bytes, stamps: dict[str, float]) -> NoReturn:
    """The minder's life: make namespaces, fork the submission, watch it, report, end."""
    channel, output, monitor_number = descriptors
    monitor = socket.socket(fileno=monitor_number)
    stamps["minder"] = time.monotonic()
    try:
        confine.die_with_parent()
        confine.enter_namespaces()
        stamps["namespaces"] = time.monotonic()
        pid = os.fork()
        if pid == 0:
            monitor.close()
            _submission(order, channel, output, program, stamps)
        os.close(channel)
        os.close(output)
        report = _watch(pid, monitor, order)
    except OSError as error:
        report = {"failed": str(error)}
    with contextlib.suppress(OSError):
        monitor.send(json.dumps(report).encode())
    os._exit(0)


def _watch(pid: int, monitor: socket.socket, order: dict[str, Any]) -> dict[str, Any]:
    """Wait for the submission's end, and bring it about where the judge or a limit asks for it.

    While the judge times calls, orders come faster than looks fall due, so each stop is followed by one.
    """
    ended, asked, limit, stopped = os.pidfd_open(pid), False, "", {pid}
    poll = select.poll()
    poll.register(ended, select.POLLIN)
    poll.register(monitor, select.POLLIN | select.POLLRDHUP)
    base = memory_of(pid)
    pause = WATCH_SECONDS if order.get("core") is None else CALM_WATCH_SECONDS
    while True:
        events = {descriptor for descriptor, _ in poll.poll(pause * 1000)}
        if ended in events:
            break
        told = monitor.recv(MAX_ORDER) if monitor.fileno() in events else None
        if told == b"":
            poll.unregister(monitor)
            asked = True
        elif told == PAUSE:
            stopped = _stop(pid)
        elif told:
            _signal(stopped, signal.SIGCONT)
        if not asked and told != RESUME:
            limit = limit or _limit_reached(pid, order, base)
        if asked or limit:
            os.kill(pid, signal.SIGKILL)
        elif told:
            monitor.send(told)
    _, status, usage = os.wait4(pid, 0)
    return {
        "signal": os.WTERMSIG(status) if os.WIFSIGNALED(status) else 0,
        "status": os.WEXITSTATUS(status) if os.WIFEXITED(status) else 0,
        "limit": limit,
        "cpu": usage.ru_utime + usage.ru_stime,
        "rss_mib": usage.ru_maxrss / 1024,
    }


def _stop(root: int) -> set[int]:
    """Stop a submission's processes, and wait until each has stopped or ended; which they are.

    Until all stand still, one can continue another. Where they do not in time, the submission is ended.
    """
    until = time.monotonic() + STOP_SECONDS
    _signal({root}, signal.SIGSTOP)
    while True:
        members = family(root)
        moving = {pid for pid in members if not _stands(pid)}
        if not moving:
            return members
        if time.monotonic() > until:
            os.kill(root, signal.SIGKILL)
        _signal(moving, signal.SIGSTOP)
        time.sleep(STOP_LOOK_SECONDS)


def _signal(pids: set[int], number: signal.Signals) -> None:
    for pid in pids:
        with contextlib.suppress(ProcessLookupError):
            os.kill(pid, number)


def _stands(pid: int) -> bool:
    """Whether a process is stopped, or has ended."""
    try:
        return _stat(pid)[0] in "TtZX"
    except OSError:
        return True


def _limit_reached(root: int, order: dict[str, Any], base: int) -> str:
    """Which limit the submission's processes have passed together, if any."""
    cpu, memory = 0.0, 0
    for pid in family(root):
        with contextlib.suppress(OSError):
            cpu += cpu_of(pid)
            memory += max(0, memory_of(pid) - base)
    if cpu > order["cpu_seconds"]:
        return "cpu"
    return "memory" if memory > int(order["memory_mib"]) << 20 else ""


def family(root: int) -> set[int]:
    """A process and all that descend from it: in a pid namespace, orphans become children of its process 1."""
    parents = {}
    for name in os.listdir("/proc"):  # noqa: PTH208
        if name.isdecimal():
            with contextlib.suppress(OSError):
                parents[int(name)] = int(_stat(int(name))[1])
    found, grown = {root}, True
    while grown:
        more = {pid for pid, parent in parents.items() if parent in found} - found
        found |= more
        grown = bool(more)
    return found


def _stat(pid: int) -> list[str]:
    """The fields of /proc/pid/stat from the third, the state, on (proc(5))."""
    text = Path(f"/proc/{pid}/stat").read_text("latin-1")
    return text[text.rindex(")") + 2 :].split()


def cpu_of(pid: int) -> float:
    """Seconds of processor time of a process and the children that it has waited for."""
    return sum(map(int, _stat(pid)[11:15])) / TICKS


def memory_of(pid: int) -> int:
    """Bytes in memory of a process that are no file's: its own, those it was forked with, and shared mappings."""
    lines = Path(f"/proc/{pid}/status").read_text().splitlines()
    sizes = dict(line.split(":", 1) for line in lines if line.startswith("Rss"))
    return sum(int(sizes[name].split()[0]) for name in ("RssAnon", "RssShmem") if name in sizes) << 10


def own_memory() -> int:
    """`memory_of` this process."""
    return memory_of(os.getpid())


def _submission(order: dict[str, Any], channel: int, output: int, program: bytes, stamps: dict[str, float]) -> NoReturn:
    """Put up every wall, then serve the judge's requests. A wall that does not stand is told instead."""
    stamps["submission"] = time.monotonic()
    try:
        confine.die_with_parent()
        Path("/proc/self/oom_score_adj").write_text("1000")
        devices = confine.gpu_devices()
        confine.mount_own_files(int(order["tmp_mib"]), gpu=bool(devices))
        _keep_only(channel, output)
        stamps["mounts"] = time.monotonic()
        confine.restrict_files(confine.landlock_abi(), devices)
        confine.set_limits(order, gpu=bool(devices))
        if order.get("core") is not None:
            os.sched_setaffinity(0, {order["core"]})
        confine.drop_capabilities()
        confine.filter_system_calls(program)
        np.random.seed(int.from_bytes(os.urandom(4)))  # every fork would draw the same numbers
        stamps["walls"] = time.monotonic()
        ready: dict[str, Any] = {"stamps": stamps}
    except OSError as error:
        ready = {"failed": str(error)}
    connection = socket.socket(fileno=CHANNEL)
    connection.send(json.dumps(ready).encode())
    if "failed" in ready:
        os._exit(1)
    try:
        guest.serve(connection, int(order["returned_mib"]) << 20)
    finally:
        os._exit(0)


def _keep_only(channel: int, output: int) -> None:
    """Descriptors: nothing to read on 0, the output on 1 and 2, the channel on 3, and no other."""
    kept = fcntl.fcntl(channel, fcntl.F_DUPFD, BEYOND)
    os.dup2(output, 1)
    os.dup2(output, 2)
    os.dup2(kept, CHANNEL)
    os.closerange(CHANNEL + 1, 1 << 20)
