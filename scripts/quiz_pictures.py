"""The quiz pages of the demonstration for the documentation: composing, running, the hall, the results."""

from __future__ import annotations

import random
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from urllib.parse import urlsplit

from playwright.sync_api import Page
from sqlalchemy import select
from sqlalchemy.orm import Session

from server import demo, demo_quizzes
from server.database import make_engine, make_sessions
from server.models import Mode, Person, Quiz, QuizSession, utcnow
from server.services import accounts
from server.services.quizzes import answering, joining, scheduling, sessions
from server.services.quizzes.scheduling import Plan

NAMED = "http://stride.example.org/"
"""The address in the pictures: students' phones would not find `127.0.0.1`."""
PICTURES = ("quiz-bank.png", "quiz-composer.png", "quiz-session.png", "quiz-projector.png", "quiz-results.png")
HALL = {"width": 1280, "height": 720}
DESK = {"width": 1280, "height": 860}


def resolving(address: str) -> str:
    """What makes Chromium find the demonstration under its name in the pictures."""
    return f"--host-resolver-rules=MAP {urlsplit(NAMED).hostname} {urlsplit(address).netloc}"


def photograph_quizzes(
    lecturer: Page, database: str, out: Path, photograph: Callable[[Page, str, Path], Path]
) -> list[Path]:
    """Every picture, of a lecturer who is signed in; a session is begun for them, four minutes ago."""
    engine = make_engine(database)
    with make_sessions(engine).begin() as s:
        asked = s.scalars(select(Quiz).where(Quiz.title == demo_quizzes.ASKED)).one()
        coming = s.scalars(select(Quiz).where(Quiz.title == demo_quizzes.COMING)).one()
        # A demonstration that was photographed before has a second one, begun below.
        titled = select(QuizSession).where(QuizSession.title == demo_quizzes.ASKED).order_by(QuizSession.id).limit(1)
        over = s.scalars(titled).one()
        running = begin(s, asked)
        ids = (coming.id, running.id, over.id)
    engine.dispose()
    root, (composed, session, finished) = f"courses/{demo.SLUG}/quizzes", ids
    lecturer.set_viewport_size(DESK)
    paths = {
        "quiz-bank.png": f"courses/{demo.SLUG}/questions/",
        "quiz-composer.png": f"{root}/{composed}/",
        "quiz-session.png": f"{root}/sessions/{session}/",
        "quiz-results.png": f"{root}/sessions/{finished}/results/",
    }
    pictures = [photograph(lecturer, path, out / name) for name, path in paths.items()]
    lecturer.set_viewport_size(HALL)
    return [*pictures, photograph(lecturer, f"{root}/sessions/{session}/projector/", out / "quiz-projector.png")]


def begin(s: Session, quiz: Quiz) -> QuizSession:
    """A session under way: everybody is in, and each is as far as they are."""
    chance, now = random.Random("a session under way"), utcnow()  # noqa: S311 - decides nothing that is secret
    opens_at = now - timedelta(minutes=4)
    lecturer = accounts.person_by_number(s, demo.LECTURER[0])
    assert lecturer is not None
    plan = Plan("Quiz of week 3", Mode.TIMED, opens_at, opens_at + timedelta(minutes=10), 600)
    session = scheduling.schedule(s, quiz, plan, lecturer, now=opens_at - timedelta(days=1))
    for number in demo.STUDENTS:
        person = accounts.person_by_number(s, number)
        assert person is not None
        _answer_some(s, session, person, chance)
    sessions.extend_one(s, session, next(iter(demo.STUDENTS)), 150, lecturer, now=now)
    return session


def _answer_some(s: Session, session: QuizSession, person: Person, chance: random.Random) -> None:
    assert session.opens_at is not None
    device = f"demo-device-{person.number}"
    moment = session.opens_at - timedelta(seconds=chance.uniform(10, 200))
    participant = joining.join(s, session, joining.Asking(person.number, device, person), moment)
    far = chance.randint(1, len(participant.paper))
    changes = [
        answering.Change(
            participant=participant.id,
            device=device,
            question=place,
            picked=(chance.randrange(len(entry["order"])),) if entry["order"] else (),
            text="" if entry["order"] else "4",
            sequence=1,
            token=f"picture-{person.number}-{place}",
            arrived=session.opens_at + timedelta(seconds=(place + chance.random()) * 220 / far),
        )
        for place, entry in enumerate(participant.paper[:far])
    ]
    answering.record(s.connection(), changes)
