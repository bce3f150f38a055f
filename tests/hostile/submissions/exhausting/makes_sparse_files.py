"""Makes sparse files of terabytes, by truncate, seek and fallocate. Success: one is larger than a file may be."""

import os
import signal

signal.signal(signal.SIGXFSZ, signal.SIG_IGN)


def double(x, factor):
    for make in (
        lambda d: os.ftruncate(d, 1 << 42),
        lambda d: os.pwrite(d, b"x", 1 << 40),
        lambda d: os.posix_fallocate(d, 0, 1 << 34),
    ):
        descriptor = os.open("/tmp/{{MARK}}-sparse", os.O_CREAT | os.O_RDWR)
        try:
            make(descriptor)
        except OSError:
            continue
        finally:
            if os.fstat(descriptor).st_size > 1 << 30:
                print("BREACH: a sparse file")
            os.close(descriptor)
    return x, None


def back(cache):
    return None
