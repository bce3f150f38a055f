"""What a service refuses, in words for the person who asked."""

from __future__ import annotations


class Refused(Exception):  # noqa: N818 - it is a refusal, not a failure
    """Something asked for cannot be done; the message is shown as it is and says what to do instead."""

    def __init__(self, message: str) -> None:
        super().__init__(message)
        self.message = message


class PasswordRefused(Refused):
    """A password that is not accepted; the message says what a good one needs."""


class SubmissionRefused(Refused):
    """A file that is not accepted as a submission; nothing was stored."""


class RosterRefused(Refused):
    """A list of students that cannot be read at all; nobody was enrolled."""


class JoinRefused(Refused):
    """Somebody cannot join a quiz; the message says what they can do."""


class OtherDevice(JoinRefused):
    """The number is in the quiz already, on another device, which would become read-only."""


class AnswerRefused(Refused):
    """An answer that is not one: it does not say what was picked, or in which question."""


class QuestionRefused(Refused):
    """A quiz question that cannot be used as it is written; the message names the key and what is wrong."""
