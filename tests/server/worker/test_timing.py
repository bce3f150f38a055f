"""Timings over real processes: what passed is timed, and no run is lost with a worker or a message."""

from __future__ import annotations

from pathlib import Path

import pytest
from sqlalchemy import Engine, select
from sqlalchemy.orm import Session, sessionmaker

from grader.contract import Assignment, Result
from server.models import CourseAssignment, Person, Submission, TimingRun, TimingState
from server.services import submissions
from tests.server.timing_parts import broken, make_timing, write_timed

CODE = b"def conv_forward(x, w, b, conv_param):\n    return x, None\n"


@pytest.fixture(scope="module")
def assignments_root(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """What the server's worker finds: a timed assignment."""
    root = tmp_path_factory.mktemp("timed")
    write_timed(root)
    return root


@pytest.fixture
def result(make_check, make_result) -> Result:
    checks = (make_check("shapes", 5.0), make_check("values", 5.0))
    return make_result(10.0, max_score=12.0, checks=checks)


@pytest.fixture
def submission(
    sending_sessions: sessionmaker[Session], published: CourseAssignment, conv: Assignment, student: Person
) -> Submission:
    """Handed in and sent."""
    with sending_sessions.begin() as s:
        place, person = s.get_one(CourseAssignment, published.id), s.get_one(Person, student.id)
        return submissions.submit(s, place, conv, person, "conv.py", CODE)


def score(engine: Engine) -> float | None:
    with engine.connect() as connection:
        return connection.scalar(select(Submission.score))


def state(engine: Engine) -> TimingState | None:
    with engine.connect() as connection:
        return connection.scalar(select(TimingRun.state))


def test_what_passed_is_timed_and_scored(engine: Engine, submission, start_worker, grader, result, until):
    start_worker()
    grader.finish(grader.wait_for_job(), result)
    job = grader.wait_for_timing()
    assert score(engine) == 10.0
    grader.begin(job)
    until(lambda: state(engine) is TimingState.RUNNING, "the run to be under way")

    grader.finish_timing(job, make_timing(points=2.0))

    until(lambda: score(engine) == 12.0, "the points for speed")
    assert job.files == {"conv.py": CODE.decode()}


def test_a_run_survives_the_death_of_its_grader_and_of_the_worker(
    engine: Engine, submission, start_worker, grader, result, time_passes, until
):
    worker = start_worker()
    grader.finish(grader.wait_for_job(), result)
    lost = grader.wait_for_timing()
    grader.begin(lost)
    until(lambda: state(engine) is TimingState.RUNNING, "the run to be under way")
    worker.kill()
    time_passes()

    start_worker()
    again = grader.wait_for_timing()
    grader.finish_timing(again, make_timing(points=1.0))
    # The one that was thought dead answers after all.
    grader.finish_timing(lost, make_timing(points=2.0))

    until(lambda: state(engine) is TimingState.DONE, "the result in SQL")
    assert (again.run, again.attempt, again.seed) == (lost.run, 2, lost.seed)
    assert score(engine) in {11.0, 12.0}, "whichever was written first, and that one alone"


def test_a_message_that_the_broker_lost_is_sent_again(
    engine: Engine, submission, start_worker, grader, result, time_passes, until
):
    start_worker()
    grader.finish(grader.wait_for_job(), result)
    lost = grader.wait_for_timing()

    time_passes()
    again = grader.wait_for_timing()
    grader.finish_timing(again, make_timing(points=1.0))

    until(lambda: score(engine) == 11.0, "the result in SQL")
    assert again == lost


def test_a_failure_of_ours_is_tried_again(engine: Engine, submission, start_worker, grader, result, time_passes, until):
    start_worker()
    grader.finish(grader.wait_for_job(), result)
    first = grader.wait_for_timing()
    grader.finish_timing(first, broken())

    second = grader.wait_for_timing()
    grader.finish_timing(second, make_timing(points=1.0))

    until(lambda: score(engine) == 11.0, "the result in SQL")
    assert (first.attempt, second.attempt) == (1, 2)
