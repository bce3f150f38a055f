"""Takes mounts away to see what lies below them. Success: any of them goes."""

import ctypes

libc = ctypes.CDLL(None, use_errno=True)
DETACH, EXPIRE = 2, 4


def double(x, factor):
    for place in (b"/tmp", b"/proc", b"/dev/shm", b"/dev", b"/usr", b"/stride/site", b"/etc", b"/"):
        for flags in (0, DETACH, EXPIRE):
            if libc.umount2(place, flags) == 0:
                print("BREACH: unmounted", place)
    return x, None


def back(cache):
    return None
