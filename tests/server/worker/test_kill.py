"""kill -9 of one process after the other: an accepted submission always ends graded, once."""

from __future__ import annotations

import multiprocessing
import os
import signal
from collections.abc import Callable

import pytest
from sqlalchemy import Engine, event, func, select
from sqlalchemy.orm import Session, sessionmaker

from grader.contract import RESULTS, load_assignments
from server.broker import make_celery, messages_waiting, send_after_commit
from server.database import make_engine, make_sessions
from server.models import Attempt, CourseAssignment, Person, State, Submission
from server.services import submissions
from server.settings import Settings

CODE = b"def conv_forward(x, w, b, conv_param):\n    return x, None\n"


@pytest.fixture
def submission(sending_sessions: sessionmaker[Session], published, conv, student) -> Submission:
    """Handed in and sent."""
    with sending_sessions.begin() as s:
        place, person = s.get_one(CourseAssignment, published.id), s.get_one(Person, student.id)
        return submissions.submit(s, place, conv, person, "conv.py", CODE)


def state_of(engine: Engine, submission: Submission) -> State:
    with engine.connect() as connection:
        return connection.scalar(select(Submission.state).where(Submission.id == submission.id))


def finished_attempts(engine: Engine, submission: Submission) -> list[int]:
    finished = select(Attempt.number).where(Attempt.submission_id == submission.id, Attempt.finished_at.is_not(None))
    with engine.connect() as connection:
        return list(connection.scalars(finished))


def test_reports_travel_through_the_broker_into_sql(
    engine: Engine, submission, start_worker, grader, make_result, until
):
    start_worker()
    job = grader.wait_for_job()
    grader.report(job)
    until(lambda: state_of(engine, submission) is State.RUNNING, "the submission to run")
    grader.finish(job, make_result(8.0))

    until(lambda: state_of(engine, submission) is State.GRADED, "the result in SQL")
    assert finished_attempts(engine, submission) == [1]


def test_a_result_waits_for_a_worker_that_was_killed(
    engine: Engine, submission, start_worker, grader, make_result, until
):
    start_worker().kill()
    job = grader.wait_for_job()
    grader.finish(job, make_result(8.0))

    start_worker()

    until(lambda: state_of(engine, submission) is State.GRADED, "the result in SQL")


def test_a_worker_killed_with_the_result_in_its_hands_costs_one_grading(
    s: Session, engine: Engine, submission, start_worker, grader, make_result, celery, time_passes, until
):
    worker = start_worker()
    job = grader.wait_for_job()
    grader.report(job)
    until(lambda: state_of(engine, submission) is State.RUNNING, "the submission to run")
    # The worker takes the message and cannot write while this transaction holds the row.
    s.get_one(Submission, submission.id, with_for_update=True)
    grader.finish(job, make_result(8.0))
    until(lambda: messages_waiting(celery, RESULTS) == 0, "the worker to take the result")
    worker.kill()
    s.rollback()
    assert finished_attempts(engine, submission) == []

    start_worker()
    time_passes()
    again = grader.wait_for_job()
    grader.finish(again, make_result(9.0))

    until(lambda: state_of(engine, submission) is State.GRADED, "the second result in SQL")
    assert (again.submission, again.attempt, again.seed) == (job.submission, 2, job.seed)
    assert finished_attempts(engine, submission) == [2]


def test_a_grader_killed_in_the_middle_loses_the_job_to_another(
    engine: Engine, submission, start_worker, grader, make_result, time_passes, until
):
    start_worker()
    lost = grader.wait_for_job()
    grader.report(lost)
    until(lambda: state_of(engine, submission) is State.RUNNING, "the submission to run")

    time_passes()
    job = grader.wait_for_job()
    grader.finish(job, make_result(8.0))
    # The one that was thought dead answers after all.
    grader.finish(lost, make_result(1.0))

    until(lambda: sorted(finished_attempts(engine, submission)) == [1, 2], "both results in SQL")
    with engine.connect() as connection:
        score, attempt = connection.execute(select(Submission.score, Submission.attempt)).one()
    assert (score, attempt) in {(8.0, 2), (1.0, 1)}, "whichever was written first, and that one alone"


def test_a_grader_killed_before_its_first_word_loses_the_job_too(
    engine: Engine, submission, start_worker, grader, make_result, time_passes, until
):
    start_worker()
    lost = grader.wait_for_job()

    time_passes()
    job = grader.wait_for_job()
    grader.finish(job, make_result(8.0))

    until(lambda: state_of(engine, submission) is State.GRADED, "the result in SQL")
    assert (lost.attempt, job.attempt) == (1, 1)


def hand_in_and_die(settings: Settings, published: int, person: int, *, when: str) -> None:
    """A web process that takes an upload in and is killed, `before` or `after` its commit."""
    sessions = make_sessions(make_engine(settings.database_url))
    event.listen(sessions, f"{when}_commit", lambda _: os.kill(os.getpid(), signal.SIGKILL))
    send_after_commit(sessions, make_celery(settings))
    with sessions() as s:
        place, student = s.get_one(CourseAssignment, published), s.get_one(Person, person)
        assignment = load_assignments(settings.assignments)[place.assignment]
        submissions.submit(s, place, assignment, student, "conv.py", CODE)
        s.flush()
        s.commit()


@pytest.fixture
def killed(settings: Settings, published: CourseAssignment, student: Person) -> Callable[[str], None]:
    """Runs `hand_in_and_die` in a process of its own."""

    def killed(when: str) -> None:
        context = multiprocessing.get_context("spawn")
        arguments = (settings, published.id, student.id)
        process = context.Process(target=hand_in_and_die, args=arguments, kwargs={"when": when})
        process.start()
        process.join()
        assert process.exitcode == -signal.SIGKILL

    return killed


def test_an_upload_killed_before_its_commit_leaves_nothing(engine: Engine, killed, celery, grader, hand_in):
    killed("before")

    with engine.connect() as connection:
        assert connection.scalar(select(func.count(Submission.id))) == 0
    assert grader.take() is None
    assert hand_in().id, "and it locks nobody out"


def test_an_upload_killed_between_commit_and_sending_is_graded_all_the_same(
    engine: Engine, killed, start_worker, grader, make_result, time_passes, until
):
    killed("after")
    assert grader.take() is None

    start_worker()
    time_passes()
    job = grader.wait_for_job()
    grader.finish(job, make_result(8.0))

    def score() -> float | None:
        with engine.connect() as connection:
            return connection.scalar(select(Submission.score))

    until(lambda: score() == 8.0, "the result in SQL")
