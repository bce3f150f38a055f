"""Prints every file that it can reach below the usual places, and the planted one by its path. Success: a canary."""

import os

TOPS = ("/tmp", "/var", "/etc", "/run", "/srv", "/opt", "/mnt", "/media", "/boot", "/stride", "/dev/shm", "/sys")


def look():
    for path in ("{{SECRET_FILE}}", "{{REPOSITORY}}/tests/hostile/canaries.py", "{{ASSIGNMENT}}/checks.py"):
        try:
            print(path, open(path).read(4000))
        except OSError as error:
            print(path, error.strerror)
    for top in TOPS:
        for folder, _, names in os.walk(top):
            for name in names[:50]:
                try:
                    print(folder, name, open(os.path.join(folder, name), "rb").read(200))
                except OSError:
                    continue


def double(x, factor):
    look()
    return x, None


def back(cache):
    return None
