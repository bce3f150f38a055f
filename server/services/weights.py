"""The weights of trained networks: stored once, shared by submissions that keep them, read where they are needed."""

from __future__ import annotations

import hashlib

from sqlalchemy import select
from sqlalchemy.orm import Session

from grader.contract import Weights as ReadWeights
from server.models import CourseAssignment, Person, Submission, Weights, submission_weights


def stored(read: ReadWeights, name: str) -> Weights:
    """A row for weights that were read from an upload; `name` is what the assignment calls the file."""
    tensors = [{"name": each.name, "dtype": each.dtype, "shape": list(each.shape)} for each in read.tensors]
    digest = hashlib.sha256(read.content).hexdigest()
    return Weights(name=name, size=len(read.content), sha256=digest, tensors=tensors, content=read.content)


def content(s: Session, weights_id: int) -> bytes:
    """The file's bytes. Raises sqlalchemy.exc.NoResultFound."""
    return s.scalars(select(Weights.content).where(Weights.id == weights_id)).one()


def latest_with_weights(s: Session, published: CourseAssignment, person: Person) -> Submission | None:
    """The latest submission of a person for an assignment that has weights."""
    query = (
        select(Submission)
        .join(submission_weights)
        .where(Submission.course_assignment_id == published.id, Submission.person_id == person.id)
        .order_by(Submission.created_at.desc(), Submission.id.desc())
        .limit(1)
    )
    return s.scalar(query)
