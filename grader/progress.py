"""Signs of life while a submission is graded: the first at once, the others not more often than anybody can read."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable

from grader.contract import CheckResult, Job, Progress
from grader.contract.job import Running

PAUSE_SECONDS = 0.25
LEASE_SLACK_SECONDS = 15.0
"""What a check may take beyond the student's time in it: starting sandboxes, references, diagnosis, and the pause."""


class Reporter:
    """Hands Progress messages to `send`: at most one every `PAUSE_SECONDS`, with all the checks that ended since.

    A check that ends within the pause waits for its end, in a thread; what still waits when grading is over is dropped,
    for the result holds it. `start`, `check` and `figure` are those of a Listener.
    """

    def __init__(self, job: Job, send: Callable[[Progress], None]) -> None:
        self._job = job
        self._send = send
        self._lock = threading.Lock()
        self._timer: threading.Timer | None = None
        self._waiting: list[CheckResult] = []
        self._running: Running | None = None
        self._done = 0
        self._total = 0
        self._student_seconds = 0.0
        self._sent_at = 0.0

    def start(self, total: int, seconds: float) -> None:
        """Say at once that grading begins: `total` checks, and the student's seconds until the first one ends."""
        with self._lock:
            self._total, self._student_seconds = total, seconds
            self._report()

    def check(self, outcome: CheckResult, seconds: float) -> None:
        """Say that a check ended, now or at the end of the pause; `seconds` as for the check that comes next."""
        with self._lock:
            self._done += 1
            self._student_seconds = seconds
            self._waiting.append(outcome)
            self._running = None
            self._report_soon()

    def figure(self, running: Running, seconds: float) -> None:
        """Say what the present check shows so far; `seconds` of the student's time are left for it."""
        with self._lock:
            self._student_seconds = seconds
            self._running = running
            self._report_soon()

    def end(self) -> None:
        """Grading is over: nothing is sent any more when this returns."""
        with self._lock:
            self._waiting.clear()
            self._running = None
            timer = self._timer
        if timer is not None:
            timer.cancel()
            timer.join()

    def _report_soon(self) -> None:
        pause = self._sent_at + PAUSE_SECONDS - time.monotonic()
        if pause <= 0:
            self._report()
        elif self._timer is None:
            self._timer = threading.Timer(pause, self._report_late)
            self._timer.start()

    def _report_late(self) -> None:
        with self._lock:
            if self._waiting or self._running:
                self._report()

    def _report(self) -> None:
        self._timer = None
        lease = LEASE_SLACK_SECONDS + self._student_seconds
        checks, self._waiting = tuple(self._waiting), []
        self._sent_at = time.monotonic()
        job = self._job
        self._send(Progress(job.submission, job.attempt, self._done, self._total, lease, checks, self._running))
