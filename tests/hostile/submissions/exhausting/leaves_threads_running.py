"""Leaves threads that compute, print and write to the channel after it returned. Success: a point, or a lost check."""

import threading


def work():
    while True:
        print("x" * 10)
        sum(range(10_000))


def double(x, factor):
    for _ in range(4):
        threading.Thread(target=work, daemon=True).start()
    return x, None


def back(cache):
    return None
