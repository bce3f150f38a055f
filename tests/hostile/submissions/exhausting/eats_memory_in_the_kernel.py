"""Takes kernel memory in pipes, sockets, timers, queues and epolls, which no heap counts. Success: a dead worker."""

import contextlib
import os
import select
import socket


def double(x, factor):
    kept = []
    with contextlib.suppress(OSError):
        while True:
            kept.append(socket.socketpair())
            for end in kept[-1]:
                end.setblocking(False)
                with contextlib.suppress(OSError):
                    end.setsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF, 1 << 30)
                with contextlib.suppress(BlockingIOError):
                    while True:
                        end.send(bytes(1 << 16))
    with contextlib.suppress(OSError):
        while True:
            kept.append(os.pipe())
            kept.append(select.epoll())
    return x, None


def back(cache):
    return None
