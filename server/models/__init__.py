"""The tables. Models hold columns and relations; queries live in server.services."""

from server.models.base import Base, UtcDateTime, utcnow
from server.models.course import Course, CourseAssignment, Enrolment, EnrolmentRole
from server.models.person import OneTimeCode, Person
from server.models.quiz import (
    CourseQuestion,
    Mode,
    Numbers,
    Participant,
    PracticeAnswer,
    Quiz,
    QuizAnswer,
    QuizEvent,
    QuizItem,
    QuizPart,
    QuizSession,
    SessionItem,
    Stage,
    TimeAllowance,
)
from server.models.submission import Attempt, CheckRecord, State, Submission, SubmissionFile
from server.models.timing import BoardHiding, BoardName, TimingReason, TimingRun, TimingState
from server.models.weights import Weights, submission_weights

__all__ = [
    "Attempt",
    "Base",
    "BoardHiding",
    "BoardName",
    "CheckRecord",
    "Course",
    "CourseAssignment",
    "CourseQuestion",
    "Enrolment",
    "EnrolmentRole",
    "Mode",
    "Numbers",
    "OneTimeCode",
    "Participant",
    "Person",
    "PracticeAnswer",
    "Quiz",
    "QuizAnswer",
    "QuizEvent",
    "QuizItem",
    "QuizPart",
    "QuizSession",
    "SessionItem",
    "Stage",
    "State",
    "Submission",
    "SubmissionFile",
    "TimeAllowance",
    "TimingReason",
    "TimingRun",
    "TimingState",
    "UtcDateTime",
    "Weights",
    "submission_weights",
    "utcnow",
]
