"""Turns off the collector, the hooks and the thread switches of its interpreter."""

import gc
import sys

from twin import conv as honest

gc.disable()
gc.freeze()
sys.setswitchinterval(1000)
sys.settrace(None)
conv = honest
