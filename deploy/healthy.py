"""The health check of a container: `healthy.py http ADDRESS` or `healthy.py heartbeat`. Exits 1 and says why if not.

Standard library alone, and little of it: it runs every few seconds, and must answer in time on a machine that grades.
"""

from __future__ import annotations

import os
import sys
import time

STALE_SECONDS = 30.0


def http_problem(address: str) -> str | None:
    """What is wrong with the page at `address`; None when it answers 200."""
    import urllib.error
    import urllib.request

    try:
        with urllib.request.urlopen(address, timeout=15) as answer:  # noqa: S310 - the address is the compose file's
            return None if answer.status == 200 else f"{address} answers {answer.status}"
    except (OSError, urllib.error.URLError) as error:
        return f"{address} does not answer: {error}"


def heartbeat_problem(file: str, now: float) -> str | None:
    """What is wrong with a worker that touches `file` (deploy/heartbeat.py); None when it did so lately."""
    try:
        age = now - os.stat(file).st_mtime  # noqa: PTH116 - pathlib takes as long to import as all else here
    except FileNotFoundError:
        return "the worker has not started yet"
    return None if age < STALE_SECONDS else f"the worker's last sign of life is {age:.0f} s old"


def main(arguments: list[str]) -> str | None:
    """The problem, for `sys.exit`."""
    match arguments:
        case ["http", address]:
            return http_problem(address)
        case ["heartbeat"]:
            return heartbeat_problem(os.environ.get("STRIDE_DATA", "var") + "/heartbeat", time.time())
        case _:
            return "usage: healthy.py http ADDRESS | heartbeat"


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
