"""Reads and climbs out of every descriptor that it inherited. Success: a canary, or a folder from outside."""

import os
import stat


def look():
    for number in range(3, 256):
        try:
            mode = os.fstat(number).st_mode
        except OSError:
            continue
        print(number, stat.filemode(mode))
        if stat.S_ISDIR(mode):
            print("BREACH: a folder is open", number)
            try:
                print(os.listdir(number), open(os.open("../../../../{{SECRET_FILE}}", 0, dir_fd=number)).read())
            except OSError:
                continue
        if stat.S_ISREG(mode):
            print("BREACH: a file is open", number, os.pread(number, 4000, 0))


def double(x, factor):
    look()
    return x, None


def back(cache):
    return None
