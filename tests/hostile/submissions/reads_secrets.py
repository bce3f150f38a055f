"""Prints every environment, file and address that it can reach. Success: a canary in the output."""

import os
import socket


def look():
    print(dict(os.environ))
    for top in ("/root", "/home", "/srv", "/var", "/etc", "/run", "/tmp", "/stride", "/proc/1", "/proc/self"):
        for folder, _, names in os.walk(top):
            for name in names[:200]:
                try:
                    print(folder, name, open(os.path.join(folder, name), "rb").read(400))
                except OSError:
                    continue
    for port in (6379, 5432, 8000):
        try:
            socket.create_connection(("127.0.0.1", port), 0.1)
            print("canary-network")
        except OSError:
            continue


look()


def double(x, factor):
    return x, None


def back(cache):
    return None
