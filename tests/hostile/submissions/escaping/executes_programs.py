"""Runs programs of the system in every way that Python has. Success: one of them runs."""

import os
import subprocess


def ways():
    yield lambda: subprocess.run(["/usr/bin/id"], capture_output=True, check=True).stdout
    yield lambda: subprocess.run("id", shell=True, capture_output=True, check=True).stdout
    yield lambda: os.popen("id").read()
    yield lambda: os.system("true") == 0
    yield lambda: os.waitpid(os.posix_spawn("/usr/bin/id", ["id"], {}), 0)[1] == 0
    yield lambda: os.spawnv(os.P_WAIT, "/usr/bin/true", ["true"]) == 0


def double(x, factor):
    for number, way in enumerate(ways()):
        try:
            if way():
                print("BREACH: a program ran, way", number)
        except (OSError, subprocess.SubprocessError):
            continue
    return x, None


def back(cache):
    return None
