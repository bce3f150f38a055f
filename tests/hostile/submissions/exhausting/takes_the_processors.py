"""Takes real-time priority, all processors and the best input queue. Success: the scheduler grants real time."""

import contextlib
import os

SCHEDULES = (os.SCHED_FIFO, os.SCHED_RR)


def double(x, factor):
    for schedule in SCHEDULES:
        with contextlib.suppress(OSError):
            os.sched_setscheduler(0, schedule, os.sched_param(50))
            print("BREACH: real time")
    with contextlib.suppress(OSError):
        os.setpriority(os.PRIO_PROCESS, 0, -20)
        if os.getpriority(os.PRIO_PROCESS, 0) < -1:
            print("BREACH: a better priority")
    with contextlib.suppress(OSError):
        os.sched_setaffinity(0, range(os.cpu_count()))
    return x, None


def back(cache):
    return None
