"""A Celery worker's sign of life for the container's health check: `celery ... worker --include deploy.heartbeat`.

The worker's own loop touches a file; a worker that hangs, or has lost its broker, stops touching it.
"""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

from celery.signals import worker_ready

HEARTBEAT = Path(os.environ.get("STRIDE_DATA", "var")) / "heartbeat"
EVERY_SECONDS = 5.0


@worker_ready.connect
def start_beating(sender: Any, **_: object) -> None:
    """Touch the file now, and then from the worker's timer."""
    HEARTBEAT.parent.mkdir(parents=True, exist_ok=True)
    HEARTBEAT.touch()
    sender.timer.call_repeatedly(EVERY_SECONDS, HEARTBEAT.touch)
