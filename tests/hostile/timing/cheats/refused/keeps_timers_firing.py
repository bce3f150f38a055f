"""Has two hundred timers fire all the time with a signal that is ignored: each costs whoever runs an interrupt."""

import ctypes
import os
import signal

from twin import conv as honest

LIBC = ctypes.CDLL(None, use_errno=True)


class Event(ctypes.Structure):
    _fields_ = [
        ("value", ctypes.c_void_p),
        ("signal", ctypes.c_int),
        ("notify", ctypes.c_int),
        ("rest", ctypes.c_char * 48),
    ]


def new_timer(number):
    timer, event = ctypes.c_void_p(), Event(None, number, 0)
    if LIBC.timer_create(1, ctypes.byref(event), ctypes.byref(timer)):
        raise OSError(ctypes.get_errno(), os.strerror(ctypes.get_errno()))
    return timer


def set_timer(timer, first, then=0):
    LIBC.timer_settime(timer, 0, (ctypes.c_long * 4)(0, then, 0, first), None)


signal.signal(signal.SIGUSR1, signal.SIG_IGN)
for _ in range(200):
    set_timer(new_timer(signal.SIGUSR1), 1000, 1000)
conv = honest
