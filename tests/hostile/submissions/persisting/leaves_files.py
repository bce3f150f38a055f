"""Writes files for the next submission, and looks for what the former one wrote. Success: it finds them."""

import os

PLACES = ("/tmp", "/dev/shm", "/var/tmp", "/run/lock", "/dev", "/stride", "/stride/site", ".", "/dev/mqueue")
NAME = "{{MARK}}-letter"

PATHS = [os.path.join(place, NAME) for place in PLACES]

for path in filter(os.path.exists, PATHS):
    print("BREACH: the former submission wrote", path)
for path in PATHS:
    try:
        open(path, "w").write("a letter to the next")
    except OSError:
        continue


def double(x, factor):
    os._exit(1)


def back(cache):
    return None
