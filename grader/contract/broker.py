"""The queues between server and grader, and the Celery settings that both sides must share."""

from __future__ import annotations

from pathlib import Path
from typing import Any

GRADE_CPU = "grade.cpu"
GRADE_GPU = "grade.gpu"
TIME_CPU = "time.cpu"
"""Timings on a processor, one at a time; those on a GPU go to GRADE_GPU, which has one worker a GPU as well."""

RESULTS = "results"

GRADE_TASK = "grader.grade"
PROGRESS_TASK = "server.progress"
RECORD_TASK = "server.record"
TIME_TASK = "grader.time"
TIMING_BEGUN_TASK = "server.timing_begun"
RECORD_TIMING_TASK = "server.record_timing"

POLL_SECONDS = 0.05
FILESYSTEM = "filesystem://"


def celery_settings(broker_url: str, data: Path) -> dict[str, Any]:
    """Settings for `Celery.conf`: JSON alone, results sent by task name, no remote control.

    `broker_url` is `filesystem://` (messages are files under `data`/broker: no server to install) or `redis://...`.
    """
    options: dict[str, Any] = {}
    transport = None
    if broker_url.startswith(FILESYSTEM):
        options = _filesystem_options(data / "broker")
        transport = "grader.contract.filesystem:Transport"
    elif broker_url.startswith("redis"):
        options = {"socket_connect_timeout": 5, "socket_keepalive": True}
    return {
        "broker_url": "filesystem://localhost//" if transport else broker_url,
        "broker_transport": transport,
        "broker_transport_options": options,
        "broker_connection_retry_on_startup": True,
        "task_default_exchange": "",
        "task_serializer": "json",
        "accept_content": ["json"],
        "task_ignore_result": True,
        "task_store_eager_result": False,
        "worker_prefetch_multiplier": 1,
        "worker_enable_remote_control": False,
        "worker_send_task_events": False,
        "worker_hijack_root_logger": False,
        "enable_utc": True,
    }


def _filesystem_options(folder: Path) -> dict[str, Any]:
    queue, control = folder / "queue", folder / "control"
    for path in (queue, control):
        path.mkdir(parents=True, exist_ok=True)
    return {
        "data_folder_in": str(queue),
        "data_folder_out": str(queue),
        "control_folder": str(control),
        "store_processed": False,
        "polling_interval": POLL_SECONDS,
    }
