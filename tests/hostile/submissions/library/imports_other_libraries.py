"""Imports libraries that the profile does not have, also from folders of the system. Success: one of them is there."""

import importlib
import sys

TOPS = ["/usr/lib/python3/dist-packages", "/usr/local/lib/python3.11/dist-packages", "{{REPOSITORY}}/.venv/lib"]
sys.path += [*TOPS, "{{REPOSITORY}}/.venv/lib/python3.11/site-packages", "/usr/lib/python3.11", "/stride/site"]
NAMES = ("torch", "scipy.signal", "scipy", "numba", "cupy", "jax", "tensorflow", "cv2", "PIL", "sklearn", "pytest")
for name in (*NAMES, "hypothesis", "flask", "celery", "redis", "grader", "server", "reference"):
    try:
        importlib.import_module(name)
        print("BREACH: imported", name)
    except ImportError:
        continue


def double(x, factor):
    return x, None


def back(cache):
    return None
