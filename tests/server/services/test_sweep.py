from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy.orm import Session, sessionmaker

from grader.contract import GRADE_CPU, Progress, Result, Verdict
from server.models import Person, State, Submission
from server.services import accounts, courses, grading, outbox
from server.services.submissions import QUEUE_LEASE
from server.services.sweep import sweep

NOW = datetime(2026, 3, 2, 12, 0, tzinfo=UTC)
SECOND = timedelta(seconds=1)
HandIn = Callable[..., Submission]


def sweep_at(s: Session, now: datetime, waiting: int | None = 0) -> list[tuple[int, int]]:
    """What is sent again, as (submission, attempt), when `waiting` messages lie in the queue."""
    sweep(s, now, messages_waiting=lambda _: waiting)
    return [(letter.job.submission, letter.job.attempt) for letter in outbox.take(s)]


def begin(s: Session, submission: Submission, now: datetime, lease: float = 10.0) -> None:
    assert grading.progress(s, Progress(submission.id, submission.attempt, 0, 2, lease), now=now)


@pytest.fixture
def others(s: Session, course) -> list[Person]:
    """Students beside the first: nobody may have more than three submissions in the queue."""
    people = [accounts.create_person(s, f"2{number:05}") for number in range(8)]
    for person in people:
        courses.enrol(s, course, person, courses.EnrolmentRole.STUDENT)
    return people


class TestRunning:
    def test_a_silent_grader_loses_the_submission_to_another(self, s: Session, hand_in: HandIn):
        submission = hand_in(NOW)
        outbox.take(s)
        begin(s, submission, NOW)

        assert sweep_at(s, NOW + 14 * SECOND) == []
        assert sweep_at(s, NOW + 16 * SECOND) == [(submission.id, 2)]
        assert submission.state is State.QUEUED

    def test_it_is_taken_back_even_while_the_queue_is_long(self, s: Session, hand_in: HandIn):
        submission = hand_in(NOW)
        outbox.take(s)
        begin(s, submission, NOW)

        assert sweep_at(s, NOW + 16 * SECOND, waiting=500) == [(submission.id, 2)]

    def test_signs_of_life_keep_it(self, s: Session, hand_in: HandIn):
        submission = hand_in(NOW)
        outbox.take(s)
        for second in range(0, 100, 10):
            begin(s, submission, NOW + second * SECOND)
            assert sweep_at(s, NOW + (second + 9) * SECOND) == []

    def test_one_that_kills_every_grader_fails_after_three_attempts(self, s: Session, hand_in: HandIn):
        submission = hand_in(NOW)
        outbox.take(s)
        now = NOW
        for _ in range(3):
            begin(s, submission, now)
            now += 20 * SECOND
            sweep_at(s, now)

        assert (submission.state, submission.score) == (State.FAILED, None)
        assert sweep_at(s, now + timedelta(days=1)) == []


class TestQueued:
    def test_within_its_lease_nothing_is_done(self, s: Session, hand_in: HandIn):
        hand_in(NOW)
        outbox.take(s)

        assert sweep_at(s, NOW + QUEUE_LEASE - SECOND) == []

    def test_it_is_sent_again_when_all_is_silent_and_the_queue_is_empty(self, s: Session, hand_in: HandIn):
        submission = hand_in(NOW)
        outbox.take(s)

        assert sweep_at(s, NOW + QUEUE_LEASE) == [(submission.id, 1)]

    def test_its_lease_doubles_each_time(self, s: Session, hand_in: HandIn):
        submission = hand_in(NOW)
        outbox.take(s)
        now, leases = NOW, []
        for _ in range(10):
            now = submission.lease_until
            sweep_at(s, now)
            leases.append((submission.lease_until - now) // SECOND)

        assert leases[:3] == [60, 120, 240]
        assert leases[-1] == 3600

    def test_it_waits_when_no_grader_runs_and_its_message_lies_in_the_queue(self, s: Session, hand_in: HandIn):
        hand_in(NOW)
        outbox.take(s)

        assert sweep_at(s, NOW + timedelta(hours=8), waiting=1) == []

    def test_it_waits_while_the_broker_does_not_answer(self, s: Session, hand_in: HandIn):
        hand_in(NOW)
        outbox.take(s)

        assert sweep_at(s, NOW + QUEUE_LEASE, waiting=None) == []

    def test_it_is_lost_when_a_later_one_has_begun(self, s: Session, hand_in: HandIn, others: list[Person]):
        lost, later = hand_in(NOW), hand_in(NOW + SECOND, others[0])
        outbox.take(s)
        begin(s, later, NOW + 2 * SECOND, lease=100.0)

        assert sweep_at(s, NOW + QUEUE_LEASE, waiting=9) == [(lost.id, 1)]

    def test_it_waits_while_an_earlier_one_is_graded(self, s: Session, hand_in: HandIn, others: list[Person]):
        earlier, waiting = hand_in(NOW), hand_in(NOW + SECOND, others[0])
        outbox.take(s)
        begin(s, earlier, NOW + 2 * SECOND, lease=100.0)

        assert sweep_at(s, NOW + 60 * SECOND) == []
        assert waiting.attempt == 1

    def test_a_long_honest_queue_is_not_multiplied(
        self, s: Session, hand_in: HandIn, others: list[Person], make_result: Callable[..., Result]
    ):
        queue = [hand_in(NOW + number * SECOND, others[number]) for number in range(8)]
        outbox.take(s)
        now, sent = NOW + 10 * SECOND, []
        for submission in queue:
            begin(s, submission, now, lease=60.0)
            now += 40 * SECOND
            sent += sweep_at(s, now, waiting=3)
            grading.record(s, make_result(), submission.id, 1, now=now)

        assert sent == []

    def test_one_that_was_sent_again_is_not_sent_once_more_for_the_old_reason(
        self, s: Session, hand_in: HandIn, others: list[Person]
    ):
        lost, later = hand_in(NOW), hand_in(NOW + SECOND, others[0])
        outbox.take(s)
        begin(s, later, NOW + 2 * SECOND, lease=3000.0)
        assert sweep_at(s, NOW + QUEUE_LEASE) == [(lost.id, 1)]

        assert sweep_at(s, NOW + timedelta(minutes=10)) == []

    def test_what_the_broker_did_not_take_is_sent_at_once(self, s: Session, hand_in: HandIn):
        submission = hand_in(NOW)
        (letter,) = outbox.take(s)
        grading.mark_unsent(s, letter.job)

        assert sweep_at(s, NOW + SECOND, waiting=9) == [(submission.id, 1)]
        assert sweep_at(s, NOW + 2 * SECOND, waiting=9) == []

    def test_an_internal_error_is_sent_again_after_its_pause(
        self, s: Session, hand_in: HandIn, make_result: Callable[..., Result]
    ):
        submission = hand_in(NOW)
        outbox.take(s)
        broken = make_result(0.0, Verdict.INTERNAL_ERROR, max_score=0.0, checks=())
        grading.record(s, broken, submission.id, 1, now=NOW)

        assert sweep_at(s, NOW + grading.BACK_OFF[0] - SECOND, waiting=9) == []
        assert sweep_at(s, NOW + grading.BACK_OFF[0], waiting=9) == [(submission.id, 2)]


def test_what_has_ended_is_left_alone(s: Session, hand_in: HandIn, make_result: Callable[..., Result]):
    submission = hand_in(NOW)
    outbox.take(s)
    grading.record(s, make_result(), submission.id, 1, now=NOW)

    assert sweep_at(s, NOW + timedelta(days=1)) == []


def test_of_two_sweeps_at_once_one_takes_a_submission_back(
    s: Session, hand_in: HandIn, others: list[Person], sessions: sessionmaker[Session]
):
    submissions = [hand_in(NOW, person) for person in others]
    outbox.take(s)

    def sent(_: int) -> int:
        with sessions.begin() as own:
            sweep(own, NOW + QUEUE_LEASE, messages_waiting=lambda _: 0)
            return len(outbox.take(own))

    with ThreadPoolExecutor(4) as pool:
        assert sum(pool.map(sent, range(4))) == len(submissions)


def test_the_other_queue_says_nothing(s: Session, hand_in: HandIn, others: list[Person]):
    waiting, elsewhere = hand_in(NOW), hand_in(NOW + SECOND, others[0])
    elsewhere.queue = "grade.gpu"
    outbox.take(s)
    begin(s, elsewhere, NOW + 2 * SECOND, lease=100.0)

    assert sweep_at(s, NOW + QUEUE_LEASE, waiting=1) == []
    assert waiting.queue == GRADE_CPU
