"""What a board's page shows: parts that follow what is timed, and what stands around them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from flask import abort, render_template, request, url_for

from grader.contract import Assignment, Benchmark
from server.board_forms import AliasForm
from server.context import db
from server.login import person
from server.models import Course, CourseAssignment, EnrolmentRole, TimingState, utcnow
from server.rendering.board_place import own_place
from server.rendering.board_rows import board_of, history_of, verified
from server.rendering.board_words import method_word
from server.rendering.timing_words import asks_again_in, first_words, queue_words
from server.services import board, board_audit, board_change, submissions
from server.services.board_standing import standing
from server.services.timing_wait import status, wait_of
from server.views.access import course_of, published_in, usable_assignment
from server.views.live_parts import Part, tag_of

DEVICES = {"cpu": "Processors", "gpu": "Graphics processors"}
NEWEST_SHOWN = 10
"""How many of one's own timings stand open; a fold has the earlier ones."""


@dataclass(frozen=True, slots=True)
class Place:
    """The board that a request is about, and who asks. `is_full` is whether a long one is wanted in full."""

    course: Course
    published: CourseAssignment
    assignment: Assignment
    benchmark: Benchmark
    is_staff: bool
    kind: str
    kinds: list[str]
    is_full: bool

    @property
    def factor(self) -> float:
        """What turns the grader's points into the course's."""
        return (self.published.points or self.assignment.points) / self.assignment.points

    def address(self, endpoint: str = "board.index", **more: str) -> str:
        """The address of this board."""
        return url_for(endpoint, slug=self.course.slug, name=self.assignment.id, device=self.kind, **more)


def place(slug: str, name: str) -> Place:
    """The board of a timed assignment. 404 where there is none, where it is not open, and for an unknown device."""
    course, role = course_of(slug)
    published = published_in(course, role, name)
    assignment = usable_assignment(published)
    is_staff = role is EnrolmentRole.LECTURER
    if assignment.benchmark is None or not (is_staff or published.opens_at is None or published.opens_at <= utcnow()):
        abort(404)
    default = "gpu" if assignment.gpu else "cpu"
    kinds = sorted({default, *board.device_kinds(db(), published)})
    kind = request.args.get("device", default)
    if kind not in kinds:
        abort(404)
    is_full = request.args.get("rows") == "all"
    return Place(course, published, assignment, assignment.benchmark, is_staff, kind, kinds, is_full)


def page(here: Place, form: AliasForm | None = None) -> str:
    """The whole page; `form` is the one for a name, as it was refused."""
    own = standing(db(), here.published, person())
    alias = own.name.alias if own.name else ""
    queue, results = _queue(here), _results(here)
    shown = _around(here) | queue | results
    return render_template(
        "board/index.html",
        reference=method_word(here.benchmark.reference),
        device_words=DEVICES,
        own=own,
        name_form=form or AliasForm(formdata=None, data={"alias": alias}),
        tags={"queue": tag_of(_drawn("queue", here, queue)), "results": _results_tag(here)},
        state_address=here.address("board.state", **({"rows": "all"} if here.is_full else {})),
        settled=is_settled(here),
        **shown,
    )


def parts(here: Place) -> dict[str, str | Part]:
    """The parts of the page that follow what is timed; the rows are drawn only where they have changed."""
    return {
        "queue": _drawn("queue", here, _queue(here)),
        "results": Part(_results_tag(here), lambda: _drawn("results", here, _results(here))),
    }


def later(here: Place) -> int:
    """By how many milliseconds a page that waits asks less often: the more comes first, the later."""
    run = None if here.is_staff else board_change.own_waiting(db(), here.published, person())
    return asks_again_in(wait_of(db(), run)) if run is not None else 0


def is_settled(here: Place) -> bool:
    """Whether nothing is to come that the reader waits for: for students of their own, for the staff of anybody."""
    if here.is_staff:
        return not board_change.waits(db(), here.published)
    return board_change.own_waiting(db(), here.published, person()) is None


def _drawn(name: str, here: Place, shown: dict[str, Any]) -> str:
    return render_template(f"board/{name}.html", **_around(here), **shown)


def _around(here: Place) -> dict[str, Any]:
    return {"here": here, "course": here.course, "published": here.published, "title": here.assignment.title}


def _queue(here: Place) -> dict[str, Any]:
    if not here.is_staff:
        run = board_change.own_waiting(db(), here.published, person())
        wait = wait_of(db(), run) if run is not None else None
        return {"own_run": run, "wait": wait, "wait_words": first_words(wait) if wait is not None else ""}
    runs, now = board_audit.unfinished(db(), here.published), utcnow()
    waiting = [run for run in runs if run.state is not TimingState.FAILED]
    queues = [status(db(), name, now) for name in sorted({run.queue for run in waiting})]
    return {
        "waiting": len(waiting),
        "queues": [(each, queue_words(each, now)) for each in queues],
        "failed": [run for run in runs if run.state is TimingState.FAILED],
    }


def _results_tag(here: Place) -> str:
    return tag_of(board_change.state_of(db(), here.published))


def _results(here: Place) -> dict[str, Any]:
    entries = board.entries(db(), here.published, here.assignment, person(), here.kind, is_staff=here.is_staff)
    drawn = board_of(entries, here.benchmark, in_full=here.is_full)
    repeated = board_audit.repeated(db(), here.published) if here.is_staff else []
    return {
        "devices": sorted({entry.device_name for entry in entries if entry.device_name}),
        "people": sum(not entry.is_method for entry in entries),
        "has_own": any(entry.is_own for entry in entries),
        "rows": drawn.rows,
        "left_out": drawn.left_out,
        "scale": drawn.scale,
        "place": own_place(entries, here.benchmark, here.factor),
        "repeated": [verified(pair) for pair in repeated],
        "newest_shown": NEWEST_SHOWN,
        **_history(here),
    }


def _history(here: Place) -> dict[str, Any]:
    """One's own timings on this kind of device, with the numbers that one's submissions have on the pages."""
    handed_in = submissions.history(db(), here.published, person())[::-1]
    numbers = {submission.id: number for number, submission in enumerate(handed_in, 1)}
    runs = [run for run in board.history(db(), here.published, person()) if run.device_kind == here.kind]
    steps, chart = history_of(runs, numbers, here.benchmark)
    return {"history": steps, "chart": chart}
