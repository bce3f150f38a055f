"""The weights of trained networks: stored once, sent with the job, kept by later submissions."""

from __future__ import annotations

import dataclasses

import pytest
from celery import Celery
from sqlalchemy import func, inspect, select
from sqlalchemy.orm import Session, sessionmaker

from grader.contract import Assignment, Trained, WeightsFile
from server.models import CourseAssignment, Person, State, Submission, Weights
from server.services import accounts, courses, grading, outbox, submissions, weights
from server.services.errors import SubmissionRefused
from tests.grader.contract.uploads import zip_of
from tests.grader.contract.weights_files import TWO, safetensors_file, tensor
from tests.server.test_broker import received

CODE = b"def conv_forward(x):\n    return x, None\n"
OTHER = safetensors_file({"c": tensor(0, 4, 1)}, bytes(4))


@pytest.fixture
def net(conv: Assignment) -> Assignment:
    return dataclasses.replace(conv, trained=Trained("weights.safetensors", 1.0, (1, 32, 32), 100, 100))


@pytest.fixture
def upload(s: Session, published: CourseAssignment, net: Assignment, student: Person):
    def upload(content: bytes = CODE, name: str = "conv.py", beside: bytes | None = None, **more) -> Submission:
        file = None if beside is None else WeightsFile("mine.safetensors", beside)
        submission = submissions.submit(
            s, published, net, more.pop("person", student), name, content, beside=file, **more
        )
        s.commit()
        s.expire_all()
        return submission

    return upload


def stored(s: Session) -> int:
    return s.scalar(select(func.count()).select_from(Weights))


@pytest.mark.parametrize("is_zip", [False, True])
def test_weights_are_stored_byte_by_byte_with_what_they_hold(s: Session, upload, is_zip):
    files = {"conv.py": CODE, "weights.safetensors": TWO}
    submission = upload(zip_of(files), "all.zip") if is_zip else upload(beside=TWO)
    held = submission.weights
    assert (held.name, held.size, held.content) == ("weights.safetensors", len(TWO), TWO)
    assert held.tensors == [
        {"name": "a", "dtype": "F32", "shape": [2]},
        {"name": "b", "dtype": "F32", "shape": [1, 2]},
    ]
    assert weights.content(s, held.id) == TWO


def test_the_bytes_are_read_only_where_they_are_asked_for(s: Session, upload):
    held = upload(beside=TWO).weights
    assert held.name
    assert "content" in inspect(held).unloaded


def test_the_letter_holds_no_bytes(s: Session, upload):
    submission = upload(beside=TWO)
    (letter,) = outbox.take(s)
    assert (letter.weights, letter.job.weights) == (submission.weights.id, b"")
    assert submissions.job_of(submission) == letter.job


def test_the_job_that_is_sent_has_the_weights(
    sending_sessions: sessionmaker[Session], celery: Celery, published, net, student
):
    with sending_sessions() as s:
        place, person = s.merge(published), s.merge(student)
        submissions.submit(s, place, net, person, "conv.py", CODE, beside=WeightsFile("w.safetensors", TWO))
        s.commit()
    ((_, job),) = received(celery)
    assert job.weights == TWO


def test_a_job_whose_weights_are_gone_waits_for_the_sweep(
    sending_sessions: sessionmaker[Session], celery: Celery, published, net, student, monkeypatch
):
    monkeypatch.setattr(
        weights, "content", lambda s, number: s.scalars(select(Weights.content).where(Weights.id < 0)).one()
    )
    with sending_sessions() as s:
        place, person = s.merge(published), s.merge(student)
        submission = submissions.submit(
            s, place, net, person, "conv.py", CODE, beside=WeightsFile("w.safetensors", TWO)
        )
        s.commit()
        s.refresh(submission)
        assert submission.lease_until == submission.enqueued_at
    assert received(celery) == []


def test_a_regrade_sends_the_same_weights_again(s: Session, upload, make_result):
    submission = upload(beside=TWO)
    grading.record(s, make_result(), submission.id, 1)
    assert submission.state is State.GRADED
    outbox.take(s)
    grading.regrade(s, submission)
    (letter,) = outbox.take(s)
    assert letter.weights == submission.weights.id


def test_a_later_submission_may_keep_the_weights_of_an_earlier_one(s: Session, upload):
    first = upload(beside=TWO)
    second = upload(keep=first.id)
    third = upload(beside=OTHER, keep=first.id)
    assert second.weights.id == first.weights.id
    assert third.weights.content == OTHER
    assert stored(s) == 2
    assert weights.latest_with_weights(s, first.course_assignment, first.person).id == third.id


def test_weights_of_somebody_else_cannot_be_kept(s: Session, course, upload):
    first = upload(beside=TWO)
    grace = accounts.create_person(s, "100002")
    courses.enrol(s, course, grace, courses.EnrolmentRole.STUDENT)
    s.commit()
    for number in (first.id, 999, -1):
        with pytest.raises(SubmissionRefused, match="not one of yours here"):
            upload(keep=number, person=grace)
        s.rollback()
    assert weights.latest_with_weights(s, first.course_assignment, grace) is None


def test_weights_that_are_refused_store_nothing(s: Session, upload):
    for beside in (None, b"\x80\x04junk", TWO[:-1], bytes(2**20 + 1)):
        with pytest.raises(SubmissionRefused):
            upload(beside=beside)
        s.rollback()
    assert (stored(s), s.query(Submission).count()) == (0, 0)


def test_a_deleted_submission_leaves_the_weights_to_the_others(s: Session, upload):
    first = upload(beside=TWO)
    second = upload(keep=first.id)
    s.delete(first)
    s.commit()
    s.expire_all()
    assert second.weights.content == TWO
