"""A class sits a quiz on an installation, and what that gave."""

from __future__ import annotations

import asyncio
import gc
import os
import time
from collections.abc import Mapping
from dataclasses import dataclass

from scripts.process_meter import Meter
from scripts.quiz_load.connection import Client
from scripts.quiz_load.figures import Outcome, in_closing, latencies
from scripts.quiz_load.hall import COURSE, LECTURER, PASSWORD, Booked, book
from scripts.quiz_load.installation import Running
from scripts.quiz_load.lecturer import Lecturer
from scripts.quiz_load.plan import CLOSING_SECONDS, Life, lives
from scripts.quiz_load.student import Hall, Student
from scripts.quiz_load.tally import Kind, Tally
from scripts.quiz_load.verifying import verify

BEFORE_JOINING, LOBBY_SECONDS = 1.0, 3.0
DRIVER = "driver"


@dataclass(frozen=True, slots=True)
class Class:
    """How large a class is and how it behaves; all times in seconds."""

    students: int
    questions: int
    seconds: float
    joining: float
    fetches_files: bool = True
    spreads: bool = True


def run(place: Running, quiz_id: int, size: Class) -> Outcome:
    """One class, from the first form to the last answer, and the check of all that it was told."""
    begins_at = time.time() + BEFORE_JOINING
    booked = book(place.sessions, quiz_id, begins_at + size.joining + LOBBY_SECONDS, size.seconds)
    hall = Hall(
        host=place.address.reached_at,
        port=place.address.port,
        code=booked.code,
        begins_at=begins_at,
        opens_at=booked.opens_at,
        closes_at=booked.closes_at,
        grace=booked.grace,
        fetches_files=size.fetches_files,
        spreads=size.spreads,
    )
    tally, meter = Tally(), Meter({DRIVER: os.getpid()} | place.roots)
    before = used(meter)
    closing = asyncio.run(
        sit(hall, booked, lives(size.students, size.questions, size.seconds, size.joining), tally, meter)
    )
    after = used(meter)
    return Outcome(
        database=place.database,
        students=size.students,
        findings=verify(place.sessions, booked.id, tally.changes),
        errors=dict(tally.errors),
        latencies=latencies(tally, booked.closes_at),
        requests_per_second=len(in_closing(tally, booked.closes_at)) / CLOSING_SECONDS,
        cpu_seconds={role: after[role] - before.get(role, 0.0) for role in after},
        closing_cores={role: seconds / CLOSING_SECONDS for role, seconds in closing.items()},
    )


async def sit(hall: Hall, booked: Booked, plans: list[Life], tally: Tally, meter: Meter) -> dict[str, float]:
    """The whole class and its lecturer; the processor seconds by role in the last seconds before the close."""
    lecturer = Lecturer(Client(hall.host, hall.port), tally)
    await lecturer.sign_in(LECTURER, PASSWORD)
    page = f"/courses/{COURSE}/quizzes/sessions/{booked.id}/"
    following = [
        asyncio.create_task(lecturer.follow(Kind.DESK, page)),
        asyncio.create_task(lecturer.follow(Kind.PROJECTOR, f"{page}projector/")),
    ]
    gc.collect()
    gc.freeze()
    measuring = asyncio.create_task(_closing(hall, meter))
    await asyncio.gather(*(Student(life, hall, tally).sit() for life in plans))
    for task in following:
        if task.done():
            await task
        task.cancel()
    return await measuring


def used(meter: Meter) -> Mapping[str, float]:
    """Processor seconds by role, without what none of our processes is."""
    return {role: seconds for role, seconds in meter.seconds_used().items() if role in meter.roots}


async def _closing(hall: Hall, meter: Meter) -> dict[str, float]:
    await asyncio.sleep(max(0.0, hall.closes_at - CLOSING_SECONDS - time.time()))
    before = used(meter)
    await asyncio.sleep(max(0.0, hall.closes_at - time.time()))
    after = used(meter)
    return {role: after[role] - before.get(role, 0.0) for role in after}
