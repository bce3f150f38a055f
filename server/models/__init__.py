"""The tables. Models hold columns and relations; queries live in server.services."""

from server.models.base import Base, UtcDateTime, utcnow
from server.models.course import Course, CourseAssignment, Enrolment, EnrolmentRole
from server.models.person import OneTimeCode, Person
from server.models.submission import Attempt, CheckRecord, State, Submission, SubmissionFile

__all__ = [
    "Attempt",
    "Base",
    "CheckRecord",
    "Course",
    "CourseAssignment",
    "Enrolment",
    "EnrolmentRole",
    "OneTimeCode",
    "Person",
    "State",
    "Submission",
    "SubmissionFile",
    "UtcDateTime",
    "utcnow",
]
