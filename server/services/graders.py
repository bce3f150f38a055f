"""What the database knows of the graders: they have no accounts, but what they take leaves its time."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from server.models import Attempt, Submission


def last_begun(s: Session, queue: str) -> datetime | None:
    """When a grader last began something of a queue; None where none ever did."""
    return s.scalar(
        select(func.max(Attempt.started_at))
        .join(Submission, Submission.id == Attempt.submission_id)
        .where(Submission.queue == queue)
    )
