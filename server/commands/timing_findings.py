"""What `stride doctor` hears about the queues of timings: how many wait, since when, and whether anybody takes them."""

from __future__ import annotations

from collections.abc import Iterator

from sqlalchemy import Engine

from grader.contract import GRADE_GPU, TIME_CPU
from grader.contract.findings import Finding, Health
from server.database import check_version, make_sessions
from server.models import utcnow
from server.rendering.timing_words import queue_words
from server.services.timing_wait import status


def timing_findings(engine: Engine) -> Iterator[Finding]:
    """A finding for each queue in which something happens; none while the tables are those of another version."""
    with engine.connect() as connection:
        found, newest = check_version(connection)
    if found != newest:
        return
    now = utcnow()
    with make_sessions(engine)() as s:
        queues = [status(s, queue, now) for queue in (TIME_CPU, GRADE_GPU)]
    for each in queues:
        subject, seen = f"timings on {each.queue}", queue_words(each, now)
        if each.is_silent:
            yield Finding(subject, Health.LIMITED, seen, f"start a worker on {each.queue}; its log says why it ended")
        elif each.waiting or each.running or each.workers:
            yield Finding(subject, Health.GOOD, seen)
