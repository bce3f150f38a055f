from __future__ import annotations

from contextlib import suppress
from dataclasses import replace

import pytest
from celery import Celery
from kombu import Connection
from sqlalchemy.orm import Session, sessionmaker

from grader.contract import GRADE_CPU, GRADE_TASK, Assignment, Job
from server.broker import make_celery, messages_waiting, send_after_commit
from server.database import make_sessions
from server.models import CourseAssignment, Person, State, Submission
from server.services import submissions
from server.services.sweep import sweep
from server.settings import Settings

CODE = b"def conv_forward(x, w, b, conv_param):\n    return x, None\n"


def hand_in(s: Session, published: CourseAssignment, conv: Assignment, student: Person) -> Submission:
    place, person = s.merge(published, load=True), s.merge(student, load=True)
    return submissions.submit(s, place, conv, person, "conv.py", CODE)


def received(celery: Celery) -> list[tuple[str, Job]]:
    """Every message that lies in the graders' queue, as a grader reads it."""
    jobs = []
    with celery.connection_for_read() as connection:
        queue = connection.SimpleQueue(GRADE_CPU)
        with suppress(queue.Empty):
            while True:
                message = queue.get(block=False)
                args, _, _ = message.payload
                jobs.append((message.headers["task"], Job.from_dict(args[0])))
                message.ack()
        queue.close()
    return jobs


@pytest.fixture
def sending(sending_sessions: sessionmaker[Session]):
    with sending_sessions() as s:
        yield s


def test_a_commit_sends_the_job_and_leaves_nothing_behind(sending, celery, published, conv, student):
    submission = hand_in(sending, published, conv, student)
    assert messages_waiting(celery, GRADE_CPU) == 0

    sending.commit()
    sending.commit()

    assert messages_waiting(celery, GRADE_CPU) == 1
    ((task, job),) = received(celery)
    assert (task, job) == (GRADE_TASK, submissions.job_of(submission))


def test_a_rolled_back_submission_sends_nothing(sending, celery, published, conv, student):
    hand_in(sending, published, conv, student)

    sending.rollback()
    sending.commit()

    assert messages_waiting(celery, GRADE_CPU) == 0


def test_a_session_that_is_closed_without_a_commit_sends_nothing(sending, celery, published, conv, student):
    hand_in(sending, published, conv, student)

    sending.close()
    sending.commit()

    assert messages_waiting(celery, GRADE_CPU) == 0


def test_a_rolled_back_savepoint_sends_nothing_and_the_rest_does(sending, celery, published, conv, student):
    kept = hand_in(sending, published, conv, student)
    savepoint = sending.begin_nested()
    hand_in(sending, published, conv, student)
    savepoint.rollback()
    sending.commit()

    assert [job.submission for _, job in received(celery)] == [kept.id]


def test_a_savepoint_sends_with_the_commit_around_it(sending, celery, published, conv, student):
    with sending.begin_nested():
        hand_in(sending, published, conv, student)
    assert messages_waiting(celery, GRADE_CPU) == 0

    sending.commit()

    assert messages_waiting(celery, GRADE_CPU) == 1


def test_a_savepoint_inside_a_rolled_back_transaction_sends_nothing(sending, celery, published, conv, student):
    with sending.begin_nested():
        hand_in(sending, published, conv, student)
    sending.rollback()
    sending.commit()

    assert messages_waiting(celery, GRADE_CPU) == 0


class TestBrokerAway:
    @pytest.fixture
    def away(self, settings: Settings, tmp_path) -> Celery:
        """A client whose broker does not answer: nobody listens on the port, or the folder is gone."""
        if settings.broker_url.startswith("redis"):
            return make_celery(replace(settings, broker_url="redis://127.0.0.1:1/0"))
        celery = make_celery(replace(settings, data=tmp_path / "gone"))
        (tmp_path / "gone" / "broker" / "queue").rmdir()
        return celery

    def test_the_submission_is_stored_and_sent_by_the_sweep(
        self, engine, away, celery, sending_sessions, published, conv, student
    ):
        sessions = make_sessions(engine)
        send_after_commit(sessions, away)
        with sessions.begin() as s:
            submission = hand_in(s, published, conv, student)
        with sending_sessions() as s:
            stored = s.get_one(Submission, submission.id)
            assert stored.state is State.QUEUED

            assert sweep(s, messages_waiting=lambda queue: messages_waiting(celery, queue)) == 1
            s.commit()

        assert [job.submission for _, job in received(celery)] == [submission.id]

    def test_its_queue_has_no_known_length(self, away):
        assert messages_waiting(away, GRADE_CPU) is None


def test_a_client_gives_up_on_a_silent_broker(settings: Settings):
    celery = make_celery(replace(settings, broker_url="redis://127.0.0.1:1/0"))

    assert celery.conf.broker_connection_timeout <= 2
    assert isinstance(celery.connection_for_write(), Connection)
