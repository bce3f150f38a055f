"""Puts a stream in the place of standard output whose flush never ends. Success: a worker that waits for ever."""

import sys


class Stream:
    def write(self, text):
        return len(text)

    def flush(self):
        while True:
            pass


sys.stdout = Stream()


def double(x, factor):
    return x, None


def back(cache):
    return None
