"""Writes a program and a library into every writable place and runs them. Success: one of them runs or is mapped."""

import ctypes
import mmap
import os
import shutil


def tries(folder):
    program = f"{folder}/{{MARK}}-program"
    shutil.copyfile("/usr/bin/true", program)
    os.chmod(program, 0o4755)
    yield "run", lambda: os.waitpid(os.posix_spawn(program, [program], {}), 0)[1] == 0
    yield "by the loader", lambda: os.spawnv(os.P_WAIT, "/lib64/ld-linux-x86-64.so.2", ["ld", program]) == 0
    with open(program, "rb") as file:
        protection = mmap.PROT_READ | mmap.PROT_EXEC
        yield "mapped", lambda: mmap.mmap(file.fileno(), 0, mmap.MAP_PRIVATE, protection)
    yield "as a library", lambda: ctypes.CDLL(program)


def double(x, factor):
    for folder in ("/tmp", "/dev/shm", "/var/tmp", "."):
        try:
            for how, way in tries(folder):
                if way():
                    print("BREACH: executed what it wrote,", how)
        except OSError:
            continue
    return x, None


def back(cache):
    return None
