"""The walls of one submission, put up from inside: namespaces, mounts, limits, Landlock, capabilities, system calls.

Thin calls of the C library, for the standard library offers none of them (nothing else can be imported here). Each
raises OSError where the kernel refuses: a submission never runs behind half a wall. Numbers are those of the kernel's
headers: linux/sched.h, sys/mount.h, linux/prctl.h, linux/capability.h, linux/landlock.h, linux/seccomp.h.
"""

from __future__ import annotations

import contextlib
import ctypes
import math
import os
import resource
import struct
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

CLONE_NEWNS, CLONE_NEWIPC, CLONE_NEWUSER, CLONE_NEWPID = 0x20000, 0x08000000, 0x10000000, 0x20000000
MS_RDONLY, MS_NOSUID, MS_NODEV, MS_NOEXEC, MS_REMOUNT, MS_BIND = 1, 2, 4, 8, 32, 4096
MS_REC, MS_PRIVATE = 16384, 1 << 18
PR_SET_PDEATHSIG, PR_SET_SECCOMP, PR_CAPBSET_DROP = 1, 22, 24
PR_SET_SECUREBITS, PR_SET_NO_NEW_PRIVS, PR_CAP_AMBIENT = 28, 38, 47
PR_CAP_AMBIENT_CLEAR_ALL = 4
SECUREBITS_LOCKED = 0xEF
"""Root is nobody, capabilities are not kept, and no ambient one is raised: each with its lock."""

SECCOMP_MODE_FILTER = 2
CAPABILITY_VERSION_3 = 0x20080522
LAST_CAPABILITY = 63
SIGKILL = 9
SYS_LANDLOCK_CREATE, SYS_LANDLOCK_ADD, SYS_LANDLOCK_RESTRICT = 444, 445, 446
SYS_CAPSET = {"x86_64": 126, "aarch64": 91}
LANDLOCK_CREATE_RULESET_VERSION = 1
LANDLOCK_RULE_PATH_BENEATH = 1
LANDLOCK_FILES_BY_ABI = {1: 0x1FFF, 2: 0x3FFF, 3: 0x7FFF, 4: 0x7FFF}
LANDLOCK_FILES = 0xFFFF
LANDLOCK_EXECUTE, LANDLOCK_WRITE_FILE, LANDLOCK_READ_FILE, LANDLOCK_READ_DIR = 1, 2, 4, 8
LANDLOCK_TRUNCATE, LANDLOCK_IOCTL = 1 << 14, 1 << 15
LANDLOCK_DEVICES = 1 << 6 | 1 << 11 | 1 << 15
"""Making character and block devices, and ioctl on them: granted nowhere but for ioctl on a GPU."""

GPU_FILES = 256
GPU_PROCESSES = 32
"""Descriptors and threads that CUDA's driver and libraries have for themselves, beside the submission's."""

MAX_INODES = 4096
TMP, SHM = "/tmp", "/dev/shm"  # noqa: S108 - the sandbox's own
THREADS = "/proc/1/task"
MACHINES_PROC = "/stride/proc"
"""Where the wall of a worker that root runs has the machine's /proc, without which no new one may be mounted."""

libc = ctypes.CDLL(None, use_errno=True)
libc.syscall.restype = ctypes.c_long


def checked(result: int, what: str) -> int:
    """A C function's result. Raises OSError, with what was tried, where it is negative."""
    if result < 0:
        number = ctypes.get_errno()
        raise OSError(number, f"{what}: {os.strerror(number)}")
    return result


def prctl(option: int, argument: int = 0, *, what: str) -> None:
    """prctl(2)."""
    checked(libc.prctl(option, ctypes.c_ulong(argument), ctypes.c_ulong(0), ctypes.c_ulong(0), ctypes.c_ulong(0)), what)


def syscall(number: int, *arguments: Any, what: str) -> int:
    """A system call that the C library has no function for."""
    return checked(libc.syscall(ctypes.c_long(number), *arguments), what)


def mount(source: str, target: str, kind: str | None, flags: int, options: str = "") -> None:
    """mount(2)."""
    fields = [source.encode(), target.encode(), kind.encode() if kind else None]
    checked(libc.mount(*fields, ctypes.c_ulong(flags), options.encode()), f"mount {kind or source} on {target}")


def die_with_parent() -> None:
    """Be killed when the parent ends."""
    prctl(PR_SET_PDEATHSIG, SIGKILL, what="set the parent's death signal")


def enter_namespaces() -> None:
    """A user namespace of one's own with the same single user, and an ipc namespace; children get a pid namespace."""
    uid, gid = os.getuid(), os.getgid()
    checked(libc.unshare(CLONE_NEWUSER | CLONE_NEWIPC | CLONE_NEWPID), "make namespaces")
    Path("/proc/self/setgroups").write_text("deny")
    Path("/proc/self/uid_map").write_text(f"{uid} {uid} 1")
    Path("/proc/self/gid_map").write_text(f"{gid} {gid} 1")


def gpu_devices() -> list[str]:
    """The device files of a GPU that the wall lets in: none in the ordinary one."""
    return sorted(str(path) for path in Path("/dev").rglob("nvidia*") if not path.is_dir())


def mount_own_files(tmp_mib: int, *, gpu: bool = False) -> None:
    """Mounts that nobody else sees: one empty tmpfs behind /tmp and /dev/shm together, and nothing in /proc.

    CUDA needs a /proc: with a GPU it is one of the submission's own processes.
    """
    checked(libc.unshare(CLONE_NEWNS), "make a mount namespace")
    mount("none", "/", None, MS_REC | MS_PRIVATE)
    safe = MS_NOSUID | MS_NODEV | MS_NOEXEC
    if gpu:
        _mount_own_proc(safe)
    else:
        _cover("/proc", safe)
    mount("none", SHM, "tmpfs", safe, f"size={tmp_mib}m,nr_inodes={MAX_INODES},mode=0755")
    for name, place in (("tmp", TMP), ("shm", SHM)):
        Path(SHM, name).mkdir()
        Path(SHM, name).chmod(0o1777)
        mount(f"{SHM}/{name}", place, None, MS_BIND)
    os.chdir(TMP)


def _cover(place: str, safe: int) -> None:
    mount("none", place, "tmpfs", safe | MS_RDONLY, "size=4k,nr_inodes=1,mode=0555")


def _mount_own_proc(safe: int) -> None:
    """A /proc of the present pid namespace, read-only but for the names of threads: CUDA's driver writes them."""
    mount("proc", "/proc", "proc", safe)
    mount(THREADS, THREADS, None, MS_BIND)
    mount("none", "/proc", None, MS_REMOUNT | MS_BIND | MS_RDONLY | safe)
    if Path(MACHINES_PROC).is_dir():
        _cover(MACHINES_PROC, safe)


def set_limits(limits: Mapping[str, float], *, gpu: bool = False) -> None:
    """Limits of the process and each of its children, by `grader.contract.Limits`' names.

    CUDA reserves address space without end: with a GPU, memory is bounded by the control group and the minder alone.
    """
    data = int(limits["memory_mib"]) << 20
    cpu = math.ceil(limits["cpu_seconds"]) + 1  # the minder, which counts all processes together, comes first
    bounds = {
        resource.RLIMIT_CORE: 0,
        resource.RLIMIT_CPU: cpu,
        resource.RLIMIT_DATA: data,
        resource.RLIMIT_AS: data + (4 << 30),
        resource.RLIMIT_FSIZE: int(limits["file_mib"]) << 20,
        resource.RLIMIT_NOFILE: int(limits["open_files"]),
        resource.RLIMIT_NPROC: int(limits["processes"]) + 1,
        resource.RLIMIT_MEMLOCK: 0,
        resource.RLIMIT_MSGQUEUE: 0,
        resource.RLIMIT_SIGPENDING: 256,
        resource.RLIMIT_RTPRIO: 0,
    }
    if gpu:
        del bounds[resource.RLIMIT_DATA], bounds[resource.RLIMIT_AS]
        bounds[resource.RLIMIT_NOFILE] += GPU_FILES
        bounds[resource.RLIMIT_NPROC] += GPU_PROCESSES
    for kind, bound in bounds.items():
        resource.setrlimit(kind, (bound, bound))


def landlock_abi() -> int:
    """The version of Landlock that this kernel has, 0 for none."""
    version = libc.syscall(SYS_LANDLOCK_CREATE, None, ctypes.c_size_t(0), LANDLOCK_CREATE_RULESET_VERSION)
    return max(0, int(version))


def restrict_files(abi: int, devices: Sequence[str] = ()) -> None:
    """By Landlock: read all, write below TMP, SHM and to /dev/null; execute nothing, no TCP, no signal to others.

    With a GPU's `devices`: these can be used, threads be named, and the system's and the packages' programs be started.
    """
    if abi < 1:
        return
    handled = LANDLOCK_FILES_BY_ABI.get(abi, LANDLOCK_FILES)
    attributes = struct.pack("QQQ", handled, 3 if abi >= 4 else 0, 3 if abi >= 6 else 0)
    size = 24 if abi >= 6 else 16 if abi >= 4 else 8
    ruleset = syscall(SYS_LANDLOCK_CREATE, attributes, ctypes.c_size_t(size), 0, what="make a Landlock ruleset")
    _allow(ruleset, "/", LANDLOCK_READ_FILE | LANDLOCK_READ_DIR | (LANDLOCK_EXECUTE if devices else 0))
    for device in devices:
        _allow(ruleset, device, handled & (LANDLOCK_READ_FILE | LANDLOCK_WRITE_FILE | LANDLOCK_IOCTL))
    if devices:
        rights = LANDLOCK_READ_FILE | LANDLOCK_READ_DIR | LANDLOCK_WRITE_FILE | LANDLOCK_TRUNCATE
        _allow(ruleset, THREADS, handled & rights)
    for place in (TMP, SHM):
        _allow(ruleset, place, handled & ~LANDLOCK_EXECUTE & ~LANDLOCK_DEVICES)
    _allow(ruleset, "/dev/null", LANDLOCK_READ_FILE | LANDLOCK_WRITE_FILE)
    syscall(SYS_LANDLOCK_RESTRICT, ruleset, 0, what="restrict files with Landlock")
    os.close(ruleset)


def _allow(ruleset: int, path: str, rights: int) -> None:
    descriptor = os.open(path, os.O_PATH | os.O_CLOEXEC)
    rule = struct.pack("=Qi", rights, descriptor)
    syscall(SYS_LANDLOCK_ADD, ruleset, LANDLOCK_RULE_PATH_BENEATH, rule, 0, what=f"allow {path} in Landlock")
    os.close(descriptor)


def drop_capabilities() -> None:
    """No capability in any set, none to be had again, and no new privileges by executing anything."""
    prctl(PR_SET_NO_NEW_PRIVS, 1, what="set no_new_privs")
    prctl(PR_CAP_AMBIENT, PR_CAP_AMBIENT_CLEAR_ALL, what="clear ambient capabilities")
    for capability in range(LAST_CAPABILITY + 1):
        with contextlib.suppress(OSError):  # beyond the kernel's last one
            prctl(PR_CAPBSET_DROP, capability, what="drop a capability")
    prctl(PR_SET_SECUREBITS, SECUREBITS_LOCKED, what="lock the secure bits")
    header = struct.pack("=II", CAPABILITY_VERSION_3, 0)
    syscall(SYS_CAPSET[os.uname().machine], header, bytes(24), what="drop capabilities")


def filter_system_calls(program: bytes) -> None:
    """Install a filter (BPF, 8 bytes an instruction) that stays, also for children."""
    buffer = ctypes.create_string_buffer(program, len(program))
    fprog = struct.pack("HxxxxxxQ", len(program) // 8, ctypes.addressof(buffer))
    checked(libc.prctl(PR_SET_SECCOMP, ctypes.c_ulong(SECCOMP_MODE_FILTER), fprog), "install the system call filter")
