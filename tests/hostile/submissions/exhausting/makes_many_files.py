"""Makes as many files, links and folders as there are inodes. Success: a million, or inodes gone outside."""

import os


def double(x, factor):
    count = 0
    try:
        while count < 1_000_000:
            os.mknod(f"/tmp/{{MARK}}-{count}")
            count += 1
    except OSError:
        pass
    if count >= 1_000_000:
        print("BREACH: files without end")
    return x, None


def back(cache):
    os.makedirs("/tmp/" + "/".join(["d"] * 2000))
