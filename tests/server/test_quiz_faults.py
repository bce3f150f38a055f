"""A class answers while processes are killed, Redis is emptied and the database falls: nothing acknowledged is lost.

The class is the one of `make bench-quiz`: real requests, kept and repeated as the browsers' scripts do.
"""

from __future__ import annotations

import asyncio
import os
import signal
import subprocess
import tempfile
import time
from collections.abc import Awaitable, Callable, Iterator
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path

import psycopg
import pytest
import redis
from sqlalchemy.orm import Session, sessionmaker

from grader.settings import ASSIGNMENTS
from scripts.private_servers import postgresql, redis_server
from scripts.quiz_load import pages
from scripts.quiz_load.hall import Booked, book, prepare
from scripts.quiz_load.plan import Life
from scripts.quiz_load.student import Hall, Student
from scripts.quiz_load.tally import Tally
from scripts.quiz_load.verifying import verify
from server.database import make_engine, make_sessions
from server.models import QuizSession
from server.quiz.bank import Bank
from tests.server.commands.test_up import Platform, members

pytestmark = pytest.mark.slow
STUDENTS = 200
QUESTIONS = 10
AN_HOUR = 3600.0
PAUSE = (1.0, 3.0)
PATIENCE = 120.0
Fault = Callable[[], Awaitable[None]]


@dataclass
class Scene:
    """A `stride up` with a class in it."""

    platform: Platform
    sessions: sessionmaker[Session]
    booked: Booked
    hall: Hall
    postgresql: Postgresql | None = None
    redis_url: str = ""
    tally: Tally = field(default_factory=Tally)
    students: list[Student] = field(default_factory=list)
    is_over: bool = False

    @property
    def acknowledged(self) -> int:
        """How many answers the class has receipts for."""
        return sum(change.is_acknowledged for change in self.tally.all_changes())


class Postgresql:
    """A private PostgreSQL that can fall and rise again on its data."""

    def __init__(self, url: str, number: int) -> None:
        self.url = url
        command = Path(f"/proc/{number}/cmdline").read_text().rstrip("\0").split("\0")
        account = ["--reuid", "postgres", "--regid", "postgres", "--clear-groups"] if os.geteuid() == 0 else []
        self.command = ["setpriv", *account, "--pdeathsig", "INT", *command]
        self.number = number
        self.lock = Path(command[command.index("-D") + 1]) / "postmaster.pid"
        self.again: subprocess.Popen | None = None

    def fall(self) -> None:
        """The immediate shutdown: every connection is cut, and what is not committed is gone."""
        os.kill(self.number, signal.SIGQUIT)

    def answers(self) -> bool:
        try:
            psycopg.connect(self.url, connect_timeout=5).close()
        except psycopg.OperationalError:
            return False
        return True

    def has_fallen(self) -> bool:
        return not self.answers() and not self.lock.exists()

    def rise(self, log: Path) -> None:
        with log.open("ab") as out:
            self.again = subprocess.Popen(self.command, stdout=out, stderr=out)

    def end(self) -> None:
        if self.again is not None:
            self.again.send_signal(signal.SIGINT)
            self.again.wait()


async def eventually(holds: Callable[[], object], what: str) -> None:
    deadline = time.monotonic() + PATIENCE
    while not await asyncio.to_thread(holds):
        assert time.monotonic() < deadline, f"in vain waited for: {what}"
        await asyncio.sleep(0.1)


@contextmanager
def scene(folder: Path, port: int, *, embedded: bool) -> Iterator[Scene]:
    """`stride up` with a session that is open for an hour, over SQLite and files or over PostgreSQL and Redis."""
    folder.chmod(0o711)
    with ExitStack() as stack:
        platform, server, redis_url = Platform(folder, port), None, ""
        url = f"sqlite:///{folder / 'var' / 'stride.db'}"
        if not embedded:
            url, number = stack.enter_context(postgresql(folder))
            redis_url, _ = stack.enter_context(redis_server(folder))
            platform.environment |= {"DATABASE_URL": url, "BROKER_URL": redis_url}
            server = Postgresql(url, number)
            stack.callback(server.end)
        stack.callback(end, platform)
        platform.start_up()
        engine = make_engine(url)
        stack.callback(engine.dispose)
        sessions = make_sessions(engine)
        quiz = prepare(sessions, Bank(ASSIGNMENTS), [f"s{place:05}" for place in range(STUDENTS)], QUESTIONS)
        now = time.time()
        booked = book(sessions, quiz, now, AN_HOUR)
        hall = Hall("127.0.0.1", port, booked.code, now, now, booked.closes_at, booked.grace, fetches_files=False)
        yield Scene(platform, sessions, booked, hall, server, redis_url)


def end(platform: Platform) -> None:
    """Leave no process behind, however the test went."""
    if platform.process is not None:
        platform.process.kill()
        platform.process.wait()
    for pid in members(platform.port):
        with suppress(ProcessLookupError):
            os.kill(pid, signal.SIGKILL)


async def come(stage: Scene, place: int) -> None:
    """One student joins and gets the questions."""
    student = Student(Life(f"s{place:05}", 0.0, (), None, place), stage.hall, stage.tally)
    stage.students.append(student)
    stage.tally.changes[student.life.number] = student.outbox.changes
    await asyncio.sleep(place * 0.02)
    await student.join()
    while not await student.read_sheet():
        await asyncio.sleep(1.0)


async def answer(stage: Scene, student: Student) -> None:
    """Answer one question after the other, and wait for each receipt as long as it takes."""
    while not stage.is_over:
        student.answer(student.chance.randint(1, QUESTIONS))
        while not student.outbox.is_empty:
            await asyncio.sleep(0.05)
        await asyncio.sleep(student.chance.uniform(*PAUSE))


async def play(stage: Scene, faults: dict[str, Fault], recovered: Callable[[str], bool]) -> None:
    """The class answers, and while it does one fault after the other strikes; each is survived before the next."""
    await asyncio.gather(*(come(stage, place) for place in range(STUDENTS)))
    answering = [asyncio.create_task(answer(stage, student)) for student in stage.students]
    await eventually(lambda: stage.acknowledged > STUDENTS, "the first answers")
    for name, strike in faults.items():
        await strike()
        await eventually(lambda name=name: recovered(name), f"what comes after: {name}")
        before = stage.acknowledged
        await eventually(lambda before=before: stage.acknowledged > before + STUDENTS // 2, f"answers after: {name}")
    stage.is_over = True
    await asyncio.wait_for(asyncio.gather(*answering), PATIENCE)


async def resume(stage: Scene, student: Student) -> None:
    """The same device in a fresh browser: the same token still leads to the same answers and the same close."""
    fresh = Student(student.life, stage.hall, Tally())
    fresh.client.cookies, fresh.token = dict(student.client.cookies), student.token
    shown = await fresh.read_sheet()
    newest = {change.question: change for change in student.outbox.changes}
    assert {each.number: (each.picked, each.text) for each in shown.values() if each.picked or each.text} == {
        question: (change.picked, change.text) for question, change in newest.items()
    }
    page = (await fresh.client.ask("GET", stage.hall.here, patience=PATIENCE)).text
    assert pages.data(page)["device"] == student.token
    assert pages.state(page)["closes_at"] == round(stage.booked.closes_at * 1000)
    fresh.leave()


async def sit(stage: Scene, faults: dict[str, Fault], recovered: Callable[[str], bool]) -> None:
    try:
        await play(stage, faults, recovered)
        for student in stage.students:
            await resume(stage, student)
    finally:
        for student in stage.students:
            student.leave()


def check(stage: Scene) -> None:
    """Everything that was given was acknowledged in the end, and is there; no time and no device has changed."""
    changes = stage.tally.all_changes()
    assert [change for change in changes if change.outcome != "saved"] == []
    found = verify(stage.sessions, stage.booked.id, stage.tally.changes)
    assert (found.lost, found.late, found.unanswered) == ((), (), 0)
    assert found.stored == len({(number, c.question) for number, all_ in stage.tally.changes.items() for c in all_})
    with stage.sessions() as s:
        session = s.get_one(QuizSession, stage.booked.id)
        assert session.closes_at is not None
        assert session.closes_at.timestamp() == pytest.approx(stage.booked.closes_at, abs=1e-5)
        assert len(session.participants) == STUDENTS
        assert {(p.extra_seconds, p.paused_seconds, p.takeovers) for p in session.participants} == {(0, 0.0, 0)}


def kills(platform: Platform) -> tuple[dict[str, Fault], Callable[[str], bool]]:
    """A `kill -9` for each process of the installation, and whether another one has taken its place."""
    struck: dict[str, int] = {}
    kept: dict[str, set[int]] = {}
    patterns = {"web": "gunicorn", "a web worker": "gunicorn", "worker": "server.worker", "grader": "grader.worker"}

    async def kill(name: str) -> None:
        found = platform.processes(patterns[name])
        # The first is the parent of the others.
        struck[name] = found[1] if name == "a web worker" else found[0]
        kept[name] = set(found)
        os.kill(struck[name], signal.SIGKILL)

    def recovered(name: str) -> bool:
        if name not in struck:
            return platform.answers()
        running = set(platform.processes(patterns[name]))
        return struck[name] not in running and bool(running - kept[name]) and platform.answers()

    return {name: lambda name=name: kill(name) for name in patterns}, recovered


@pytest.fixture
def tools(need: Callable[[str], str]) -> None:
    for program in ("bwrap", "setpriv"):
        need(program)


def test_a_class_loses_nothing_when_processes_are_killed(tmp_path: Path, free_port: Callable[[], int], tools: None):
    with scene(tmp_path, free_port(), embedded=True) as stage:
        faults, recovered = kills(stage.platform)
        asyncio.run(sit(stage, faults, recovered))
        check(stage)
        assert stage.platform.said().count("was killed by SIGKILL; starting it again") == 3
        assert any("no reply" in what for what in stage.tally.errors), "no request met the fault"


def test_a_class_loses_nothing_when_redis_and_the_database_fall(
    free_port: Callable[[], int], need: Callable[[str], str], tools: None
):
    need("redis-server")
    need("postgres", *sorted(Path("/usr/lib/postgresql").glob("*/bin"), reverse=True))
    # PostgreSQL's own account cannot enter pytest's temporary folders.
    with (
        tempfile.TemporaryDirectory(prefix="stride-faults-") as folder,
        scene(Path(folder), free_port(), embedded=False) as stage,
    ):
        asyncio.run(sit(stage, *servers(stage)))
        check(stage)
        assert any("answer: 503" in what for what in stage.tally.errors), "no answer met the fault"


def servers(stage: Scene) -> tuple[dict[str, Fault], Callable[[str], bool]]:
    """Redis emptied, PostgreSQL down and up again, and the web process killed, over these."""
    database = stage.postgresql
    assert database is not None

    async def empty_redis() -> None:
        with redis.Redis.from_url(stage.redis_url) as client:
            client.flushall()

    async def restart_database() -> None:
        refused = sum(stage.tally.errors.values())
        database.fall()
        await eventually(database.has_fallen, "the database to fall")
        await eventually(lambda: sum(stage.tally.errors.values()) > refused, "a request that meets it")
        database.rise(stage.platform.folder / "postgresql-again.log")

    faults, recovered = kills(stage.platform)
    return {"redis": empty_redis, "postgresql": restart_database, "web": faults["web"]}, recovered
