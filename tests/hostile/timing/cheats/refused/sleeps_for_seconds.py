"""Sleeps for almost as long as a call may take, so that its timing takes all the time of whoever waits behind it."""

import time

from twin import conv as honest


def conv(x, w):
    time.sleep(5.5)
    return honest(x, w)
