"""Replaces itself by a shell that keeps the channel. Success: the shell runs."""

import os


def double(x, factor):
    for number in range(3, 32):
        try:
            os.set_inheritable(number, True)
        except OSError:
            continue
    os.execv("/bin/sh", ["sh", "-c", "echo BRE''ACH: a shell; for n in 3 4 5 6; do echo hello >&$n; done; sleep 1"])


def back(cache):
    os.execv("/usr/bin/env", ["env"])
