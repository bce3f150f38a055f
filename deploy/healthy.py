"""The health check of a container: `healthy.py http ADDRESS` or `healthy.py heartbeat`. Exits 1 and says why if not.

Standard library alone: it runs every few seconds.
"""

from __future__ import annotations

import os
import sys
import time
import urllib.error
import urllib.request
from pathlib import Path

STALE_SECONDS = 30.0


def http_problem(address: str) -> str | None:
    """What is wrong with the page at `address`; None when it answers 200."""
    try:
        with urllib.request.urlopen(address, timeout=4) as answer:  # noqa: S310 - the address is the compose file's
            return None if answer.status == 200 else f"{address} answers {answer.status}"
    except (OSError, urllib.error.URLError) as error:
        return f"{address} does not answer: {error}"


def heartbeat_problem(file: Path, now: float) -> str | None:
    """What is wrong with a worker that touches `file` (deploy/heartbeat.py); None when it did so lately."""
    try:
        age = now - file.stat().st_mtime
    except FileNotFoundError:
        return "the worker has not started yet"
    return None if age < STALE_SECONDS else f"the worker's last sign of life is {age:.0f} s old"


def main(arguments: list[str]) -> str | None:
    """The problem, for `sys.exit`."""
    match arguments:
        case ["http", address]:
            return http_problem(address)
        case ["heartbeat"]:
            return heartbeat_problem(Path(os.environ.get("STRIDE_DATA", "var")) / "heartbeat", time.time())
        case _:
            return "usage: healthy.py http ADDRESS | heartbeat"


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
