"""What a screen reader is told when a submission's state changes: one sentence, and nothing for every check."""

from __future__ import annotations

from server.models import State, Submission
from server.rendering.numbers import points


def announcement(submission: Submission, position: int, wrong: int, shown: int) -> str:
    """The sentence for the submission's present state; `wrong` of the `shown` checks did not pass."""
    if submission.state is State.QUEUED:
        return "Waiting. It is the next in the queue." if position <= 1 else f"Waiting. Number {position} in the queue."
    if submission.state is State.RUNNING:
        return "Grading has begun."
    if submission.state is State.REJECTED:
        return "The file could not be graded. The page says why."
    if submission.state is State.FAILED:
        return "Our grader had a problem. Nothing is lost; the course staff can see it."
    score = f"Graded: {points(submission.score)} of {points(submission.max_score)} points."
    if not shown:
        return score
    return f"{score} {wrong} of {shown} checks did not pass." if wrong else f"{score} Every check passed."
