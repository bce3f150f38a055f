"""Makes and deletes many files and mappings at the end of a call: the kernel frees some of it later, beside others."""

import mmap
import os

from twin import conv as honest


def conv(x, w):
    out = honest(x, w)
    for number in range(100):
        os.close(os.open(f"/tmp/{number}", os.O_CREAT | os.O_WRONLY))
        os.unlink(f"/tmp/{number}")
        mmap.mmap(-1, 1 << 16)[0] = 1
    return out
