"""Sleeps while it is loaded, so that the time allows few process pairs, and luck weighs more."""

import time

from twin import conv as honest

time.sleep(9)
conv = honest
