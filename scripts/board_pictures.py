"""The boards of the demonstration for the documentation: a student's board, and the audit of a timing."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from playwright.sync_api import Page
from sqlalchemy import func, select

from server import demo
from server.database import make_engine, make_sessions
from server.models import CourseAssignment, TimingRun, TimingState

ASSIGNMENT = "04-conv-forward"
RACER = list(demo.STUDENTS)[4]
"""The student whose place is photographed: somewhere in the middle, with a rank and a tier ahead."""
OWN = ("shift_and_add", "im2col_indices", "windows_tensordot")
"""The accepted solutions that they hand in, one better than the other."""
WAITING = (TimingState.QUEUED, TimingState.RUNNING)
TALL = {"width": 1280, "height": 1080}


def is_timed(database: str) -> bool:
    """Whether everything of the assignment that was handed in is timed."""
    engine = make_engine(database)
    with make_sessions(engine)() as s:
        ours = select(TimingRun.state, func.count()).join(CourseAssignment).group_by(TimingRun.state)
        counts = dict(s.execute(ours.where(CourseAssignment.assignment == ASSIGNMENT)).tuples().all())
    engine.dispose()
    return bool(counts) and not any(counts.get(state) for state in WAITING)


def photograph_boards(
    student: Page, lecturer: Page, out: Path, photograph: Callable[[Page, str, Path], Path]
) -> list[Path]:
    """Every picture, of people who are signed in."""
    board = f"courses/{demo.SLUG}/assignments/{ASSIGNMENT}/board/"
    for page in (student, lecturer):
        page.set_viewport_size(TALL)
    own = photograph(student, board, out / "board.png")
    lecturer.goto(board)
    audit = lecturer.locator("tr", has=lecturer.get_by_text("known method")).get_by_role("link", name="Audit").first
    path = audit.get_attribute("href")
    assert path is not None
    return [own, photograph(lecturer, path.lstrip("/"), out / "board-audit.png")]


def solutions(root: Path) -> list[Path]:
    """The files that the photographed student hands in, in order."""
    return [root / ASSIGNMENT / "submissions" / "accepted" / f"{name}.py" for name in OWN]
