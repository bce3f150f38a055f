"""Searches the memory of every process for canaries through /proc/<pid>/mem. Success: one is found."""

import glob
import re


def search(folder):
    with open(f"{folder}/maps") as maps, open(f"{folder}/mem", "rb", 0) as memory:
        for line in maps:
            start, end = (int(part, 16) for part in line.split()[0].split("-"))
            if "rw" in line and end - start < 1 << 28:
                memory.seek(start)
                print(folder, set(re.findall(rb"CANARY-[a-z]+-[0-9a-f]{16}", memory.read(end - start))))


def double(x, factor):
    for folder in ["/proc/{{WORKER}}", "/proc/1", "/proc/2", "/proc/self", *glob.glob("/proc/[0-9]*")]:
        try:
            search(folder)
        except (OSError, ValueError, OverflowError):
            continue
    return x, None


def back(cache):
    return None
