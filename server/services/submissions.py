"""Where a submission enters: checked, stored, and put in the outbox for a grader."""

from __future__ import annotations

import hashlib
import re
import secrets
from dataclasses import replace
from datetime import datetime, timedelta

from sqlalchemy import func, select
from sqlalchemy.orm import Session, selectinload

from grader.contract import (
    GRADE_CPU,
    GRADE_GPU,
    Assignment,
    HandedIn,
    Job,
    UploadRefused,
    Visibility,
    WeightsFile,
    read_handed_in,
)
from server.models import (
    Attempt,
    CheckRecord,
    CourseAssignment,
    EnrolmentRole,
    Person,
    State,
    Submission,
    SubmissionFile,
    Weights,
    utcnow,
)
from server.services import courses, outbox, weights
from server.services.errors import SubmissionRefused
from server.services.storable import storable_text

SEED_BITS = 53
MOST_WAITING = 3
QUEUE_LEASE = timedelta(seconds=30)
WAITING = (State.QUEUED, State.RUNNING)


def submit(
    s: Session,
    published: CourseAssignment,
    assignment: Assignment,
    person: Person,
    filename: str,
    content: bytes,
    *,
    beside: WeightsFile | None = None,
    keep: int | None = None,
    now: datetime | None = None,
) -> Submission:
    """Take in a Python file, a notebook or a zip. Raises SubmissionRefused, in words for the student, storing nothing.

    A trained network has its weights in the zip, in a file `beside` the code, or keeps those of the person's submission
    with the id `keep`. The submission is committed by the caller; only then is its job sent. A late one is graded and
    marked late.
    """
    now = now or utcnow()
    _check_door(s, published, person, now)
    kept = None if keep is None else _kept_weights(s, published, person, keep)
    handed_in = _read(content, filename, assignment, beside, keeps_weights=kept is not None)
    _check_waiting(s, published, person)
    submission = Submission(
        course_assignment=published,
        person=person,
        created_at=now,
        is_late=published.due_at is not None and now > published.due_at,
        seed=draw_seed(),
        queue=GRADE_GPU if assignment.gpu else GRADE_CPU,
        state=State.QUEUED,
        enqueued_at=now,
        lease_until=now + QUEUE_LEASE,
        notes=[storable_text(note) for note in handed_in.notes],
        weights=_weights(handed_in, assignment, kept),
        files=[_file(name, text) for name, text in (handed_in.files | handed_in.originals).items()],
        attempts=[Attempt(number=1, created_at=now)],
    )
    s.add(submission)
    s.flush()
    enqueue(s, submission)
    return submission


def draw_seed() -> int:
    """A secret seed, which JSON's readers keep exactly."""
    return secrets.randbits(SEED_BITS)


def enqueue(s: Session, submission: Submission) -> None:
    """Have the submission's present attempt sent to a grader once the transaction is committed."""
    held = submission.weights
    outbox.put(s, job_of(submission), submission.queue, None if held is None else held.id)


def job_of(submission: Submission) -> Job:
    """What a grader needs to know about a submission's present attempt, but for the weights, which go out with it."""
    return Job(
        submission=submission.id,
        attempt=submission.attempt,
        assignment=submission.course_assignment.assignment,
        files={file.name: file.content for file in submission.graded_files},
        seed=submission.seed,
    )


def get(s: Session, submission_id: int) -> Submission | None:
    """The submission with this id."""
    return s.get(Submission, submission_id) if 0 < submission_id < 2**31 else None


def queue_position(s: Session, submission: Submission) -> int:
    """How many submissions are graded before this one, itself included: 1 is next. 0 when it does not wait."""
    if submission.state is not State.QUEUED:
        return 0
    earlier = (Submission.enqueued_at < submission.enqueued_at) | (
        (Submission.enqueued_at == submission.enqueued_at) & (Submission.id < submission.id)
    )
    query = select(func.count()).where(Submission.state == State.QUEUED, Submission.queue == submission.queue, earlier)
    return 1 + (s.scalar(query) or 0)


def history(s: Session, published: CourseAssignment, person: Person) -> list[Submission]:
    """Everything that a person handed in for an assignment, the newest first."""
    query = (
        select(Submission)
        .where(Submission.course_assignment_id == published.id, Submission.person_id == person.id)
        .options(selectinload(Submission.files))
        .order_by(Submission.created_at.desc(), Submission.id.desc())
    )
    return list(s.scalars(query))


def current_attempt(s: Session, submission: Submission) -> Attempt | None:
    """The attempt that counts: the one under way, or the one whose result is shown."""
    return s.scalar(select(Attempt).where(Attempt.submission_id == submission.id, Attempt.number == submission.attempt))


def visible_checks(
    s: Session, submission: Submission, viewer_is_lecturer: bool, now: datetime | None = None
) -> list[CheckRecord]:
    """The checks of the attempt that counts, in order, without those that the viewer may not see (yet)."""
    query = (
        select(CheckRecord)
        .join(Attempt)
        .where(Attempt.submission_id == submission.id, Attempt.number == submission.attempt)
        .order_by(CheckRecord.position, CheckRecord.id)
    )
    due_at = submission.course_assignment.due_at
    shown = {Visibility.VISIBLE}
    if viewer_is_lecturer:
        shown = set(Visibility)
    elif due_at is not None and (now or utcnow()) > due_at:
        shown.add(Visibility.AFTER_DUE_DATE)
    return [check for check in s.scalars(query) if check.visibility in shown]


def clean_filename(filename: str, default: str) -> str:
    """A name that is safe in a path and can be imported: `my conv (1).ipynb` becomes `my_conv_1.py`."""
    stem = re.sub(r"\.(py|ipynb|zip)$", "", _shown(filename), flags=re.IGNORECASE)
    stem = re.sub(r"[^A-Za-z0-9_]+", "_", stem).strip("_")[:100]
    if not stem or stem[0].isdigit():
        stem = f"{default.removesuffix('.py')}_{stem}".strip("_")
    return f"{stem}.py"


def _shown(filename: str) -> str:
    """The name as the student knows it: without the folders that some browsers send, and printable."""
    name = re.split(r"[/\\]", filename)[-1]
    return "".join(letter for letter in name if letter.isprintable()).strip()[:120]


def _check_door(s: Session, published: CourseAssignment, person: Person, now: datetime) -> None:
    role = courses.role_in(s, published.course, person)
    if role is None:
        raise SubmissionRefused("You are not in this course, so you cannot hand in here.")
    if role is EnrolmentRole.LECTURER:
        return
    if not published.is_visible:
        raise SubmissionRefused("This assignment is not published.")
    if published.opens_at is not None and now < published.opens_at:
        raise SubmissionRefused(f"This assignment opens on {published.opens_at:%d %B %Y at %H:%M} UTC.")


def _read(
    content: bytes, filename: str, assignment: Assignment, beside: WeightsFile | None, *, keeps_weights: bool
) -> HandedIn:
    """What was handed in, with the files named as the student named them. Raises SubmissionRefused."""
    name = clean_filename(filename, assignment.filename)
    if beside is not None:
        beside = replace(beside, filename=_shown(beside.filename) or "The file of weights")
    try:
        return read_handed_in(
            content, _shown(filename) or name, assignment, name, weights=beside, keeps_weights=keeps_weights
        )
    except UploadRefused as refusal:
        raise SubmissionRefused(str(refusal)) from None


def _file(name: str, text: str) -> SubmissionFile:
    return SubmissionFile(name=name, content=text, sha256=hashlib.sha256(text.encode()).hexdigest())


def _weights(handed_in: HandedIn, assignment: Assignment, kept: Weights | None) -> Weights | None:
    """The weights that came, else those that are kept; none for an assignment that takes none."""
    if assignment.trained is None:
        return None
    return kept if handed_in.weights is None else weights.stored(handed_in.weights, assignment.trained.weights)


def _kept_weights(s: Session, published: CourseAssignment, person: Person, keep: int) -> Weights | None:
    earlier = get(s, keep)
    if earlier is None or (earlier.course_assignment_id, earlier.person_id) != (published.id, person.id):
        raise SubmissionRefused("The submission whose weights you want to keep is not one of yours here.")
    return earlier.weights


def _check_waiting(s: Session, published: CourseAssignment, person: Person) -> None:
    # The lock lets two uploads at once count each other.
    s.execute(select(Person.id).where(Person.id == person.id).with_for_update())
    waiting = s.scalar(
        select(func.count()).where(
            Submission.course_assignment_id == published.id,
            Submission.person_id == person.id,
            Submission.state.in_(WAITING),
            Submission.attempt - Submission.retries == 1,
        )
    )
    if waiting >= MOST_WAITING:
        raise SubmissionRefused(
            f"{waiting} of your submissions for this assignment are still being graded. "
            "Wait for one of them, see what it says, and hand in again."
        )
