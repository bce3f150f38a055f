"""Submissions, their files, and every attempt to grade them."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import JSON, BigInteger, Enum, ForeignKey, Index, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from server.models.base import Base, UtcDateTime, utcnow
from server.models.course import CourseAssignment
from server.models.person import Person
from server.models.weights import Weights, submission_weights


class State(StrEnum):
    """Where a submission stands. `FAILED` is ours (an internal error after every retry), never the student's."""

    QUEUED = "queued"
    RUNNING = "running"
    GRADED = "graded"
    REJECTED = "rejected"
    FAILED = "failed"


STATE = Enum(State, native_enum=False, length=16, values_callable=lambda states: [state.value for state in states])


class Submission(Base):
    """What a student handed in. `lease_until` is when the sweep takes a silent submission back (None once it ended).

    `attempt` is the number of the attempt that counts: the one under way, or the one whose result is shown. `retries`
    counts how often it was begun again since it was handed in or regraded, because a grader failed or fell silent.
    `flags` counts the places of its source that are worth the staff's look; students never see it. `notes` say what of
    the upload was left out.
    """

    __tablename__ = "submission"
    __table_args__ = (Index("ix_submission_state_lease", "state", "lease_until"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    course_assignment_id: Mapped[int] = mapped_column(ForeignKey("course_assignment.id"), index=True)
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"), index=True)
    created_at: Mapped[datetime] = mapped_column(UtcDateTime, default=utcnow)
    is_late: Mapped[bool] = mapped_column(default=False)
    seed: Mapped[int] = mapped_column(BigInteger)
    state: Mapped[State] = mapped_column(STATE, default=State.QUEUED)
    attempt: Mapped[int] = mapped_column(default=1)
    retries: Mapped[int] = mapped_column(default=0)
    queue: Mapped[str] = mapped_column(String(32))
    enqueued_at: Mapped[datetime] = mapped_column(UtcDateTime, default=utcnow, index=True)
    lease_until: Mapped[datetime | None] = mapped_column(UtcDateTime)
    graded_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    score: Mapped[float | None]
    max_score: Mapped[float | None]
    flags: Mapped[int] = mapped_column(default=0, server_default="0")
    notes: Mapped[list[str]] = mapped_column(JSON, default=list, server_default="[]")

    course_assignment: Mapped[CourseAssignment] = relationship()
    person: Mapped[Person] = relationship()
    files: Mapped[list[SubmissionFile]] = relationship(
        back_populates="submission", order_by="SubmissionFile.id", cascade="all, delete-orphan"
    )
    attempts: Mapped[list[Attempt]] = relationship(
        back_populates="submission", order_by="Attempt.number", cascade="all, delete-orphan"
    )
    weights: Mapped[Weights | None] = relationship(secondary=submission_weights)

    @property
    def graded_files(self) -> list[SubmissionFile]:
        """The Python that is graded, the file that is loaded first."""
        return [file for file in self.files if file.is_graded]


class SubmissionFile(Base):
    """One file of a submission, as text: Python that is graded, or the notebook that it was taken from."""

    __tablename__ = "submission_file"
    __table_args__ = (UniqueConstraint("submission_id", "name"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    submission_id: Mapped[int] = mapped_column(ForeignKey("submission.id"), index=True)
    name: Mapped[str] = mapped_column(String(120))
    content: Mapped[str] = mapped_column(Text)
    sha256: Mapped[str] = mapped_column(String(64))

    submission: Mapped[Submission] = relationship(back_populates="files")

    @property
    def is_graded(self) -> bool:
        """Whether a grader gets it."""
        return self.name.endswith(".py")


class Attempt(Base):
    """One grading of a submission. `result` is the grader's Result as it came; None until then.

    `running` is what the present check shows while it goes on (the contract's Running); None when it shows nothing.
    """

    __tablename__ = "attempt"
    __table_args__ = (UniqueConstraint("submission_id", "number"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    submission_id: Mapped[int] = mapped_column(ForeignKey("submission.id"), index=True)
    number: Mapped[int]
    created_at: Mapped[datetime] = mapped_column(UtcDateTime, default=utcnow)
    started_at: Mapped[datetime | None] = mapped_column(UtcDateTime, index=True)
    finished_at: Mapped[datetime | None] = mapped_column(UtcDateTime, index=True)
    checks_done: Mapped[int] = mapped_column(default=0)
    checks_total: Mapped[int] = mapped_column(default=0)
    verdict: Mapped[str | None] = mapped_column(String(20))
    score: Mapped[float | None]
    max_score: Mapped[float | None]
    version: Mapped[str | None] = mapped_column(String(16))
    result: Mapped[dict[str, Any] | None] = mapped_column(JSON(none_as_null=True))
    running: Mapped[dict[str, Any] | None] = mapped_column(JSON(none_as_null=True))

    submission: Mapped[Submission] = relationship(back_populates="attempts")
    checks: Mapped[list[CheckRecord]] = relationship(
        back_populates="attempt", order_by="CheckRecord.position", cascade="all, delete-orphan"
    )


class CheckRecord(Base):
    """One check of an attempt: written as the grader reports it, replaced by the result when that comes."""

    __tablename__ = "check_record"
    __table_args__ = (UniqueConstraint("attempt_id", "name"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    attempt_id: Mapped[int] = mapped_column(ForeignKey("attempt.id"), index=True)
    position: Mapped[int]
    name: Mapped[str] = mapped_column(String(200))
    title: Mapped[str] = mapped_column(String(300))
    points: Mapped[float]
    max_points: Mapped[float]
    status: Mapped[str] = mapped_column(String(16))
    visibility: Mapped[str] = mapped_column(String(20))
    message: Mapped[str] = mapped_column(Text)
    diagnosis: Mapped[str] = mapped_column(Text)
    counterexample: Mapped[dict[str, Any] | None] = mapped_column(JSON(none_as_null=True))
    seconds: Mapped[float]
    limit: Mapped[str] = mapped_column(String(20), default="", server_default="")
    figures: Mapped[list[dict[str, Any]]] = mapped_column(JSON, default=list, server_default="[]")

    attempt: Mapped[Attempt] = relationship(back_populates="checks")
