"""Leaves POSIX message queues, semaphores and shared memory for the next. Success: they are found."""

import ctypes

libc = ctypes.CDLL(None, use_errno=True)
CREATE = 0o100 | 0o2
libc.sem_open.restype = ctypes.c_void_p


def look():
    if libc.mq_open(b"/{{MARK}}", 0o2) >= 0 or libc.shm_open(b"/{{MARK}}", 0o2, 0o666) >= 0:
        print("BREACH: the former submission left a queue or memory")
    if libc.sem_open(b"/{{MARK}}", 0):
        print("BREACH: the former submission left a semaphore")
    libc.mq_open(b"/{{MARK}}", CREATE, 0o666, None)
    libc.shm_open(b"/{{MARK}}", CREATE, 0o666)
    libc.sem_open(b"/{{MARK}}", CREATE, 0o666, 1)


look()


def double(x, factor):
    libc._exit(1)


def back(cache):
    return None
