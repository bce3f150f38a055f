"""Quizzes, their sessions, who takes part, and every answer."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import JSON, BigInteger, Enum, ForeignKey, Index, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from server.models.base import Base, UtcDateTime, utcnow
from server.models.course import Course
from server.models.person import Person


class Mode(StrEnum):
    """How a session runs.

    TIMED: everybody from `opens_at` to `closes_at`. WINDOW: each has `limit_seconds` from the moment of joining, within
    `opens_at` to `closes_at`. PACED: the lecturer shows one question at a time. PRACTICE: as often as one likes, with
    fresh numbers and an explanation at once; nothing is scored.
    """

    TIMED = "timed"
    WINDOW = "window"
    PACED = "paced"
    PRACTICE = "practice"


class Numbers(StrEnum):
    """Whether parameterised questions have the same numbers for everybody or draw them for each student."""

    SAME = "same"
    EACH = "each"


class Stage(StrEnum):
    """Where a paced session stands: waiting, a question open for answers, or its answer shown."""

    LOBBY = "lobby"
    OPEN = "open"
    REVEALED = "revealed"


def _words(kind: type[StrEnum]) -> Enum:
    return Enum(kind, native_enum=False, length=16, values_callable=lambda members: [each.value for each in members])


class CourseQuestion(Base):
    """A question that a course has of its own: written here or imported. `definition` is `question_to_dict`'s."""

    __tablename__ = "course_question"
    __table_args__ = (UniqueConstraint("course_id", "name"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    course_id: Mapped[int] = mapped_column(ForeignKey("course.id"), index=True)
    name: Mapped[str] = mapped_column(String(80))
    definition: Mapped[dict[str, Any]] = mapped_column(JSON)
    origin: Mapped[str] = mapped_column(String(200), default="")
    created_at: Mapped[datetime] = mapped_column(UtcDateTime, default=utcnow)

    course: Mapped[Course] = relationship()


class Quiz(Base):
    """What a lecturer put together: parts of questions. It can be run as often as one likes; each run is a session."""

    __tablename__ = "quiz"

    id: Mapped[int] = mapped_column(primary_key=True)
    course_id: Mapped[int] = mapped_column(ForeignKey("course.id"), index=True)
    title: Mapped[str] = mapped_column(String(200))
    numbers: Mapped[Numbers] = mapped_column(_words(Numbers), default=Numbers.EACH)
    shuffles_questions: Mapped[bool] = mapped_column(default=True)
    shuffles_options: Mapped[bool] = mapped_column(default=True)
    created_at: Mapped[datetime] = mapped_column(UtcDateTime, default=utcnow)

    course: Mapped[Course] = relationship()
    parts: Mapped[list[QuizPart]] = relationship(
        back_populates="quiz", order_by="QuizPart.position", cascade="all, delete-orphan"
    )
    sessions: Mapped[list[QuizSession]] = relationship(back_populates="quiz", order_by="QuizSession.id")


class QuizPart(Base):
    """Questions that stay together. `pick` of them are asked, drawn for each student; None asks all."""

    __tablename__ = "quiz_part"

    id: Mapped[int] = mapped_column(primary_key=True)
    quiz_id: Mapped[int] = mapped_column(ForeignKey("quiz.id"), index=True)
    position: Mapped[int]
    title: Mapped[str] = mapped_column(String(200), default="")
    pick: Mapped[int | None]

    quiz: Mapped[Quiz] = relationship(back_populates="parts")
    items: Mapped[list[QuizItem]] = relationship(
        back_populates="part", order_by="QuizItem.position", cascade="all, delete-orphan"
    )


class QuizItem(Base):
    """A question in a quiz, copied when it was chosen: what happens in the bank later does not change it.

    `origin` says where it came from: `04-conv-forward/output-size` of the bank, or `own/NAME` of the course.
    """

    __tablename__ = "quiz_item"

    id: Mapped[int] = mapped_column(primary_key=True)
    part_id: Mapped[int] = mapped_column(ForeignKey("quiz_part.id"), index=True)
    position: Mapped[int]
    origin: Mapped[str] = mapped_column(String(200))
    definition: Mapped[dict[str, Any]] = mapped_column(JSON)
    points: Mapped[float] = mapped_column(default=1.0)

    part: Mapped[QuizPart] = relationship(back_populates="items")


class QuizSession(Base):
    """One run of a quiz, with its own copy of the questions. `server.services.quizzes.clock` says what its times mean.

    Students reach it by `code`. A pause keeps `paused_at` until it is resumed, when every time that lies ahead moves by
    as long as it took. `ended_at` is when the lecturer ended it early. `results_released_at` opens scores, keys and
    explanations to the students. Of a paced session, `current` is the position of the question on show, `stage_at`
    when its stage began, and `limit_seconds`, where given, how long each question stays open.
    """

    __tablename__ = "quiz_session"
    # A deleted session's number is not given again: what a process has kept of it must not meet another one.
    __table_args__ = ({"sqlite_autoincrement": True},)

    id: Mapped[int] = mapped_column(primary_key=True)
    quiz_id: Mapped[int] = mapped_column(ForeignKey("quiz.id"), index=True)
    course_id: Mapped[int] = mapped_column(ForeignKey("course.id"), index=True)
    title: Mapped[str] = mapped_column(String(200))
    code: Mapped[str] = mapped_column(String(8), unique=True)
    mode: Mapped[Mode] = mapped_column(_words(Mode))
    numbers: Mapped[Numbers] = mapped_column(_words(Numbers))
    shuffles_questions: Mapped[bool] = mapped_column(default=True)
    shuffles_options: Mapped[bool] = mapped_column(default=True)
    roster_only: Mapped[bool] = mapped_column(default=True)
    opens_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    closes_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    limit_seconds: Mapped[int | None]
    grace_seconds: Mapped[float] = mapped_column(default=2.0)
    paused_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    ended_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    results_released_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    stage: Mapped[Stage] = mapped_column(_words(Stage), default=Stage.LOBBY)
    stage_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    current: Mapped[int | None]
    seed: Mapped[int] = mapped_column(BigInteger)
    created_at: Mapped[datetime] = mapped_column(UtcDateTime, default=utcnow)

    quiz: Mapped[Quiz] = relationship(back_populates="sessions")
    course: Mapped[Course] = relationship()
    items: Mapped[list[SessionItem]] = relationship(
        back_populates="session", order_by="SessionItem.position", cascade="all, delete-orphan"
    )
    participants: Mapped[list[Participant]] = relationship(
        back_populates="session", order_by="Participant.number", cascade="all, delete-orphan"
    )


class SessionItem(Base):
    """A question of a session. `part` and `pick` are its part's place and how many of that part each student gets.

    `correction` is None, or what was decided afterwards (see `server.services.quizzes.corrections`).
    """

    __tablename__ = "session_item"

    id: Mapped[int] = mapped_column(primary_key=True)
    session_id: Mapped[int] = mapped_column(ForeignKey("quiz_session.id"), index=True)
    position: Mapped[int]
    part: Mapped[int] = mapped_column(default=0)
    pick: Mapped[int | None]
    origin: Mapped[str] = mapped_column(String(200))
    definition: Mapped[dict[str, Any]] = mapped_column(JSON)
    points: Mapped[float] = mapped_column(default=1.0)
    correction: Mapped[dict[str, Any] | None] = mapped_column(JSON(none_as_null=True))

    session: Mapped[QuizSession] = relationship(back_populates="items")


class Participant(Base):
    """A student number in a session. `device` is the one device that may answer; a takeover changes it.

    `extra_seconds` moves this student's close. `paused_seconds` is how long the session stood still since they joined:
    their personal limit moves by it (the session's own times move themselves). `paper` is which items they got, in
    which order, with which numbers (see `server.quiz.paper`); it is laid down on joining and never changes.
    """

    __tablename__ = "participant"
    __table_args__ = (UniqueConstraint("session_id", "number"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    session_id: Mapped[int] = mapped_column(ForeignKey("quiz_session.id"), index=True)
    number: Mapped[str] = mapped_column(String(64))
    person_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"), index=True)
    joined_at: Mapped[datetime] = mapped_column(UtcDateTime, default=utcnow)
    device: Mapped[str] = mapped_column(String(40))
    takeovers: Mapped[int] = mapped_column(default=0)
    extra_seconds: Mapped[int] = mapped_column(default=0)
    paused_seconds: Mapped[float] = mapped_column(default=0.0)
    paper: Mapped[list[Any]] = mapped_column(JSON)

    session: Mapped[QuizSession] = relationship(back_populates="participants")
    person: Mapped[Person | None] = relationship()
    answers: Mapped[list[QuizAnswer]] = relationship(back_populates="participant", cascade="all, delete-orphan")


class TimeAllowance(Base):
    """Extra time that a number has in a session before it joins, for instance for a disability."""

    __tablename__ = "time_allowance"
    __table_args__ = (UniqueConstraint("session_id", "number"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    session_id: Mapped[int] = mapped_column(ForeignKey("quiz_session.id"), index=True)
    number: Mapped[str] = mapped_column(String(64))
    extra_seconds: Mapped[int]


class QuizAnswer(Base):
    """A participant's latest answer to one item. `sequence` grows with each change on the device: the highest stays.

    `picked` are places of options as written (never the letters that this student saw); `text` is a number as typed.
    `token` is the client's idempotency key of this change. `answered_at` is when it reached the server.
    """

    __tablename__ = "quiz_answer"

    participant_id: Mapped[int] = mapped_column(ForeignKey("participant.id"), primary_key=True)
    item_id: Mapped[int] = mapped_column(ForeignKey("session_item.id"), primary_key=True)
    picked: Mapped[list[int]] = mapped_column(JSON)
    text: Mapped[str] = mapped_column(Text, default="")
    sequence: Mapped[int] = mapped_column(BigInteger)
    token: Mapped[str] = mapped_column(String(40))
    answered_at: Mapped[datetime] = mapped_column(UtcDateTime)

    participant: Mapped[Participant] = relationship(back_populates="answers")


class PracticeAnswer(Base):
    """One answer in a practice session: for the counts that the lecturer sees. A person is named only to themselves."""

    __tablename__ = "practice_answer"

    id: Mapped[int] = mapped_column(primary_key=True)
    item_id: Mapped[int] = mapped_column(ForeignKey("session_item.id"), index=True)
    person_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"), index=True)
    seed: Mapped[int] = mapped_column(BigInteger)
    picked: Mapped[list[int]] = mapped_column(JSON)
    text: Mapped[str] = mapped_column(Text, default="")
    fraction: Mapped[float]
    answered_at: Mapped[datetime] = mapped_column(UtcDateTime, default=utcnow)


class QuizEvent(Base):
    """What happened in a session, for its record: joined, taken over, paused, extended, ended, corrected, released.

    `person_id` is the member of staff who did it, None for a student's device or the clock.
    """

    __tablename__ = "quiz_event"
    __table_args__ = (Index("ix_quiz_event_session_at", "session_id", "at"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    session_id: Mapped[int] = mapped_column(ForeignKey("quiz_session.id"))
    participant_id: Mapped[int | None] = mapped_column(ForeignKey("participant.id"))
    person_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    at: Mapped[datetime] = mapped_column(UtcDateTime, default=utcnow)
    kind: Mapped[str] = mapped_column(String(24))
    details: Mapped[dict[str, Any]] = mapped_column(JSON, default=dict)
