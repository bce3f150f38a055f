"""Takes priority, memory rights, processors and limits from other processes. Success: one of them is changed."""

import contextlib
import os
import resource


def double(x, factor):
    for pid in {1, 2, 3, os.getppid(), int("{{WORKER}}")} - {os.getpid(), 0}:
        with contextlib.suppress(OSError):
            before = os.getpriority(os.PRIO_PROCESS, pid)
            os.setpriority(os.PRIO_PROCESS, pid, 19)
            if before != 19:
                print("BREACH: slowed", pid)
        with contextlib.suppress(OSError):
            os.sched_setaffinity(pid, {0})
            print("BREACH: bound", pid)
        with contextlib.suppress(OSError, ValueError):
            resource.prlimit(pid, resource.RLIMIT_NOFILE, (0, 0))
            print("BREACH: limited", pid)
        with contextlib.suppress(OSError):
            open(f"/proc/{pid}/oom_score_adj", "w").write("1000")
            print("BREACH: exposed", pid)
    with contextlib.suppress(OSError):
        os.setpriority(os.PRIO_USER, 0, 19)
    return x, None


def back(cache):
    return None
