from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session, sessionmaker

from grader.contract import TIME_TASK, Assignment
from server.models import CourseAssignment, Person, Submission, TimingRun, TimingState
from server.services import outbox, timing, timing_queue
from server.services.submissions import QUEUE_LEASE
from server.services.sweep import sweep
from tests.server.timing_parts import broken, make_timing

NOW = datetime(2026, 3, 2, 12, 0, tzinfo=UTC)
SECOND = timedelta(seconds=1)
Wait = Callable[..., TimingRun]


def sweep_at(s: Session, now: datetime, waiting: int | None = 0) -> list[tuple[int, int]]:
    """What is sent again, as (run, attempt), when `waiting` messages lie in the queue."""
    sweep(s, now, messages_waiting=lambda _: waiting)
    return [(letter.job.run, letter.job.attempt) for letter in outbox.take(s) if letter.task == TIME_TASK]


@pytest.fixture
def wait(s: Session, passed: Callable[..., Submission]) -> Wait:
    """Hands in what passes all checks, so that a run waits; its message is gone."""

    def wait(now: datetime = NOW) -> TimingRun:
        submission = passed(now=now)
        s.commit()
        outbox.take(s)
        (run,) = timing.for_submission(s, submission)
        return run

    return wait


@pytest.fixture
def patience() -> timedelta:
    """How long a run may take: twice the benchmark's seconds, and a minute."""
    return timedelta(seconds=180)


class TestQueued:
    def test_within_its_lease_nothing_is_done(self, s: Session, wait: Wait, patience: timedelta):
        wait()

        assert sweep_at(s, NOW + patience - SECOND) == []

    def test_it_is_sent_again_when_all_is_silent_and_the_queue_is_empty(self, s: Session, wait: Wait, patience):
        run = wait()

        assert sweep_at(s, NOW + patience) == [(run.id, 1)]
        assert sweep_at(s, NOW + patience + SECOND) == []

    def test_its_lease_doubles_each_time(self, s: Session, wait: Wait):
        run = wait()
        leases = []
        for _ in range(8):
            now = run.lease_until
            sweep_at(s, now)
            leases.append((run.lease_until - now) // SECOND)

        assert leases[:3] == [360, 720, 1440]
        assert leases[-1] == timing_queue.LONGEST_LEASE // SECOND

    @pytest.mark.parametrize("waiting", [1, None])
    def test_it_waits_while_messages_lie_in_the_queue_or_the_broker_is_silent(self, s: Session, wait: Wait, waiting):
        wait()

        assert sweep_at(s, NOW + timedelta(hours=8), waiting) == []

    def test_it_is_lost_when_a_later_one_ended_longer_ago_than_it_may_take(self, s: Session, wait: Wait, patience):
        lost, later = wait(), wait(NOW + SECOND)
        timing.record(s, later.id, 1, make_timing(), now=NOW + 60 * SECOND)

        assert sweep_at(s, NOW + patience + 30 * SECOND, waiting=9) == [], "another worker may have begun with it"
        assert sweep_at(s, NOW + patience + 60 * SECOND, waiting=9) == [(lost.id, 1)]

    def test_it_is_not_lost_when_earlier_ones_end(self, s: Session, wait: Wait, patience):
        earlier, waiting = wait(), wait(NOW + SECOND)
        timing.record(s, earlier.id, 1, make_timing(), now=NOW + patience)

        assert sweep_at(s, NOW + patience + 60 * SECOND) == []
        assert sweep_at(s, NOW + 2 * patience) == [(waiting.id, 1)], "until nothing ended for as long as it may take"

    def test_a_long_honest_queue_is_not_multiplied(self, s: Session, wait: Wait):
        runs = [wait(NOW + number * SECOND) for number in range(12)]
        line, now = [(run.id, 1) for run in runs[: timing_queue.AHEAD]], NOW
        for place in range(len(runs)):
            now += 70 * SECOND
            timing.record(s, *line[place], make_timing(), now=now)
            line += sweep_at(s, now, waiting=1)

        assert sorted(line) == [(run.id, 1) for run in runs], "each was sent once"

    def test_what_is_held_back_is_never_lost(self, s: Session, wait: Wait, patience):
        sent, held = [wait() for _ in range(timing_queue.AHEAD)], wait(NOW + SECOND)
        assert held.lease_until is None

        assert sweep_at(s, NOW + 2 * patience) == [(run.id, 1) for run in sent]

    def test_whose_turn_came_unheard_is_sent_by_the_sweep(self, s: Session, wait: Wait):
        runs = [wait() for _ in range(timing_queue.AHEAD + 1)]
        for run in runs[:-1]:
            run.state, run.lease_until = TimingState.RUNNING, NOW + 600 * SECOND
        s.commit()

        assert sweep_at(s, NOW + SECOND) == [(runs[-1].id, 1)]

    def test_a_method_is_sent_again_with_its_text(
        self, s: Session, published: CourseAssignment, timed: Assignment, lecturer: Person, patience
    ):
        timing.request_methods(s, published, timed, lecturer, now=NOW)
        first = [letter.job for letter in outbox.take(s)]
        s.commit()
        s.expire_all()

        assert sweep(s, NOW + patience, messages_waiting=lambda _: 0) == len(first) == timing_queue.AHEAD
        assert [letter.job for letter in outbox.take(s)] == first

    def test_what_the_broker_did_not_take_is_sent_at_once(self, s: Session, wait: Wait):
        run = wait()
        timing_queue.mark_unsent(s, timing_queue.job_of(run))

        assert sweep_at(s, NOW + SECOND, waiting=9) == [(run.id, 1)]
        assert sweep_at(s, NOW + 2 * SECOND, waiting=9) == []

    def test_an_internal_error_is_sent_again_after_its_pause(self, s: Session, wait: Wait):
        run = wait()
        timing.record(s, run.id, 1, broken(), now=NOW)

        assert sweep_at(s, NOW + timing.BACK_OFF[0] - SECOND, waiting=9) == []
        assert sweep_at(s, NOW + timing.BACK_OFF[0], waiting=9) == [(run.id, 2)]


class TestRunning:
    def test_a_silent_grader_loses_the_run_to_another(self, s: Session, wait: Wait, patience):
        run = wait()
        timing.begin(s, run.id, 1, now=NOW + 100 * SECOND)

        assert sweep_at(s, NOW + patience + 99 * SECOND) == []
        assert sweep_at(s, NOW + patience + 100 * SECOND, waiting=9) == [(run.id, 2)]
        assert run.state is TimingState.QUEUED

    def test_one_that_kills_every_grader_fails_after_three_attempts(self, s: Session, wait: Wait, patience):
        run, now = wait(), NOW
        for attempt in (1, 2, 3):
            timing.begin(s, run.id, attempt, now=now)
            now += patience
            sweep_at(s, now)

        assert run.state is TimingState.FAILED
        assert run.submission.score == 10.0
        assert timing.staff_note(run) == "No result came from the grader."
        assert sweep_at(s, now + timedelta(days=1)) == []

    def test_one_that_runs_keeps_the_next_from_being_sent_twice(self, s: Session, wait: Wait, patience):
        first, _ = wait(), wait(NOW + SECOND)
        timing.begin(s, first.id, 1, now=NOW + 90 * SECOND)

        assert sweep_at(s, NOW + patience + SECOND) == []


def test_what_has_ended_is_left_alone(s: Session, wait: Wait):
    run = wait()
    timing.record(s, run.id, 1, make_timing(), now=NOW)

    assert sweep_at(s, NOW + timedelta(days=1)) == []


def test_of_two_sweeps_at_once_one_takes_a_run_back(s: Session, wait: Wait, sessions: sessionmaker[Session], patience):
    count = len([wait() for _ in range(timing_queue.AHEAD)])

    def sent(_: int) -> int:
        with sessions.begin() as own:
            return len(sweep_at(own, NOW + patience))

    with ThreadPoolExecutor(4) as pool:
        assert sum(pool.map(sent, range(4))) == count


def test_a_grader_that_may_be_busy_with_a_timing_gets_no_submission_twice(s: Session, wait: Wait, hand_in, patience):
    run = wait()
    submission = hand_in(NOW + SECOND)
    run.queue = submission.queue = "grade.gpu"
    s.commit()
    outbox.take(s)

    sweep(s, NOW + 2 * QUEUE_LEASE, messages_waiting=lambda _: 0)
    assert outbox.take(s) == []

    timing.record(s, run.id, 1, make_timing(), now=NOW + 2 * QUEUE_LEASE)
    sweep(s, NOW + 3 * QUEUE_LEASE, messages_waiting=lambda _: 0)
    assert [letter.job.submission for letter in outbox.take(s)] == [submission.id]


def test_nothing_is_lost_at_a_restart(s: Session, wait: Wait, sessions: sessionmaker[Session], patience):
    """Whatever the broker forgot is found in SQL by a worker that knows nothing."""
    waiting, running = wait(), wait(NOW + SECOND)
    timing.begin(s, running.id, 1, now=NOW + SECOND)
    s.commit()

    with sessions.begin() as later:
        assert sorted(sweep_at(later, NOW + timedelta(days=1))) == [(waiting.id, 1), (running.id, 2)]
        assert {run.state for run in later.scalars(select(TimingRun))} == {TimingState.QUEUED}
