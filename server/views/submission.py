"""A submission: its state while it is graded, its score, what is wrong, and its source."""

from __future__ import annotations

import hashlib
import json
from collections import Counter
from typing import Any

from flask import Blueprint, Response, abort, flash, jsonify, make_response, redirect, render_template, request, url_for
from flask_login import login_required

from grader.contract import Model, Status
from server.context import catalogue, db
from server.login import person
from server.models import Attempt, CheckRecord, EnrolmentRole, State, Submission
from server.rendering.announcement import announcement
from server.rendering.board_speed import Speed, speed_of, spoken
from server.rendering.board_speed import summary as speed_summary
from server.rendering.bundle import bundle
from server.rendering.places import Places
from server.rendering.source import listing
from server.rendering.timing_words import asks_again_in, first_words
from server.services import grading, score, submissions, timing, timing_queue
from server.services.errors import Refused
from server.services.submissions import WAITING
from server.services.timing_wait import Wait, wait_of
from server.views.access import submission_of

pages = Blueprint("submission", __name__, url_prefix="/submissions/<int:submission_id>")


@pages.get("/")
@login_required
def index(submission_id: int) -> str:
    """The submission's page."""
    submission, role = submission_of(submission_id)
    published = submission.course_assignment
    return render_template(
        "submission/index.html",
        **_live(submission, role),
        assignment=catalogue().get(published.assignment),
        published=published,
        course=published.course,
        listings=[listing(file.name, file.content, place) for place, file in enumerate(submission.graded_files)],
        notebook=next((file for file in submission.files if not file.is_graded), None),
        history=submissions.history(db(), published, submission.person),
        staff=_staff_detail(submission) if role is EnrolmentRole.LECTURER else None,
    )


@pages.get("/state")
@login_required
def state(submission_id: int) -> Response:
    """What changes while a submission is graded: the fragment of the page, unless the reader has seen it."""
    submission, role = submission_of(submission_id)
    live = _live(submission, role)
    answer = {
        "version": live["version"],
        "done": not live["waiting"],
        "settled": live["settled"],
        "timing": speed_summary(live["speed"]),
        "later": asks_again_in(live["wait"]),
    }
    if request.args.get("seen") != live["version"]:
        answer |= {
            "html": render_template("submission/live.html", **live),
            "history": _history(submission),
            "announcement": _announcement(submission, live),
            "title": render_template("submission/title.txt", **live).strip(),
        }
    return jsonify(answer)


@pages.get("/files/<name>")
@login_required
def file(submission_id: int, name: str) -> Response:
    """One submitted file, as a download."""
    submission, _ = submission_of(submission_id)
    found = next((each for each in submission.files if each.name == name), None)
    if found is None:
        abort(404)
    # Names are cleaned to letters, digits and underscores when they are stored.
    return _download(found.content, "text/x-python" if found.is_graded else "application/x-ipynb+json", found.name)


@pages.get("/weights")
@login_required
def weights_file(submission_id: int) -> Response:
    """The weights of a trained network, as they were handed in."""
    submission, _ = submission_of(submission_id)
    if submission.weights is None:
        abort(404)
    # Its name is the assignment's, which is plain letters.
    return _download(submission.weights.content, "application/octet-stream", submission.weights.name)


@pages.get("/files.zip")
@login_required
def files(submission_id: int) -> Response:
    """All of its files, as one download."""
    submission, _ = submission_of(submission_id)
    return _download(bundle(submission.files, submission.weights), "application/zip", f"submission-{submission.id}.zip")


@pages.post("/regrade")
@login_required
def regrade(submission_id: int) -> Response:
    """Grade the submission again, for lecturers."""
    submission, role = submission_of(submission_id)
    if role is not EnrolmentRole.LECTURER:
        abort(404)
    try:
        grading.regrade(db(), submission)
    except Refused as refusal:
        db().rollback()
        flash(refusal.message, "warning")
    else:
        db().commit()
        flash("The submission is graded again. Its score so far counts until the new one is there.")
    return redirect(url_for("submission.index", submission_id=submission_id), 303)


@pages.post("/timing")
@login_required
def time_first(submission_id: int) -> Response:
    """Have the submission timed before the other ones of its student."""
    submission, _ = submission_of(submission_id)
    runs = timing.for_submission(db(), submission)
    if not runs:
        abort(404)
    try:
        timing_queue.prefer(db(), runs[0])
    except Refused as refusal:
        db().rollback()
        flash(refusal.message, "warning")
    else:
        db().commit()
        flash("It is timed before the other submissions that wait.", "success")
    return redirect(url_for("submission.index", submission_id=submission_id, _anchor="speed"), 303)


def _download(content: str | bytes, mimetype: str, name: str) -> Response:
    response = make_response(content)
    response.mimetype = mimetype
    response.headers["Content-Disposition"] = f'attachment; filename="{name}"'
    return response


def _announcement(submission: Submission, live: dict[str, Any]) -> str:
    """What a screen reader is told: the checks' result, and what has become of the timing."""
    told = announcement(submission, live["position"], len(live["wrong"]), live["shown"])
    speed = live["speed"]
    return told if speed is None or live["waiting"] else f"{told} {spoken(speed)}".strip()


def _history(submission: Submission) -> str:
    published = submission.course_assignment
    handed_in = submissions.history(db(), published, submission.person)
    return render_template("assignment/history.html", published=published, handed_in=handed_in, here=submission.id)


def _live(submission: Submission, role: EnrolmentRole) -> dict[str, Any]:
    """What the live part of the page shows."""
    is_lecturer = role is EnrolmentRole.LECTURER
    attempt = submissions.current_attempt(db(), submission)
    checks = submissions.visible_checks(db(), submission, is_lecturer)
    position = submissions.queue_position(db(), submission)
    done = attempt.checks_done if attempt else 0
    places = Places(submission.graded_files)
    speed, wait = _speed(submission)
    published = submission.course_assignment
    return {
        "submission": submission,
        "attempt": attempt,
        "role": role,
        "is_lecturer": is_lecturer,
        "is_own": submission.person_id == person().id,
        "waiting": submission.state in WAITING,
        "position": position,
        "factor": _factor(submission),
        "wrong": [check for check in checks if check.status not in (Status.PASSED, Status.SKIPPED)],
        "right": [check for check in checks if check.status == Status.PASSED],
        "skipped": [check for check in checks if check.status == Status.SKIPPED],
        "causes": Counter(check.diagnosis for check in checks),
        "shown": len(checks),
        "unseen": _unseen(submission, attempt, checks),
        "output": _output(submission, attempt),
        "model": _model(submission, attempt),
        "flags": _flags(attempt, places) if is_lecturer and submission.state not in WAITING else [],
        "places": places,
        "speed": speed,
        "wait": wait,
        "wait_words": first_words(wait) if wait else "",
        "board_address": url_for("board.index", slug=published.course.slug, name=published.assignment),
        "settled": submission.state not in WAITING and not (speed and speed.is_waiting),
        "version": _version(submission, done, position, len(checks), attempt, speed, wait),
    }


def _version(
    submission: Submission,
    done: int,
    position: int,
    shown: int,
    attempt: Attempt | None,
    speed: Speed | None,
    wait: Wait | None,
) -> str:
    """A short text that changes whenever the live part of the page does."""
    parts = [submission.attempt, submission.state, done, position, shown, _growth(attempt)]
    if speed is not None:
        parts.append(speed.version)
    if wait is not None:
        parts += [wait.minutes, wait.newer, wait.is_silent]
    return ".".join(map(str, parts))


def _speed(submission: Submission) -> tuple[Speed | None, Wait | None]:
    """How fast it is, None for an assignment that times nothing; and what its timing waits for, where it does."""
    assignment = catalogue().get(submission.course_assignment.assignment)
    if assignment is None or assignment.benchmark is None:
        return None, None
    attempt = score.counting_attempt(db(), submission)
    # A regrade can find that what was timed does not pass every check: its timings then count no longer.
    runs = timing.for_submission(db(), submission) if attempt and score.has_passed(db(), attempt) else []
    wait = wait_of(db(), runs[0]) if runs else None
    position = wait.before + 1 if wait else int(bool(runs) and runs[0].state in timing.WAITING)
    given = (submission.score or 0.0) - ((attempt and attempt.score) or 0.0)
    return speed_of(runs, assignment.benchmark, position, _factor(submission), given), wait


def _growth(attempt: Attempt | None) -> str:
    """A short word for what the running check shows so far: another one whenever that changes."""
    if attempt is None or attempt.running is None:
        return "0"
    return hashlib.sha256(json.dumps(attempt.running, sort_keys=True).encode()).hexdigest()[:12]


def _factor(submission: Submission) -> float:
    """What turns the grader's points into the course's."""
    points = submission.course_assignment.points
    attempt_points = submission.max_score
    if attempt_points is None:
        assignment = catalogue().get(submission.course_assignment.assignment)
        attempt_points = assignment.points if assignment else None
    return points / attempt_points if points and attempt_points else 1.0


def _unseen(submission: Submission, attempt: Attempt | None, checks: list[CheckRecord]) -> int:
    """How many checks counted that this viewer is not shown."""
    if attempt is None or submission.state is not State.GRADED:
        return 0
    return max(0, attempt.checks_total - len(checks))


def _flags(attempt: Attempt | None, places: Places) -> list[dict[str, str | None]]:
    """What is worth the staff's look, each with the words for its place and the row that they lead to."""
    return [
        {
            "where": places.in_words(flag.file, flag.line),
            "anchor": places.anchor(flag.file, flag.line),
            "message": flag.message,
        }
        for flag in grading.flags(attempt)
    ]


def _model(submission: Submission, attempt: Attempt | None) -> Model | None:
    """What a trained network was measured to be."""
    found = attempt.result.get("model") if attempt is not None and attempt.result is not None else None
    return Model.from_dict(found) if found and submission.state not in WAITING else None


def _output(submission: Submission, attempt: Attempt | None) -> str:
    if attempt is None or attempt.result is None or submission.state in WAITING:
        return ""
    return str(attempt.result.get("stdout") or "")


def _staff_detail(submission: Submission) -> list[dict[str, Any]]:
    """Every attempt, with what the grader said about itself."""
    return [
        {
            "attempt": attempt,
            "note": grading.staff_note(attempt),
            "worker": (attempt.result or {}).get("worker") or {},
            "timings": (attempt.result or {}).get("timings") or {},
        }
        for attempt in submission.attempts
    ]
