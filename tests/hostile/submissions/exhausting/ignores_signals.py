"""Ignores and blocks every signal, and then computes without end. Success: it goes on past a limit."""

import signal

for number in range(1, 65):
    try:
        signal.signal(number, signal.SIG_IGN)
    except (OSError, ValueError):
        continue
signal.pthread_sigmask(signal.SIG_BLOCK, range(1, 65))


def double(x, factor):
    while True:
        sum(range(1_000_000))


def back(cache):
    while True:
        pass
