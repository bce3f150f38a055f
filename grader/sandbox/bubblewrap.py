"""The wall: every namespace unshared, a read-only system, an empty /tmp, no network, an empty environment.

Run by root, the process is first brought under an unprivileged user id of its own (root mapped into a user namespace
would be exempt from RLIMIT_NPROC); run by anybody else, bubblewrap makes the user namespace.
"""

from __future__ import annotations

import os
import shutil
import socket
import subprocess
import sys
from functools import cached_property
from pathlib import Path

from grader.contract import Limits
from grader.sandbox import inside
from grader.sandbox.errors import SandboxUnavailable
from grader.sandbox.process import Sandbox
from grader.sandbox.profiles import packages

SITE = "/stride/site"
CODE = "/stride/code"
INSIDE = f"{CODE}/grader/sandbox/inside"
START = f"""
import sys
sys.path += [{CODE!r}, {SITE!r}]
from grader.sandbox.inside import guest
guest.main(sys.argv[1:])
"""
NOBODY = 65534
FIRST_UID = 2_000_000
UIDS = 100_000
TOOLS = {"bwrap": "bubblewrap", "prlimit": "util-linux", "setpriv": "util-linux", "unshare": "util-linux"}

ENVIRONMENT = {
    "HOME": "/tmp",  # noqa: S108 - the sandbox's own
    "LANG": "C.UTF-8",
    "OMP_NUM_THREADS": "1",
    "OPENBLAS_NUM_THREADS": "1",
    "MKL_NUM_THREADS": "1",
    "PATH": "/usr/bin:/bin",
}


class Bubblewrap:
    """Starts sandboxes with bubblewrap."""

    name = "bubblewrap"

    def __init__(self) -> None:
        self.is_root = os.geteuid() == 0
        needed = TOOLS if self.is_root else {tool: TOOLS[tool] for tool in ("bwrap", "prlimit")}
        missing = sorted({package for tool, package in needed.items() if shutil.which(tool) is None})
        if missing:
            raise SandboxUnavailable(f"the sandbox needs {' and '.join(missing)}: apt-get install {' '.join(missing)}")

    def start(self, profile: str, limits: Limits) -> Sandbox:
        """A fresh sandbox. Raises SandboxUnavailable when the system refuses to make one."""
        ours, theirs = socket.socketpair()
        inner = [
            "/usr/bin/prlimit",
            f"--nproc={limits.processes}",
            *self.python,
            "-c",
            START,
            f"fd:{theirs.fileno()}",
            profile,
            str(limits.returned_mib * 2**20),
        ]
        try:
            process = subprocess.Popen(
                [*rlimits(limits), *self.wall(profile, limits), *self.unprivileged(), *inner],
                stdin=subprocess.DEVNULL,
                stdout=subprocess.PIPE,
                stderr=subprocess.STDOUT,
                pass_fds=[theirs.fileno()],
                env={},
            )
        except OSError as error:
            ours.close()
            raise SandboxUnavailable(f"the sandbox cannot be started: {error}") from error
        finally:
            theirs.close()
        return Sandbox(process, ours, limits)

    @cached_property
    def python(self) -> list[str]:
        """The interpreter, isolated from environment, user site, site-packages and bytecode writing."""
        return [str(Path(getattr(sys, "_base_executable", sys.executable)).resolve()), "-I", "-S", "-B", "-u"]

    def wall(self, profile: str, limits: Limits) -> list[str]:
        """The `bwrap` command up to and including `--`."""
        namespaces = ["--unshare-ipc", "--unshare-pid", "--unshare-net", "--unshare-uts", "--unshare-cgroup-try"]
        if self.is_root:
            namespaces += ["--cap-add", "CAP_SETUID", "--cap-add", "CAP_SETGID", "--cap-add", "CAP_SETPCAP"]
        else:
            namespaces += ["--unshare-user", "--uid", str(NOBODY), "--gid", str(NOBODY), "--disable-userns"]
        environment = [part for name, value in ENVIRONMENT.items() for part in ("--setenv", name, value)]
        return [
            _tool("bwrap"),
            *namespaces,
            "--new-session",
            "--die-with-parent",
            "--hostname",
            "sandbox",
            "--clearenv",
            *environment,
            *system_mounts(),
            *package_mounts(profile),
            "--ro-bind",
            str(Path(inside.__file__).resolve().parent),
            INSIDE,
            "--proc",
            "/proc",
            "--dev",
            "/dev",
            "--size",
            str(limits.tmp_mib * 2**20),
            "--perms",
            "1777",
            "--tmpfs",
            "/tmp",  # noqa: S108 - the sandbox's own
            "--remount-ro",
            "/",
            "--chdir",
            "/tmp",  # noqa: S108
            "--",
        ]

    def unprivileged(self) -> list[str]:
        """For a root-run worker: the commands that give up root before Python starts."""
        if not self.is_root:
            return []
        uid = str(FIRST_UID + os.getpid() % UIDS)
        identity = [f"--reuid={uid}", f"--regid={uid}", "--clear-groups"]
        powers = ["--inh-caps=-all", "--ambient-caps=-all", "--bounding-set=-all", "--no-new-privs"]
        return [
            "/usr/bin/setpriv",
            *identity,
            *powers,
            "/usr/bin/unshare",
            f"--map-user={NOBODY}",
            f"--map-group={NOBODY}",
        ]

    def probe(self) -> None:
        """Start one sandbox and hear from it. Raises SandboxUnavailable with what to mend."""
        from grader.sandbox.errors import StudentFault
        from grader.sandbox.wire import Packer

        sandbox = self.start("numpy", Limits())
        request = {"op": "load", "name": "probe.py", "files": {"probe.py": "import numpy\n"}, "entries": []}
        try:
            sandbox.ask(request, Packer(), seconds=30)
        except StudentFault as fault:
            sandbox.close()
            raise SandboxUnavailable(refusal(sandbox.printed_text() or str(fault))) from None
        sandbox.close()


def refusal(output: str) -> str:
    """What to do about a bubblewrap that does not start, from what it printed."""
    advice = "see the troubleshooting section of docs/operators.md"
    lowered = output.lower()
    if "namespace" in lowered or "uid map" in lowered:
        advice = (
            "this system forbids user namespaces. Allow them (sysctl kernel.unprivileged_userns_clone=1, on "
            "Ubuntu 24.04 kernel.apparmor_restrict_unprivileged_userns=0), "
            "or in a container use the seccomp profile in deploy/"
        )
    elif "mount" in lowered or "proc" in lowered:
        advice = "this container forbids mounts: run it with systempaths=unconfined and the seccomp profile in deploy/"
    return f"the sandbox does not start: {output.strip()[:500]} - {advice}"


def rlimits(limits: Limits) -> list[str]:
    """The `prlimit` command that the wall inherits its limits from.

    RLIMIT_DATA bounds what a program allocates; RLIMIT_AS, wider, bounds shared mappings too. RLIMIT_NPROC is set
    behind the wall instead: before it, every process of the worker's user would count.
    """
    data = limits.memory_mib * 2**20
    return [
        _tool("prlimit"),
        "--core=0",
        f"--cpu={int(limits.cpu_seconds)}:{int(limits.cpu_seconds) + 2}",
        f"--data={data}",
        f"--as={data + 4 * 2**30}",
        f"--fsize={limits.file_mib * 2**20}",
        f"--nofile={limits.open_files}",
        "--memlock=0",
        "--msgqueue=0",
    ]


def system_mounts() -> list[str]:
    """The system's programs and libraries and the interpreter, read-only; foreign Python packages are covered."""
    mounts = ["--ro-bind", "/usr", "/usr"]
    for name in ("lib", "lib64", "lib32", "bin", "sbin"):
        path = Path("/") / name
        if path.is_symlink():
            mounts += ["--symlink", str(path.readlink()), str(path)]
        elif path.is_dir():
            mounts += ["--ro-bind", str(path), str(path)]
    mounts += ["--perms", "0755", "--dir", "/etc"]
    for name in ("ld.so.cache", "ld.so.conf", "localtime"):
        mounts += ["--ro-bind-try", f"/etc/{name}", f"/etc/{name}"]
    base = Path(sys.base_prefix).resolve()
    if base != Path("/usr") and Path("/usr") not in base.parents:
        mounts += [*_open_parents(base), "--ro-bind", str(base), str(base)]
    for folder in foreign_packages(base):
        mounts += ["--tmpfs", str(folder), "--remount-ro", str(folder)]
    return mounts


def _open_parents(path: Path) -> list[str]:
    """Parents that anybody may traverse: bubblewrap would make them as closed as the original is."""
    parents = [parent for parent in reversed(path.parents) if parent != Path("/")]
    return [part for parent in parents for part in ("--perms", "0755", "--dir", str(parent))]


def foreign_packages(base: Path) -> list[Path]:
    """Folders of installed packages that come with the system and the interpreter."""
    version = f"python{sys.version_info.major}.{sys.version_info.minor}"
    candidates = [
        Path("/usr/lib/python3/dist-packages"),
        Path(f"/usr/local/lib/{version}/dist-packages"),
        base / "lib" / version / "site-packages",
    ]
    return [path for path in candidates if path.is_dir() and not path.is_symlink()]


def package_mounts(profile: str) -> list[str]:
    """The profile's packages, read-only, below /stride/site."""
    mounts = [*_open_parents(Path(INSIDE)), "--perms", "0755", "--dir", SITE]
    for path in packages(profile):
        mounts += ["--ro-bind", str(path.resolve()), f"{SITE}/{path.name}"]
    return mounts


def _tool(name: str) -> str:
    return shutil.which(name) or f"/usr/bin/{name}"
