"""Leaves handlers that run when a process is forked, ends or collects garbage. Success: they run for a neighbour."""

import atexit
import gc
import os
import sys
import threading
import weakref


def tell(*args):
    print("BREACH: a handler of", os.getpid(), "in another") if os.getpid() != OWNER else None


OWNER = os.getpid()
os.register_at_fork(before=tell, after_in_child=tell, after_in_parent=tell)
atexit.register(tell)
gc.callbacks.append(lambda phase, info: tell())
sys.setswitchinterval(1e-9)
weakref.finalize(tell, tell)
threading.setprofile(lambda *args: tell())
threading.Timer(1e5, tell).start()


def double(x, factor):
    return x, None


def back(cache):
    return None
