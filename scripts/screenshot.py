"""Take the pictures of the documentation: the demonstration course, really graded, in Chromium.

python -m scripts.screenshot [--out docs/images] [--graded N]: starts a Stride of its own in a temporary folder, waits
until enough submissions of the demonstration are graded and the board's are timed, hands a mistake in, and photographs
what people see. With --quizzes it takes the pictures of the quizzes alone, which wait for nobody. With --data it keeps
the demonstration in a folder, where the next run finds what was graded and timed.
"""

from __future__ import annotations

import os
import secrets
import shutil
import signal
import subprocess
import sys
import tempfile
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from socket import socket

import click
from playwright.sync_api import Browser, Page, ViewportSize, sync_playwright
from sqlalchemy import func, select

from grader.contract import load_assignments
from scripts.board_pictures import ASSIGNMENT, RACER, is_timed, photograph_boards, solutions
from scripts.quiz_pictures import NAMED, photograph_quizzes, resolving
from server import demo
from server.database import make_engine, make_sessions
from server.models import State, Submission

ROOT = Path(__file__).resolve().parent.parent
SCREEN: ViewportSize = {"width": 1280, "height": 860}
MISTAKE = "flips_kernel.py"
LARGEST = 300_000
START_SECONDS = 120.0
GRADE_SECONDS = 900.0
TIME_SECONDS = 2400.0
POLL_SECONDS = 0.5
QUIET = [
    "--no-sandbox",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--no-first-run",
]


@dataclass(frozen=True, slots=True)
class Stage:
    """A running demonstration: its address and its data."""

    address: str
    data: Path

    @property
    def database(self) -> str:
        """The address of its database."""
        return f"sqlite:///{self.data / 'stride.db'}"


@click.command()
@click.option("--out", type=click.Path(path_type=Path, file_okay=False), default=ROOT / "docs" / "images")
@click.option("--graded", default=36, show_default=True, help="Begin when so many submissions are graded.")
@click.option("--quizzes", is_flag=True, help="Only the pictures of the quizzes.")
@click.option("--data", type=click.Path(path_type=Path, file_okay=False), help="Keep the demonstration in this folder.")
def main(out: Path, graded: int, quizzes: bool, data: Path | None) -> None:
    """Write submission*.png, assignment.png, gradebook.png, phone.png, board*.png and quiz-*.png."""
    chromium = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
    if chromium is None:
        raise click.ClickException("Chromium is missing: install the package chromium.")
    # What is started here must end with a `kill`, too.
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(1))
    out.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(prefix="stride-screenshot-") as folder, running(data or Path(folder)) as stage:
        click.echo(f"The demonstration runs at {stage.address}; waiting for its students to be graded.", err=True)
        wait_for_students(stage, 0 if quizzes else graded)
        with sync_playwright() as playwright:
            browser = playwright.chromium.launch(executable_path=chromium, args=[*QUIET, resolving(stage.address)])
            pictures = [] if quizzes else take_pictures(browser, stage, out)
            lecturer = sign_in(browser, NAMED, demo.LECTURER[0], demo.LECTURER_PASSWORD)
            pictures += photograph_quizzes(lecturer, stage.database, out, photograph)
            browser.close()
    for picture in pictures:
        click.echo(f"{picture}  {picture.stat().st_size // 1024} KiB")
    too_large = [picture.name for picture in pictures if picture.stat().st_size > LARGEST]
    if too_large:
        raise click.ClickException(f"More than {LARGEST // 1000} kB: {', '.join(too_large)}")


@contextmanager
def running(folder: Path) -> Iterator[Stage]:
    """`stride demo` on a free port, ended at the end."""
    with socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    folder.mkdir(parents=True, exist_ok=True)
    stage = Stage(f"http://127.0.0.1:{port}/", folder / "data")
    ours = {name: value for name, value in os.environ.items() if name not in {"DATABASE_URL", "BROKER_URL"}}
    environment = ours | {
        "STRIDE_ENV": "development",
        "STRIDE_DATA": str(stage.data),
        "STRIDE_ASSIGNMENTS": str(ROOT / "assignments"),
        "STRIDE_SECRET_KEY": secrets.token_urlsafe(48),
    }
    log = folder / "demo.log"
    with log.open("w") as out:
        command = [str(Path(sys.executable).with_name("stride")), "demo", "--port", str(port)]
        process = subprocess.Popen(command, env=environment, stdout=out, stderr=out)
    try:
        wait(lambda: answers(stage.address), START_SECONDS, lambda: f"The demonstration did not start:\n{tail(log)}")
        yield stage
    finally:
        process.send_signal(signal.SIGINT)
        process.wait()


def answers(address: str) -> bool:
    """Whether the pages are served."""
    try:
        with urllib.request.urlopen(f"{address}healthz", timeout=5):  # noqa: S310 - our own address
            return True
    except (OSError, urllib.error.URLError):
        return False


def tail(log: Path) -> str:
    """The end of a log."""
    return "\n".join(log.read_text(encoding="utf-8", errors="replace").splitlines()[-12:])


def wait_for_students(stage: Stage, graded: int) -> None:
    """Wait until so many submissions of the demonstration are graded, or all that there will be."""
    wanted = min(graded, len(demo.plan(load_assignments(ROOT / "assignments"))))
    engine = make_engine(stage.database)
    sessions = make_sessions(engine)

    def enough() -> bool:
        with sessions() as s:
            count = s.scalar(select(func.count()).where(Submission.state == State.GRADED)) or 0
        return count >= wanted

    try:
        wait(enough, GRADE_SECONDS, lambda: "The demonstration's submissions were not graded in time.")
    finally:
        engine.dispose()


def wait(holds: Callable[[], bool], seconds: float, complaint: Callable[[], str]) -> None:
    """Wait until something holds. Raises ClickException with the complaint when it takes too long."""
    deadline = time.monotonic() + seconds
    while not holds():
        if time.monotonic() > deadline:
            raise click.ClickException(complaint())
        time.sleep(POLL_SECONDS)


def take_pictures(browser: Browser, stage: Stage, out: Path) -> list[Path]:
    """Every picture but the quizzes', in the order of its making."""
    student = sign_in(browser, stage.address, next(iter(demo.STUDENTS)), demo.STUDENT_PASSWORD)
    lecturer = sign_in(browser, stage.address, demo.LECTURER[0], demo.LECTURER_PASSWORD)
    racer = sign_in(browser, stage.address, RACER, demo.STUDENT_PASSWORD)
    for solution in solutions(ROOT / "assignments"):
        hand_in(racer, stage.address, solution)
    wait(lambda: is_timed(stage.database), TIME_SECONDS, lambda: "The board's submissions were not timed in time.")
    pictures = photograph_boards(racer, lecturer, out, photograph)
    lecturer.set_viewport_size(SCREEN)
    pictures.append(photograph(student, f"courses/{demo.SLUG}/assignments/{ASSIGNMENT}/", out / "assignment.png"))
    work = hand_in(student, stage.address, ROOT / "assignments" / ASSIGNMENT / "submissions" / "wrong" / MISTAKE)
    pictures.append(photograph(student, work, out / "submission.png"))
    student.emulate_media(color_scheme="dark")
    pictures.append(photograph(student, work, out / "submission-dark.png"))
    student.emulate_media(color_scheme="light")
    student.set_viewport_size({"width": 390, "height": 844})
    pictures.append(photograph(student, work, out / "phone.png"))
    pictures.append(photograph(lecturer, f"courses/{demo.SLUG}/gradebook", out / "gradebook.png"))
    return pictures


def sign_in(browser: Browser, address: str, number: str, password: str) -> Page:
    """A page of a browser in which that person has signed in."""
    page = browser.new_context(base_url=address, viewport=SCREEN).new_page()
    page.goto("sign-in")
    page.get_by_label("Student number").fill(number)
    page.get_by_label("Password", exact=True).fill(password)
    page.get_by_role("button", name="Sign in", exact=True).click()
    page.wait_for_url(address)
    return page


def hand_in(page: Page, address: str, path: Path) -> str:
    """Upload a solution and wait until its checks are done; the path of its page."""
    file = {"name": "conv.py", "mimeType": "text/x-python", "buffer": path.read_bytes()}
    page.goto(f"courses/{demo.SLUG}/assignments/{ASSIGNMENT}/")
    page.get_by_label("Your conv.py").set_input_files([file])  # type: ignore[list-item]
    page.get_by_role("button", name="Hand in the file").click()
    page.wait_for_url("**/submissions/*/")
    page.locator("#live[data-done=true]").wait_for(timeout=GRADE_SECONDS * 1000)
    return page.url.removeprefix(address)


def photograph(page: Page, path: str, file: Path) -> Path:
    """What the screen shows of a page, without a cursor or a half-drawn font."""
    page.goto(path)
    page.evaluate("document.fonts.ready")
    page.screenshot(path=file, animations="disabled")
    return file


if __name__ == "__main__":
    main()
