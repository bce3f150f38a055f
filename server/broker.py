"""The way out to the graders: a Celery client, and the hook that sends a session's jobs once it has committed."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace

import structlog
from celery import Celery
from kombu.exceptions import ChannelError
from kombu.exceptions import OperationalError as BrokerDown
from sqlalchemy import event
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.orm import Session, sessionmaker

from grader.contract import Job, TimingJob, celery_settings
from server.services import grading, outbox, timing_queue, weights
from server.services.outbox import Letter
from server.settings import Settings

log = structlog.get_logger(__name__)

CONNECT_SECONDS = 2
UNREACHABLE = (BrokerDown, ChannelError, OSError)


def make_celery(settings: Settings) -> Celery:
    """A Celery client on the installation's broker. It gives up on a dead one soon; the sweep tries again."""
    app = Celery("server", set_as_current=False)
    app.conf.update(celery_settings(settings.broker_url, settings.data))
    app.conf.broker_connection_timeout = CONNECT_SECONDS
    app.conf.broker_transport_options |= {"max_retries": 1, "interval_start": 0, "interval_step": 0}
    app.conf.task_publish_retry = False
    return app


def send_after_commit(sessions: sessionmaker[Session], celery: Celery) -> None:
    """Have every session of this factory send its outbox when it commits; what is rolled back is never sent.

    A broker that is down fails nobody's request: the submission is stored, and the sweep sends its job later.
    """

    def deliver(session: Session) -> None:
        if session.in_nested_transaction():
            return
        unsent = send(celery, outbox.take(session), sessions)
        if unsent:
            _postpone(sessions, unsent)

    event.listen(sessions, "after_commit", deliver)
    event.listen(sessions, "after_soft_rollback", outbox.forget)
    event.listen(sessions, "after_transaction_end", outbox.end)


def send(celery: Celery, letters: Iterable[Letter], sessions: sessionmaker[Session]) -> list[Letter]:
    """Send each letter's job to its queue, with the weights that belong to it.

    Returns those that were not sent, because the broker does not answer, or the database that holds the weights.
    """
    unsent: list[Letter] = []
    for letter in letters:
        if unsent:
            unsent.append(letter)
            continue
        names = _names(letter.job)
        try:
            job = _with_weights(letter, sessions)
            celery.send_task(letter.task, args=[job.to_dict()], queue=letter.queue, priority=letter.priority)
        except UNREACHABLE as error:
            log.warning("job not sent: the broker does not answer", **names, error=str(error))
            unsent.append(letter)
        except SQLAlchemyError as error:
            log.warning("job not sent: its weights cannot be read", **names, error=str(error))
            unsent.append(letter)
        else:
            log.info("job sent", **names, queue=letter.queue)
    return unsent


def _names(job: Job | TimingJob) -> dict[str, int]:
    """What a line of the log calls a job."""
    if isinstance(job, TimingJob):
        return {"timing": job.run, "attempt": job.attempt}
    return {"submission": job.submission, "attempt": job.attempt}


def _with_weights(letter: Letter, sessions: sessionmaker[Session]) -> Job | TimingJob:
    if letter.weights is None or isinstance(letter.job, TimingJob):
        return letter.job
    with sessions() as session:
        return replace(letter.job, weights=weights.content(session, letter.weights))


def messages_waiting(celery: Celery, queue: str) -> int | None:
    """How many messages lie in a queue that no worker has taken yet; None when the broker does not answer."""
    try:
        with celery.connection_for_read() as connection:
            return int(connection.default_channel.queue_declare(queue, passive=True).message_count)
    except ChannelError:
        return 0  # Redis keeps no empty queue, so asking for one finds nothing.
    except UNREACHABLE:
        return None


def _postpone(sessions: sessionmaker[Session], letters: Iterable[Letter]) -> None:
    try:
        with sessions.begin() as session:
            for letter in letters:
                if isinstance(letter.job, TimingJob):
                    timing_queue.mark_unsent(session, letter.job)
                else:
                    grading.mark_unsent(session, letter.job)
    except SQLAlchemyError as error:
        log.warning("unsent jobs not marked: they wait for their lease to end", error=str(error))
