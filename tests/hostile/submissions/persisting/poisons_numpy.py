"""Poisons NumPy, the builtins and the module table of the process that others are forked from. Success: it lasts."""

import builtins
import os
import sys

import numpy as np

if getattr(np, "stride_hostile", False) or hasattr(builtins, "stride_hostile") or "stride_hostile" in sys.modules:
    print("BREACH: the poison of a former submission")
np.stride_hostile = True
builtins.stride_hostile = True
sys.modules["stride_hostile"] = np
os.environ["STRIDE_HOSTILE"] = "1"
os.umask(0)
np.zeros = np.ones
sys.path.insert(0, "/tmp")
for module in list(sys.modules.values()):
    if getattr(module, "__name__", "").startswith("numpy"):
        module.float64 = int


def double(x, factor):
    return x, None


def back(cache):
    return None
