"""Listens on a port and on an abstract name for the next submission, and calls the former one. Success: it answers."""

import os
import socket
import time

PORT, NAME = 47115, "\0{{MARK}}"

for address, family in ((("127.0.0.1", PORT), socket.AF_INET), (NAME, socket.AF_UNIX)):
    try:
        with socket.socket(family) as client:
            client.settimeout(0.1)
            client.connect(address)
            print("BREACH: a former submission listens", client.recv(100))
    except OSError:
        pass
    try:
        server = socket.socket(family)
        server.bind(address)
        server.listen()
    except OSError:
        continue
    if os.fork() == 0:
        os.setsid()
        time.sleep(20)
        os._exit(0)


def double(x, factor):
    return x, None


def back(cache):
    return None
