"""The wall: every namespace unshared, a read-only system, an empty /tmp, no network, an empty environment.

Run by root, the process is first brought under an unprivileged user id of its own (root mapped into a user namespace
would be exempt from RLIMIT_NPROC); run by anybody else, bubblewrap makes the user namespace.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from collections.abc import Mapping
from functools import cache, cached_property
from pathlib import Path

from grader.contract import Limits
from grader.sandbox import cgroups, inside, seccomp_filter
from grader.sandbox.errors import SandboxFailure, SandboxUnavailable, StudentFault
from grader.sandbox.process import Sandbox
from grader.sandbox.profiles import packages
from grader.sandbox.warm_process import WarmProcess
from grader.sandbox.wire import Packer

SITE = "/stride/site"
CODE = "/stride/code"
INSIDE = f"{CODE}/grader/sandbox/inside"
START = f"""
import sys
sys.path += [{CODE!r}, {SITE!r}]
from grader.sandbox.inside import warm
warm.main(int(sys.argv[1]), sys.argv[2], sys.argv[3])
"""
CONTROL = "{control}"
SYSTEM_PYTHON = "/usr/bin/python3"
RECYCLE_AFTER = 500
NOBODY = 65534
FIRST_UID = 2_000_000
UIDS = 100_000
TOOLS = {"bwrap": "bubblewrap", "setpriv": "util-linux", "unshare": "util-linux"}

ENVIRONMENT = {
    "HOME": "/tmp",  # noqa: S108 - the sandbox's own
    "LANG": "C.UTF-8",
    "OMP_NUM_THREADS": "1",
    "OPENBLAS_NUM_THREADS": "1",
    "MKL_NUM_THREADS": "1",
    "PATH": "/usr/bin:/bin",
    # What is freed stays with the process: else a timed call waits, now and again, for pages that the kernel clears.
    "MALLOC_MMAP_THRESHOLD_": str(32 << 20),
    "MALLOC_TRIM_THRESHOLD_": str(128 << 20),
}


class Bubblewrap:
    """Starts sandboxes: forks of warm processes, one a profile, behind a wall of bubblewrap's. Not for several threads.

    A warm process is replaced after RECYCLE_AFTER sandboxes, once its successor is ready and none of its own is left:
    a timing has several at once. It is replaced at once where it is harmed.
    """

    name = "bubblewrap"
    devices: Mapping[str, str] = {}
    environment = ENVIRONMENT

    def __init__(self) -> None:
        self.is_root = os.geteuid() == 0
        needed = TOOLS if self.is_root else {tool: TOOLS[tool] for tool in ("bwrap",)}
        missing = sorted({package for tool, package in needed.items() if shutil.which(tool) is None})
        if missing:
            raise SandboxUnavailable(f"the sandbox needs {' and '.join(missing)}: apt-get install {' '.join(missing)}")
        self.filter = compiled_filter(gpu=bool(self.devices))
        self.cgroups = cgroups.find()
        self.warm: dict[str, WarmProcess] = {}
        self.successors: dict[str, WarmProcess] = {}

    def start(self, profile: str, limits: Limits, *, core: int | None = None) -> Sandbox:
        """A fresh sandbox. Raises SandboxUnavailable when the system refuses to make one."""
        try:
            return self._ready(profile).start(limits, core)
        except SandboxFailure:
            self._drop(profile)
        try:
            return self._ready(profile).start(limits, core)
        except SandboxFailure as error:
            self._drop(profile)
            raise SandboxUnavailable(refusal(str(error))) from None

    def prepare(self, profile: str) -> None:
        """Begin to start the profile's warm process, without waiting for it. Raises SandboxUnavailable."""
        if profile not in self.warm:
            self.warm[profile] = self._new(profile)

    def about(self) -> dict[str, int]:
        """What a warm process found out about this machine: `landlock`, the version of its interface, 0 for none."""
        return self._ready("numpy").about

    def _ready(self, profile: str) -> WarmProcess:
        """The profile's warm process; the next one where it is harmed or has served for long enough."""
        self.prepare(profile)
        warm = self.warm[profile]
        if warm.is_harmed:
            self._replace(profile)
        elif warm.served >= RECYCLE_AFTER:
            if profile not in self.successors:
                self.successors[profile] = self._new(profile)
            if warm.is_idle and self.successors[profile].poll_ready():
                self._replace(profile)
        return self.warm[profile]

    def _replace(self, profile: str) -> None:
        self.warm.pop(profile).close()
        successor = self.successors.pop(profile) if profile in self.successors else self._new(profile)
        self.warm[profile] = successor

    def _drop(self, profile: str) -> None:
        for processes in (self.warm, self.successors):
            if profile in processes:
                processes.pop(profile).close()

    def __enter__(self) -> Bubblewrap:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        """End the warm processes, and every sandbox with them."""
        for profile in {*self.warm, *self.successors}:
            self._drop(profile)

    def _new(self, profile: str) -> WarmProcess:
        inner = [*self.python, "-c", START, CONTROL, profile, self.filter.hex()]
        return WarmProcess([*self.wall(profile), *self.unprivileged(), *inner], CONTROL, profile, self.cgroups)

    @cached_property
    def python(self) -> list[str]:
        """The interpreter, isolated from environment, user site, site-packages and bytecode writing."""
        return [str(Path(getattr(sys, "_base_executable", sys.executable)).resolve()), "-I", "-S", "-B", "-u"]

    def wall(self, profile: str) -> list[str]:
        """The `bwrap` command up to and including `--`."""
        namespaces = ["--unshare-ipc", "--unshare-pid", "--unshare-net", "--unshare-uts", "--unshare-cgroup-try"]
        if self.is_root:
            namespaces += ["--cap-add", "CAP_SETUID", "--cap-add", "CAP_SETGID", "--cap-add", "CAP_SETPCAP"]
        else:
            namespaces += ["--unshare-user", "--uid", str(NOBODY), "--gid", str(NOBODY)]
        environment = [part for name, value in self.environment.items() for part in ("--setenv", name, value)]
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
            *device_mounts(self.devices),
            *self.more_mounts(),
            "--perms",
            "1777",
            "--dir",
            "/tmp",  # noqa: S108 - the sandbox's own
            "--remount-ro",
            "/",
            "--chdir",
            "/",
            "--",
        ]

    def more_mounts(self) -> list[str]:
        """Further options of bubblewrap's, for what else is to be seen."""
        return []

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
        sandbox = self.start("numpy", Limits())
        request = {"op": "load", "name": "probe.py", "files": {"probe.py": "import numpy\n"}, "entries": []}
        try:
            sandbox.ask(request, Packer(), seconds=30)
        except StudentFault as fault:
            raise SandboxUnavailable(refusal(sandbox.printed_text() or str(fault))) from None
        finally:
            sandbox.close()


@cache
def compiled_filter(*, gpu: bool = False) -> bytes:
    """The submission's system call filter, for this machine. Raises SandboxUnavailable."""
    command = [SYSTEM_PYTHON, "-I", str(Path(seccomp_filter.__file__).resolve()), *(["gpu"] if gpu else [])]
    try:
        done = subprocess.run(command, capture_output=True, check=False, timeout=60)
    except OSError as error:
        raise SandboxUnavailable(f"the sandbox needs {SYSTEM_PYTHON}: {error}") from error
    if done.returncode:
        advice = "the sandbox needs libseccomp's Python binding: apt-get install python3-seccomp"
        raise SandboxUnavailable(f"{advice} ({done.stderr.decode('utf-8', 'replace').strip()[-200:]})")
    return done.stdout


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


def device_mounts(devices: Mapping[str, str]) -> list[str]:
    """The harmless devices, and a place for shared memory that each submission covers with its own.

    `devices` are let in as well: each one's path inside, with that of the device outside.
    """
    mounts = ["--perms", "0755", "--tmpfs", "/dev"]
    harmless = {f"/dev/{name}": f"/dev/{name}" for name in ("null", "zero", "full", "random", "urandom")}
    for place, device in (harmless | dict(devices)).items():
        mounts += ["--dev-bind", device, place]
    return [*mounts, "--perms", "0755", "--dir", "/dev/shm", "--remount-ro", "/dev"]  # noqa: S108


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
