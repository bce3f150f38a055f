from __future__ import annotations

from contextlib import suppress
from dataclasses import replace

import pytest
from celery import Celery
from kombu import Connection
from sqlalchemy.orm import Session, sessionmaker

from grader.contract import GRADE_CPU, GRADE_TASK, TIME_CPU, TIME_TASK, Assignment, Job, TimingJob
from server.broker import make_celery, messages_waiting, send_after_commit
from server.database import make_sessions
from server.models import CourseAssignment, Person, State, Submission, TimingReason
from server.services import grading, submissions, timing, timing_queue
from server.services.sweep import sweep
from server.settings import Settings
from tests.server.timing_parts import write_timed

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


class TestTimings:
    @pytest.fixture
    def timed(self, tmp_path) -> Assignment:
        return write_timed(tmp_path / "timed")

    @pytest.fixture
    def passed(self, sending, published, conv, student, timed, make_check, make_result) -> Submission:
        """A submission whose result is not committed yet."""
        submission = hand_in(sending, published, conv, student)
        sending.commit()
        checks = (make_check("shapes", 5.0), make_check("values", 5.0))
        grading.record(sending, make_result(10.0, checks=checks), submission.id, 1, assignment=timed)
        return submission

    def timings(self, celery: Celery) -> list[TimingJob]:
        """Every timing that lies in the queue, in the order in which a grader gets them."""
        jobs = []
        with celery.connection_for_read() as connection:
            queue = connection.SimpleQueue(TIME_CPU)
            with suppress(queue.Empty):
                while True:
                    message = queue.get(block=False)
                    assert message.headers["task"] == TIME_TASK
                    jobs.append(TimingJob.from_dict(message.payload[0][0]))
                    message.ack()
            queue.close()
        return jobs

    def test_one_is_sent_when_the_result_is_committed(self, sending, celery, passed):
        assert messages_waiting(celery, TIME_CPU) == 0

        sending.commit()

        assert messages_waiting(celery, TIME_CPU) == 1
        assert self.timings(celery) == [timing_queue.job_of(timing.for_submission(sending, passed)[0])]

    def test_a_rolled_back_result_sends_none(self, sending, celery, passed):
        sending.rollback()
        sending.commit()

        assert messages_waiting(celery, TIME_CPU) == 0

    def test_a_few_are_sent_and_each_that_is_begun_lets_another_go(self, sending, celery, passed, timed):
        (first,) = timing.for_submission(sending, passed)
        checks = [timing.request(sending, passed, timed, reason=TimingReason.VERIFICATION) for _ in range(3)]
        sending.commit()
        assert [job.run for job in self.timings(celery)] == [first.id, checks[0].id]

        timing.begin(sending, first.id, 1)
        sending.commit()
        assert [job.run for job in self.timings(celery)] == [checks[1].id]

    def test_the_queue_can_be_emptied(self, sending, celery, passed, timed):
        timing.request(sending, passed, timed, reason=TimingReason.VERIFICATION)
        sending.commit()

        with celery.connection_for_write() as connection:
            assert connection.default_channel.queue_purge(TIME_CPU) == 2
        assert messages_waiting(celery, TIME_CPU) == 0


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

    def test_a_timing_is_stored_and_sent_by_the_sweep(
        self, engine, away, celery, sending_sessions, hand_in, tmp_path, make_check, make_result
    ):
        submission, sessions = hand_in(), make_sessions(engine)
        send_after_commit(sessions, away)
        checks = (make_check("shapes", 5.0), make_check("values", 5.0))
        with sessions.begin() as s:
            timed = write_timed(tmp_path / "timed")
            grading.record(s, make_result(10.0, checks=checks), submission.id, 1, assignment=timed)
        with sending_sessions() as s:
            assert sweep(s, messages_waiting=lambda queue: messages_waiting(celery, queue)) == 1
            s.commit()

        assert messages_waiting(celery, TIME_CPU) == 1

    def test_its_queue_has_no_known_length(self, away):
        assert messages_waiting(away, GRADE_CPU) is None


def test_a_client_gives_up_on_a_silent_broker(settings: Settings):
    celery = make_celery(replace(settings, broker_url="redis://127.0.0.1:1/0"))

    assert celery.conf.broker_connection_timeout <= 2
    assert isinstance(celery.connection_for_write(), Connection)
