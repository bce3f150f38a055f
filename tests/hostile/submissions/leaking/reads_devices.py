"""Opens memory, disks and kernel interfaces as devices, also ones that it makes itself. Success: one opens."""

import glob
import os
import stat

OURS = {"null", "zero", "full", "random", "urandom", "tty", "stdin", "stdout", "stderr", "fd", "shm", "ptmx", "pts"}


def double(x, factor):
    for path in glob.glob("/dev/*") + ["/dev/mem", "/dev/kmem", "/dev/port", "/dev/kvm", "/dev/fuse", "/dev/kmsg"]:
        if os.path.basename(path) in OURS or os.path.isdir(path):
            continue
        try:
            os.open(path, os.O_RDWR | os.O_NONBLOCK)
            print("BREACH: opened", path)
        except OSError:
            continue
    for major, minor in ((1, 1), (8, 0), (253, 0), (254, 0), (259, 0), (10, 232)):
        try:
            os.mknod("/tmp/{{MARK}}-node", 0o600 | stat.S_IFBLK, os.makedev(major, minor))
            print("BREACH: made a device")
        except OSError:
            continue
    return x, None


def back(cache):
    return None
