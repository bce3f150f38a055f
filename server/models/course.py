"""Courses, who is in them, and the assignments that they publish."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum

from sqlalchemy import Enum, ForeignKey, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from server.models.base import Base, UtcDateTime, utcnow
from server.models.person import Person


class EnrolmentRole(StrEnum):
    """What a person may do in a course."""

    STUDENT = "student"
    LECTURER = "lecturer"


class Course(Base):
    """One run of a course."""

    __tablename__ = "course"

    id: Mapped[int] = mapped_column(primary_key=True)
    slug: Mapped[str] = mapped_column(String(64), unique=True)
    title: Mapped[str] = mapped_column(String(200))
    created_at: Mapped[datetime] = mapped_column(UtcDateTime, default=utcnow)

    assignments: Mapped[list[CourseAssignment]] = relationship(
        back_populates="course", order_by="CourseAssignment.assignment"
    )


class Enrolment(Base):
    """A person's place in a course."""

    __tablename__ = "enrolment"
    __table_args__ = (UniqueConstraint("course_id", "person_id"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    course_id: Mapped[int] = mapped_column(ForeignKey("course.id"), index=True)
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"), index=True)
    role: Mapped[EnrolmentRole] = mapped_column(
        Enum(EnrolmentRole, native_enum=False, length=16, values_callable=lambda roles: [role.value for role in roles])
    )
    created_at: Mapped[datetime] = mapped_column(UtcDateTime, default=utcnow)

    course: Mapped[Course] = relationship()
    person: Mapped[Person] = relationship()


class CourseAssignment(Base):
    """An assignment folder as a course publishes it. `points` scales the score; None keeps the folder's own."""

    __tablename__ = "course_assignment"
    __table_args__ = (UniqueConstraint("course_id", "assignment"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    course_id: Mapped[int] = mapped_column(ForeignKey("course.id"), index=True)
    assignment: Mapped[str] = mapped_column(String(80))
    opens_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    due_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    points: Mapped[float | None]
    is_visible: Mapped[bool] = mapped_column(default=True)

    course: Mapped[Course] = relationship(back_populates="assignments")
