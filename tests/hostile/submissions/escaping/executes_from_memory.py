"""Puts a program into anonymous memory and runs it by its descriptor. Success: it runs."""

import os


def double(x, factor):
    descriptor = os.memfd_create("{{MARK}}", 0)
    with open("/usr/bin/true", "rb") as source:
        os.write(descriptor, source.read())
    child = os.fork()
    if child == 0:
        try:
            os.execve(descriptor, ["true"], {})
        finally:
            os._exit(1)
    if os.waitpid(child, 0)[1] == 0:
        print("BREACH: a program ran from memory")
    return x, None


def back(cache):
    return None
