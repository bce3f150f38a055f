"""The whole platform as `stride up` runs it, and Chromium in front of it."""

from __future__ import annotations

import os
import shutil
import signal
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from itertools import count
from pathlib import Path

import pytest
from playwright.sync_api import Browser, BrowserContext, ConsoleMessage, Page, sync_playwright
from sqlalchemy import select
from sqlalchemy.orm import Session, sessionmaker

from grader.contract import load_assignment
from server.database import make_engine, make_sessions, migrate
from server.models import Course, EnrolmentRole, Mode, Person
from server.services import accounts, courses
from tests.browser.quiz_sitting import PHONE, Sitting
from tests.server import quiz_parts as parts

ROOT = Path(__file__).resolve().parents[2]
CONV = ROOT / "assignments" / "04-conv-forward"
PASSWORD = "correct horse battery"
PATIENCE = 60
QUIET = [
    "--no-sandbox",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--no-first-run",
]
NUMBERS = count(500_001)


@dataclass
class Installation:
    """A running platform with one course, and a way into its database."""

    url: str
    sessions: sessionmaker[Session]
    data: Path
    lecturer: str = "lecturer"

    def student(self, name: str | None = None) -> str:
        """The number of a new student: every test has its own."""
        number = str(next(NUMBERS))
        with self.sessions.begin() as s:
            self._enrol(s, number, EnrolmentRole.STUDENT, name)
        return number

    def _enrol(self, s: Session, number: str, role: EnrolmentRole, name: str | None = None) -> Person:
        person = accounts.create_person(s, number, name=name)
        accounts.set_password(s, person, PASSWORD)
        course = courses.course_by_slug(s, "cnn-2026")
        assert course is not None
        courses.enrol(s, course, person, role)
        return person

    def seed(self, assignment: Path) -> None:
        """One course, its lecturer, and one assignment."""
        with self.sessions.begin() as s:
            course = courses.create_course(s, "cnn-2026", "Convolutional networks")
            courses.publish(s, course, load_assignment(assignment), opens_at=None, due_at=None, points=None)
            s.flush()
            self._enrol(s, self.lecturer, EnrolmentRole.LECTURER)


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


@pytest.fixture(scope="module")
def published() -> Path:
    """The folder of the assignment that the course has; a file of tests may have one of its own."""
    return CONV


@pytest.fixture(scope="module")
def installation(tmp_path_factory: pytest.TempPathFactory, published: Path) -> Iterator[Installation]:
    """Started once a file: web process, server worker and grader, embedded, on a free port."""
    data, port = tmp_path_factory.mktemp("installation"), free_port()
    database = f"sqlite:///{data / 'stride.db'}"
    engine = make_engine(database)
    migrate(engine)
    installation = Installation(f"http://127.0.0.1:{port}", make_sessions(engine), data)
    installation.seed(published)
    environment = os.environ | {
        "STRIDE_ENV": "testing",
        "STRIDE_SECRET_KEY": "not a secret, only a test",
        "STRIDE_DATA": str(data),
        "STRIDE_ASSIGNMENTS": str(published.parent),
        "DATABASE_URL": database,
        "BROKER_URL": "filesystem://",
    }
    command = [str(Path(sys.executable).with_name("stride")), "up", "--port", str(port), "--workers", "1"]
    log = data / "up.log"
    with log.open("w") as out:
        process = subprocess.Popen([*command, "--graders", "1"], env=environment, stdout=out, stderr=out)
    try:
        until_it_answers(f"{installation.url}/healthz", process, log)
        yield installation
    finally:
        process.send_signal(signal.SIGINT)
        process.wait(PATIENCE)
        engine.dispose()


def until_it_answers(url: str, process: subprocess.Popen, log: Path) -> None:
    deadline = time.monotonic() + PATIENCE
    while process.poll() is None and time.monotonic() < deadline:
        try:
            with urllib.request.urlopen(url, timeout=5):
                return
        except OSError:
            time.sleep(0.1)
    pytest.fail(f"the platform did not start:\n{log.read_text()[-3000:]}")


@pytest.fixture(scope="module")
def chromium() -> Iterator[Browser]:
    program = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
    if program is None:
        if os.environ.get("CI"):
            pytest.fail("chromium is not installed")
        pytest.skip("chromium is not installed")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=program, args=QUIET)
        yield browser
        browser.close()


@dataclass
class Complaints:
    """What the browser complained about: script errors, refused content, failed requests."""

    seen: list[str] = field(default_factory=list)
    expected: tuple[str, ...] = ()

    def hear(self, message: ConsoleMessage) -> None:
        if message.type in {"error", "warning"}:
            self.seen.append(message.text)

    @property
    def unexpected(self) -> list[str]:
        return [text for text in self.seen if not any(words in text for words in self.expected)]


@pytest.fixture
def complaints() -> Complaints:
    return Complaints()


@pytest.fixture
def open_page(chromium: Browser, installation: Installation, complaints: Complaints) -> Iterator[Callable[..., Page]]:
    """A new browser with its own cookies, at the sign-in page or signed in as `number`."""
    contexts: list[BrowserContext] = []

    def open_page(number: str | None = None, width: int = 1280, **options) -> Page:
        context = chromium.new_context(
            base_url=installation.url, viewport={"width": width, "height": 800}, accept_downloads=True, **options
        )
        contexts.append(context)
        context.set_default_timeout(PATIENCE * 1000)
        page = context.new_page()
        page.on("console", complaints.hear)
        page.on("pageerror", lambda error: complaints.seen.append(str(error)))
        page.goto("/sign-in")
        if number is not None:
            page.get_by_label("Student number").fill(number)
            page.get_by_label("Password", exact=True).fill(PASSWORD)
            page.get_by_role("button", name="Sign in", exact=True).click()
            page.wait_for_url(f"{installation.url}/")
        return page

    yield open_page
    for context in contexts:
        context.close()
    assert complaints.unexpected == [], "the browser's console must stay empty"


@pytest.fixture
def hand_in() -> Callable[[Page, Path], None]:
    """Uploads a file from the first page on, as a student does, and waits for the submission's page."""

    def hand_in(page: Page, file: Path) -> None:
        page.goto("/")
        page.get_by_role("link", name="Conv2d forward", exact=True).click()
        page.get_by_label("Your conv.py").set_input_files(file)
        page.get_by_role("button", name="Hand in the file").click()
        page.wait_for_url("**/submissions/*/")

    return hand_in


@pytest.fixture
def until_graded() -> Callable[[Page], None]:
    def until_graded(page: Page) -> None:
        page.locator("#live[data-done=true]").wait_for()

    return until_graded


@pytest.fixture
def solution() -> Path:
    """A submission that solves the convolution."""
    return CONV / "submissions" / "accepted" / "im2col.py"


@pytest.fixture
def mistake() -> Path:
    """A submission with a mistake that the assignment knows."""
    return CONV / "submissions" / "wrong" / "ignores_pad.py"


@pytest.fixture
def slow(tmp_path: Path) -> Callable[[Path], Path]:
    """The same submission, but its first calls take a while: there is something to watch."""

    def slow(file: Path) -> Path:
        path = tmp_path / "slow_conv.py"
        wrapper = (
            "\n\nimport time\n\n_quick, _pauses = conv_forward, [0.25] * 12\n\n\n"
            "def conv_forward(*arguments):\n    time.sleep(_pauses.pop() if _pauses else 0)\n"
            "    return _quick(*arguments)\n"
        )
        path.write_text(file.read_text() + wrapper)
        return path

    return slow


@pytest.fixture
def sitting(installation) -> Callable[..., Sitting]:
    """Makes sessions of four questions: one choice, several, true or false, a number, in this order."""

    def sitting(mode: Mode = Mode.TIMED, **columns: object) -> Sitting:
        with installation.sessions.begin() as s:
            course = s.scalars(select(Course).where(Course.slug == "cnn-2026")).one()
            kinds = [parts.single(), parts.multiple(), parts.true_false(), parts.numeric()]
            quiz = parts.make_quiz(s, course, kinds)
            session = parts.make_session(s, quiz, mode, **{"shuffles_questions": False} | columns)
            return Sitting(installation, session.id, session.code)

    return sitting


@pytest.fixture
def join(open_page, installation) -> Callable[..., tuple[Page, str]]:
    """Opens a phone, types code and number, and gives the page and the number."""

    def join(sitting: Sitting, number: str | None = None, **options: object) -> tuple[Page, str]:
        page = open_page(width=options.pop("width", PHONE), **options)
        page.goto(f"/q/{sitting.code}")
        number = number or installation.student("Ada Lovelace")
        page.get_by_label("Student number").fill(number)
        page.get_by_role("button", name="Join").click()
        return page, number

    return join


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    here = Path(__file__).parent
    for item in items:
        if here in item.path.parents:
            item.add_marker(pytest.mark.browser)
