"""Timings of submissions and of known methods, and how people stand on the boards that show them."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import JSON, BigInteger, Enum, ForeignKey, Index, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from server.models.base import Base, UtcDateTime, utcnow
from server.models.course import CourseAssignment
from server.models.person import Person
from server.models.submission import Submission


class TimingState(StrEnum):
    """Where a run stands. `FAILED` is ours (an internal error after every retry); one that was refused is `DONE`."""

    QUEUED = "queued"
    RUNNING = "running"
    DONE = "done"
    FAILED = "failed"


class TimingReason(StrEnum):
    """Why a run was asked for: the checks have passed, the staff want it measured again, or it is a known method."""

    SUBMISSION = "submission"
    VERIFICATION = "verification"
    METHOD = "method"


class TimingRun(Base):
    """One timing of a submission, or of a known method.

    `method` is the name of the sample that is timed and `source` its text; both are empty for a submission. `seed` is
    secret. `version` is that of the assignment's folder: the one that the checks had, until a result says which it was.
    `patience` is the seconds after which a run that was begun has ended or is lost; `attempt` and `retries` are as
    those of a submission. A run that is queued without a `lease_until` is held back: it may be sent from `enqueued_at`
    on, which is afterwards the time when it was sent. `wanted_at` is when somebody asked that it be timed before the
    person's other ones. `begun_at` and `worker` say when and by whom the present attempt was begun. `ratio` is the
    reference's time over the run's own, `low` to `high` its interval with 95 % confidence. `result` is the grader's
    Timing as it came.
    """

    __tablename__ = "timing_run"
    __table_args__ = (
        Index("ix_timing_run_state_lease", "state", "lease_until"),
        Index("ix_timing_run_queue_finished", "queue", "finished_at"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    course_assignment_id: Mapped[int] = mapped_column(ForeignKey("course_assignment.id"), index=True)
    submission_id: Mapped[int | None] = mapped_column(ForeignKey("submission.id"), index=True)
    method: Mapped[str] = mapped_column(String(80), default="")
    source: Mapped[str] = mapped_column(Text, default="", deferred=True)
    reason: Mapped[TimingReason] = mapped_column(
        Enum(
            TimingReason, native_enum=False, length=16, values_callable=lambda reasons: [each.value for each in reasons]
        )
    )
    requested_by_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    seed: Mapped[int] = mapped_column(BigInteger)
    queue: Mapped[str] = mapped_column(String(32))
    state: Mapped[TimingState] = mapped_column(
        Enum(TimingState, native_enum=False, length=16, values_callable=lambda states: [each.value for each in states]),
        default=TimingState.QUEUED,
    )
    attempt: Mapped[int] = mapped_column(default=1)
    retries: Mapped[int] = mapped_column(default=0)
    patience: Mapped[float]
    created_at: Mapped[datetime] = mapped_column(UtcDateTime, default=utcnow)
    wanted_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    enqueued_at: Mapped[datetime] = mapped_column(UtcDateTime, default=utcnow)
    begun_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    worker: Mapped[str] = mapped_column(String(200), default="", server_default="")
    lease_until: Mapped[datetime | None] = mapped_column(UtcDateTime)
    finished_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    outcome: Mapped[str | None] = mapped_column(String(20))
    ratio: Mapped[float | None]
    low: Mapped[float | None]
    high: Mapped[float | None]
    milliseconds: Mapped[float | None]
    percent_of_limit: Mapped[float | None]
    points: Mapped[float | None]
    tier: Mapped[str] = mapped_column(String(40), default="")
    device_kind: Mapped[str] = mapped_column(String(8), default="")
    device_name: Mapped[str] = mapped_column(String(200), default="")
    version: Mapped[str] = mapped_column(String(16), default="")
    result: Mapped[dict[str, Any] | None] = mapped_column(JSON(none_as_null=True), deferred=True)

    course_assignment: Mapped[CourseAssignment] = relationship()
    submission: Mapped[Submission | None] = relationship()
    requested_by: Mapped[Person | None] = relationship()


class BoardName(Base):
    """What a person is called on the boards of a course, and whether they are listed at all."""

    __tablename__ = "board_name"
    __table_args__ = (UniqueConstraint("course_id", "person_id"), UniqueConstraint("course_id", "alias"))

    id: Mapped[int] = mapped_column(primary_key=True)
    course_id: Mapped[int] = mapped_column(ForeignKey("course.id"))
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"), index=True)
    alias: Mapped[str] = mapped_column(String(40))
    is_listed: Mapped[bool] = mapped_column(default=True)


class BoardHiding(Base):
    """A person whom the staff took off one board, and why; the person is shown the reason."""

    __tablename__ = "board_hiding"
    __table_args__ = (UniqueConstraint("course_assignment_id", "person_id"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    course_assignment_id: Mapped[int] = mapped_column(ForeignKey("course_assignment.id"))
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"), index=True)
    reason: Mapped[str] = mapped_column(Text)
    hidden_by_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    hidden_at: Mapped[datetime] = mapped_column(UtcDateTime, default=utcnow)
