"""The server's worker: writes down what graders report, and takes back what they lost.

Started as `celery -A server.worker worker -Q results`. More than one may run; the database keeps them apart.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from dataclasses import dataclass
from functools import cache, partial
from itertools import chain, repeat
from typing import Any

import structlog
from celery import Celery, bootsteps
from celery.exceptions import Reject
from celery.signals import setup_logging
from celery.worker import WorkController, state
from sqlalchemy.exc import InterfaceError, OperationalError
from sqlalchemy.orm import Session, sessionmaker

from grader.contract import (
    PROGRESS_TASK,
    RECORD_TASK,
    RECORD_TIMING_TASK,
    RESULTS,
    TIMING_BEGUN_TASK,
    ContractError,
    Progress,
    Result,
    Timing,
    celery_settings,
)
from grader.contract.fields import as_object, refuse_unknown, take
from server.broker import make_celery, messages_waiting, send_after_commit
from server.catalogue import Catalogue
from server.database import make_engine, make_sessions
from server.logging import configure_logging
from server.services import grading, timing
from server.services.sweep import sweep
from server.settings import Settings

log = structlog.get_logger(__name__)

SWEEP_SECONDS = 5.0
PAUSES = (0.1, 0.3, 1.0, 3.0)
LONGEST_PAUSE = 5.0
THREADS = 2
AWAY = (OperationalError, InterfaceError)


@dataclass(frozen=True, slots=True)
class Parts:
    """What the tasks and the sweep work with."""

    sessions: sessionmaker[Session]
    client: Celery


def create_worker(settings: Settings) -> Celery:
    """The Celery application that takes in reports; the sweep runs beside it, in a thread of the same process."""
    client = make_celery(settings)
    sessions = make_sessions(make_engine(settings.database_url))
    send_after_commit(sessions, client)
    catalogue = Catalogue(settings.assignments)
    app = Celery("server")
    app.conf.update(celery_settings(settings.broker_url, settings.data))
    app.conf.update(task_default_queue=RESULTS, task_acks_late=True)
    app.conf.update(worker_pool="threads", worker_concurrency=THREADS)
    app.parts = Parts(sessions, client)
    app.steps["worker"].add(Sweeper)

    @app.task(name=PROGRESS_TASK, shared=False)
    def progress(data: dict[str, Any]) -> None:
        """Note a grader's sign of life."""
        take_in(sessions, note_progress, data)

    @app.task(name=RECORD_TASK, shared=False)
    def record(data: dict[str, Any]) -> None:
        """Write down a result, and have what passed all checks timed."""
        take_in(sessions, partial(record_result, catalogue=catalogue), data)

    @app.task(name=TIMING_BEGUN_TASK, shared=False)
    def timing_begun(data: dict[str, Any]) -> None:
        """Note that a grader times something."""
        take_in(sessions, note_timing_begun, data)

    @app.task(name=RECORD_TIMING_TASK, shared=False)
    def record_timing(data: dict[str, Any]) -> None:
        """Write down what timing a submission or a method gave."""
        take_in(sessions, record_timing_result, data)

    return app


def take_in(sessions: sessionmaker[Session], write: Callable[[Session, object], None], data: object) -> None:
    """Write a message to the database, however long that is away. A message that breaks the contract is dropped."""
    for pause in chain(PAUSES, repeat(LONGEST_PAUSE)):
        try:
            with sessions.begin() as s:
                write(s, data)
            return
        except ContractError as error:
            log.warning("message dropped: it breaks the contract", error=str(error))
            return
        except AWAY as error:
            log.warning("the database does not answer; trying again", seconds=pause, error=str(error.orig))
        if _must_stop():
            raise Reject("the worker stops before the database answered", requeue=True)
        # The message waits here and the others in the queue: both are safer than a row of retries in memory.
        time.sleep(pause)


def _must_stop() -> bool:
    """Whether Celery was told to end; it notes the exit code then, and 0 is one."""
    return any(code is not None and code is not False for code in (state.should_stop, state.should_terminate))


def note_progress(s: Session, data: object) -> None:
    """Write down a Progress message. Raises ContractError."""
    report = Progress.from_dict(data)
    if not grading.progress(s, report):
        log.info(
            "progress ignored: this attempt no longer counts", submission=report.submission, attempt=report.attempt
        )


def record_result(s: Session, data: object, *, catalogue: Catalogue) -> None:
    """Write down `{"submission", "attempt", "result"}`. Raises ContractError."""
    fields = as_object(data, "record")
    refuse_unknown(fields, {"submission", "attempt", "result"}, "record")
    submission, attempt = take(fields, "submission", int, "record"), take(fields, "attempt", int, "record")
    result = Result.from_dict(fields.get("result"))
    decided = grading.record(s, result, submission, attempt, assignment=catalogue.get(result.assignment))
    message = "result recorded" if decided else "result kept, it decides nothing"
    log.info(message, submission=submission, attempt=attempt, verdict=result.verdict.value, score=result.score)


def note_timing_begun(s: Session, data: object) -> None:
    """Write down `{"run", "attempt"}`, with the `worker` where it says its name. Raises ContractError."""
    fields = as_object(data, "timing begun")
    refuse_unknown(fields, {"run", "attempt", "worker"}, "timing begun")
    worker = take(fields, "worker", str, "timing begun") if "worker" in fields else ""
    run, attempt = take(fields, "run", int, "timing begun"), take(fields, "attempt", int, "timing begun")
    timing.begin(s, run, attempt, worker=worker)


def record_timing_result(s: Session, data: object) -> None:
    """Write down `{"run", "attempt", "timing"}`. Raises ContractError."""
    fields = as_object(data, "timing record")
    refuse_unknown(fields, {"run", "attempt", "timing"}, "timing record")
    run, attempt = take(fields, "run", int, "timing record"), take(fields, "attempt", int, "timing record")
    measured = Timing.from_dict(fields.get("timing"))
    decided = timing.record(s, run, attempt, measured)
    message = "timing recorded" if decided else "timing received, it decides nothing"
    log.info(message, timing=run, attempt=attempt, outcome=measured.outcome.value, ratio=measured.ratio)


def sweep_once(parts: Parts) -> int:
    """Take back what was lost; 0 when nothing was, or when the database is away."""
    try:
        with parts.sessions.begin() as s:
            count = sweep(s, messages_waiting=partial(messages_waiting, parts.client))
    except AWAY as error:
        log.warning("sweep put off: the database does not answer", error=str(error.orig))
        return 0
    if count:
        log.info("submissions and timings taken back", count=count)
    return count


class Sweeper(bootsteps.StartStopStep):
    """The part of the worker that sweeps every few seconds from its start to its end."""

    def __init__(self, parent: WorkController, **options: Any) -> None:
        super().__init__(parent, **options)
        self.stopping = threading.Event()
        self.thread = threading.Thread(target=self.run, args=(parent.app.parts,), name="sweep", daemon=True)

    def start(self, parent: WorkController) -> None:
        """Begin with a pause: results that wait in the queue are written down before their leases are judged."""
        self.thread.start()

    def stop(self, parent: WorkController) -> None:
        """End the thread after the sweep under way."""
        self.stopping.set()
        self.thread.join()

    terminate = stop

    def run(self, parts: Parts) -> None:
        """The boundary of the thread: whatever one sweep fails with is logged, and the next one is tried."""
        while not self.stopping.wait(SWEEP_SECONDS):
            try:
                sweep_once(parts)
            except Exception:
                log.exception("sweep failed")


@cache
def _application() -> Celery:
    settings = Settings.from_environment()
    setup_logging.connect(lambda **_: configure_logging(settings), weak=False)
    return create_worker(settings)


def __getattr__(name: str) -> Celery:
    """`app`, made when Celery asks for it: importing this module reads no environment."""
    if name == "app":
        return _application()
    raise AttributeError(name)
