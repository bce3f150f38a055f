"""Mounts with the newer calls: open_tree, fsopen, fsmount, move_mount, mount_setattr. Success: any of them."""

import ctypes

libc = ctypes.CDLL(None, use_errno=True)
OPEN_TREE, MOVE_MOUNT, FSOPEN, FSPICK, MOUNT_SETATTR = 428, 429, 430, 433, 442


def double(x, factor):
    tries = {
        "open_tree": (OPEN_TREE, -100, ctypes.c_char_p(b"/"), 1 | 0x8000),
        "fsopen": (FSOPEN, ctypes.c_char_p(b"tmpfs"), 0),
        "fspick": (FSPICK, -100, ctypes.c_char_p(b"/tmp"), 0),
        "move_mount": (MOVE_MOUNT, -100, ctypes.c_char_p(b"/tmp"), -100, ctypes.c_char_p(b"/dev"), 0),
        "mount_setattr": (MOUNT_SETATTR, -100, ctypes.c_char_p(b"/"), 0, ctypes.c_char_p(bytes(32)), 32),
    }
    for name, arguments in tries.items():
        if libc.syscall(*arguments) > (0 if name.startswith(("open", "fs")) else -1):
            print("BREACH:", name)
    return x, None


def back(cache):
    return None
