"""A server's parts for tests: settings, sessions, assignment folders, and people who are enrolled."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Iterator
from datetime import datetime
from pathlib import Path

import pytest
from argon2 import PasswordHasher
from celery import Celery
from sqlalchemy import Engine, event
from sqlalchemy.engine.interfaces import DBAPIConnection
from sqlalchemy.orm import Session, sessionmaker

from grader.contract import Assignment, CheckResult, Result, Status, Verdict, load_assignments
from server.broker import make_celery, send_after_commit
from server.database import make_engine, make_sessions
from server.models import Course, CourseAssignment, EnrolmentRole, Person, Submission
from server.services import accounts, courses, submissions, timing
from server.services.submissions import draw_seed
from server.settings import Settings
from tests.server.seeds import KNOWN_SEED

CONV = b"import numpy as np\n\n\ndef conv_forward(x, w, b, conv_param):\n    return x, None\n"


def make_check(name: str = "shapes", points: float = 4.0, **changes) -> CheckResult:
    """One check of five points; it passed when it has any of them."""
    status = Status.PASSED if points else Status.FAILED
    fields = {"name": name, "title": name.title(), "points": points, "max_points": 5.0, "status": status}
    return CheckResult(**fields | changes)


def make_result(score: float = 8.0, verdict: Verdict = Verdict.GRADED, **changes) -> Result:
    """A grader's result for 04-conv-forward."""
    fields = {
        "assignment": "04-conv-forward",
        "version": "0123456789abcdef",
        "seed": KNOWN_SEED,
        "verdict": verdict,
        "score": score,
        "max_score": 10.0,
        "checks": (make_check("shapes"), make_check("values")),
    }
    return Result(**fields | changes)


def write_assignment(root: Path, name: str, entry: str, points: float, *, gpu: bool = False) -> None:
    folder = root / name
    folder.mkdir(parents=True)
    (folder / "assignment.toml").write_text(
        f'title = "{name[3:].title()}"\nsummary = "For tests."\nprofile = "numpy"\nfilename = "{entry[:4]}.py"\n'
        f'points = {points}\ngpu = {str(gpu).lower()}\n\n[[entry]]\nname = "{entry}"\nsignature = "(x)"\n'
    )
    (folder / "statement.md").write_text("# A statement\n")
    (folder / "starter.py").write_text(f"def {entry}(x):\n    pass\n")
    (folder / "checks.py").write_text("")


@pytest.fixture(autouse=True)
def cheap_hashes(monkeypatch: pytest.MonkeyPatch) -> None:
    """Real argon2, at a cost that hundreds of tests can pay."""
    monkeypatch.setattr(accounts, "hasher", PasswordHasher(time_cost=1, memory_cost=256, parallelism=1))
    accounts._nobodys_hash.cache_clear()


@pytest.fixture(scope="session")
def assignments_root(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Folders that load like real ones; what they check matters to graders alone."""
    root = tmp_path_factory.mktemp("assignments")
    write_assignment(root, "04-conv-forward", "conv_forward", 10.0)
    write_assignment(root, "08-pooling", "pool_forward", 20.0)
    write_assignment(root, "17-triton", "conv_triton", 5.0, gpu=True)
    return root


@pytest.fixture
def assignments(assignments_root: Path) -> dict[str, Assignment]:
    return load_assignments(assignments_root)


@pytest.fixture
def conv(assignments: dict[str, Assignment]) -> Assignment:
    return assignments["04-conv-forward"]


@pytest.fixture
def settings(database_url: str, broker_url: str, tmp_path: Path, assignments_root: Path) -> Settings:
    return Settings(
        environment="testing",
        secret_key="not a secret, only a test",
        database_url=database_url,
        broker_url=broker_url,
        data=tmp_path / "data",
        assignments=assignments_root,
    )


def not_to_the_disk(connection: DBAPIConnection, _record: object) -> None:
    """SQLite without waiting for the disk, as the tests' PostgreSQL: what is lost with the power is in no such test."""
    if isinstance(connection, sqlite3.Connection):
        connection.execute("PRAGMA synchronous = OFF")


@pytest.fixture(scope="session")
def engine_of() -> Callable[[str], Engine]:
    """The engine of an address, for all tests: an engine of one's own compiles all statements anew, half of a test."""
    whole: dict[str, Engine] = {}

    def engine_of(url: str) -> Engine:
        if url not in whole:
            whole[url] = make_engine(url)
            event.listen(whole[url], "connect", not_to_the_disk)
        return whole[url].execution_options()  # what listens to this one hears nothing of the next

    return engine_of


@pytest.fixture
def engine(database_url: str, engine_of: Callable[[str], Engine]) -> Iterator[Engine]:
    engine = engine_of(database_url)
    yield engine
    engine.dispose()


@pytest.fixture
def sessions(engine: Engine) -> sessionmaker[Session]:
    """Sessions that send nothing."""
    return make_sessions(engine)


@pytest.fixture
def s(sessions: sessionmaker[Session]) -> Iterator[Session]:
    with sessions() as session:
        yield session


@pytest.fixture
def celery(settings: Settings) -> Iterator[Celery]:
    with make_celery(settings) as app:
        yield app


@pytest.fixture
def sending_sessions(engine: Engine, celery: Celery) -> sessionmaker[Session]:
    """Sessions that send their jobs to the broker when they commit."""
    sessions = make_sessions(engine)
    send_after_commit(sessions, celery)
    return sessions


@pytest.fixture
def course(s: Session) -> Course:
    course = courses.create_course(s, "cnn-2026", "Convolutional networks")
    s.commit()
    return course


@pytest.fixture
def student(s: Session, course: Course) -> Person:
    person = accounts.create_person(s, "100001", name="Ada")
    courses.enrol(s, course, person, EnrolmentRole.STUDENT)
    s.commit()
    return person


@pytest.fixture
def lecturer(s: Session, course: Course) -> Person:
    person = accounts.create_person(s, "lecturer")
    courses.enrol(s, course, person, EnrolmentRole.LECTURER)
    s.commit()
    return person


@pytest.fixture
def published(s: Session, course: Course, conv: Assignment) -> CourseAssignment:
    published = courses.publish(s, course, conv, opens_at=None, due_at=None, points=None)
    s.commit()
    return published


@pytest.fixture(name="make_check")
def make_check_fixture() -> Callable[..., CheckResult]:
    return make_check


@pytest.fixture(name="make_result")
def make_result_fixture() -> Callable[..., Result]:
    return make_result


@pytest.fixture(autouse=True)
def known_seeds(monkeypatch: pytest.MonkeyPatch) -> None:
    """Every submission and every timing has the seed of the made-up results, which are refused from any other."""
    for module in (submissions, timing):
        monkeypatch.setattr(module, "draw_seed", lambda: KNOWN_SEED)


@pytest.fixture
def own_seeds(known_seeds: None, monkeypatch: pytest.MonkeyPatch) -> None:
    """Seeds are drawn, as in earnest."""
    for module in (submissions, timing):
        monkeypatch.setattr(module, "draw_seed", draw_seed)


@pytest.fixture
def hand_in(s: Session, published: CourseAssignment, conv: Assignment, student: Person) -> Callable[..., Submission]:
    """Hands in a convolution for the student, or for another `person`, and commits."""

    def hand_in(now: datetime | None = None, person: Person = student, content: bytes = CONV) -> Submission:
        submission = submissions.submit(s, published, conv, person, "conv.py", content, now=now)
        s.commit()
        return submission

    return hand_in
