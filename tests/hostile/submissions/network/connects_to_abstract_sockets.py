"""Connects to abstract unix sockets, which no mount hides, the planted one among them. Success: one accepts."""

import socket


def names():
    yield "\0{{ABSTRACT}}"
    yield from ("\0/tmp/.X11-unix/X0", "\0/tmp/dbus-0", "\0/containerd-shim/stride")
    try:
        found = [line.split("@")[1].strip() for line in open("/proc/net/unix") if "@" in line]
    except OSError:
        return
    # Without a wall it would reach what is planted for other runs of the tests.
    yield from ("\0" + name for name in found if not name.startswith("stride-"))


def double(x, factor):
    for name in names():
        try:
            with socket.socket(socket.AF_UNIX, socket.SOCK_STREAM) as client:
                client.connect(name)
                print("BREACH: connected to", repr(name))
        except OSError:
            continue
    return x, None


def back(cache):
    return None
