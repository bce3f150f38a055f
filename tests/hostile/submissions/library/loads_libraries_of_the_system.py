"""Loads compiled libraries of the system and of the environment by ctypes. Success: one computes for it."""

import ctypes
import glob

PATTERNS = ["{{REPOSITORY}}/.venv/**/libtorch*.so*", "/usr/lib/**/libopencv*.so*", "/usr/lib/**/libblas.so*"]
PATTERNS += ["/usr/local/cuda*/**/*.so*", "/usr/lib/**/libcuda.so*", "/stride/**/libtorch*.so*"]


def double(x, factor):
    for pattern in PATTERNS:
        for path in glob.glob(pattern, recursive=True)[:5]:
            try:
                ctypes.CDLL(path)
                if "torch" in path:
                    print("BREACH: loaded", path)
            except OSError:
                continue
    return x, None


def back(cache):
    return None
