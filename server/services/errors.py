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
