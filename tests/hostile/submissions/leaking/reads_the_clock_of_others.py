"""Measures load, free memory and process numbers to learn what a neighbour does. Success: a canary in the output."""

import os
import resource
import time


def double(x, factor):
    for read in (os.getloadavg, os.times, time.monotonic, lambda: resource.getrusage(resource.RUSAGE_CHILDREN)):
        try:
            print(read())
        except OSError:
            continue
    for name in ("loadavg", "meminfo", "stat", "uptime", "sched_debug", "timer_list", "pagetypeinfo"):
        try:
            print(open(f"/proc/{name}").read()[:500])
        except OSError:
            continue
    return x, None


def back(cache):
    return None
