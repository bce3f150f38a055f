"""Whose timing is next: by turns among people, the newest of one's own first, and nothing sent before its time."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session, sessionmaker

from grader.contract import TIME_CPU, TIME_TASK, Assignment
from server.models import CourseAssignment, Person, Submission, TimingReason, TimingRun, TimingState
from server.services import outbox, timing, timing_queue
from server.services.errors import Refused
from tests.server.timing_parts import broken, make_timing

NOW = datetime(2026, 3, 2, 20, 0, tzinfo=UTC)
SECOND = timedelta(seconds=1)
LATER = NOW + 300 * SECOND
HandIn = Callable[..., TimingRun]


@pytest.fixture
def hands_in(s: Session, passed: Callable[..., Submission]) -> HandIn:
    """Hands in what passes all checks, so many seconds after eight o'clock: the run that waits."""

    def hands_in(person: Person | None = None, after: int = 0) -> TimingRun:
        submission = passed(person, NOW + after * SECOND)
        s.commit()
        return timing.for_submission(s, submission)[0]

    return hands_in


@pytest.fixture
def busy(s: Session, hands_in: HandIn, lecturer: Person) -> list[TimingRun]:
    """Somebody else's runs, which were sent and keep the queue from sending more."""
    runs = [hands_in(lecturer, -600) for _ in range(timing_queue.AHEAD)]
    outbox.take(s)
    return runs


def sent(s: Session) -> list[int]:
    return [letter.job.run for letter in outbox.take(s) if letter.task == TIME_TASK]


def order_of_service(s: Session, first: list[TimingRun], seconds: int = 10) -> list[TimingRun]:
    """Time everything that waits, one after the other, beginning with what was sent: the runs as they are begun."""
    line, served, now = [run.id for run in first], [], LATER
    while line:
        run = s.get_one(TimingRun, line.pop(0))
        assert timing.begin(s, run.id, run.attempt, now=now)
        now += seconds * SECOND
        assert timing.record(s, run.id, run.attempt, make_timing(), now=now)
        line += sent(s)
        served.append(run)
    return served[len(first) :]


class TestTurns:
    def test_everybody_has_a_first_timing_before_anybody_has_a_second(self, s, busy, hands_in: HandIn, people):
        greedy, *others = people
        for number in range(6):
            hands_in(greedy, number)
        for number, person in enumerate(others):
            hands_in(person, 60 + number)

        served = [run.submission.person_id for run in order_of_service(s, busy)]

        assert served[0] == greedy.id, "who waits longest"
        assert served[1 : len(others) + 1] == [person.id for person in others]
        assert served[len(others) + 1 :] == 5 * [greedy.id]

    def test_a_newer_submission_takes_the_place_of_the_older_one_and_all_are_timed(self, s, busy, hands_in, people):
        ada, bela, *_ = people
        old, other, new = hands_in(ada), hands_in(bela, 1), hands_in(ada, 2)

        assert order_of_service(s, busy) == [new, other, old]

    def test_who_had_timings_within_the_hour_waits_for_those_who_had_none(self, s, busy, hands_in: HandIn, people):
        ada, bela, chiara, _ = people
        for after, person in ((0, ada), (1, bela)):
            run = hands_in(person, after)
            timing.record(s, run.id, 1, make_timing(), now=NOW - timedelta(minutes=(90, 30)[after]))
        again = [hands_in(person, 10 + place) for place, person in enumerate((bela, ada, chiara))]

        assert order_of_service(s, busy) == [again[1], again[2], again[0]]

    def test_of_two_assignments_of_one_person_each_has_its_newest_first(self, s, busy, hands_in, student):
        elsewhere, old, new = [hands_in(student, number) for number in range(3)]
        other = CourseAssignment(course_id=elsewhere.course_assignment.course_id, assignment="05-conv-backward")
        s.add(other)
        elsewhere.course_assignment = elsewhere.submission.course_assignment = other
        s.commit()
        timing_queue.release(s, TIME_CPU, LATER)
        for run in busy:
            timing.begin(s, run.id, 1, now=LATER)

        assert sent(s) == [new.id, elsewhere.id]
        assert old.lease_until is None

    def test_a_failure_of_ours_costs_no_turn(self, s, busy, hands_in: HandIn, people):
        ada, bela, *_ = people
        failed = hands_in(ada)
        for attempt in (1, 2, 3):
            timing.record(s, failed.id, attempt, broken(), now=NOW)
        again, other = hands_in(ada, 5), hands_in(bela, 6)

        assert failed.state is TimingState.FAILED
        assert order_of_service(s, busy) == [again, other]

    def test_students_go_before_the_staff(self, s, busy, hands_in, student, published, timed: Assignment, lecturer):
        methods = timing.request_methods(s, published, timed, lecturer, now=NOW)
        check = timing.request(
            s, busy[0].submission, timed, reason=TimingReason.VERIFICATION, by=lecturer, now=NOW + SECOND
        )
        first, second = hands_in(student, 2), hands_in(student, 3)

        assert order_of_service(s, busy) == [second, first, *methods, check]


class TestRelease:
    def test_no_more_are_sent_than_are_needed_to_keep_timers_busy(self, s, hands_in: HandIn, people):
        runs = [hands_in(person) for person in people]

        assert sent(s) == [run.id for run in runs[: timing_queue.AHEAD]]
        assert [run.lease_until for run in runs[timing_queue.AHEAD :]] == [None, None]

    def test_each_that_is_begun_lets_one_go(self, s, hands_in: HandIn, people):
        first, *_, third, fourth = [hands_in(person, place) for place, person in enumerate(people)]
        sent(s)

        timing.begin(s, first.id, 1, now=LATER)
        assert sent(s) == [third.id]
        timing.record(s, first.id, 1, make_timing(), now=LATER)
        assert sent(s) == [], "two are on the way still"
        assert fourth.lease_until is None

    def test_what_ended_without_a_beginning_lets_one_go_too(self, s, hands_in: HandIn, people):
        runs = [hands_in(person, place) for place, person in enumerate(people)]
        sent(s)
        timing.record(s, runs[0].id, 1, make_timing(), now=LATER)

        assert sent(s) == [runs[timing_queue.AHEAD].id]

    def test_what_failed_waits_for_its_pause_and_blocks_nobody(self, s, hands_in: HandIn, people):
        failing, *others = [hands_in(person, place) for place, person in enumerate(people)]
        sent(s)
        timing.record(s, failing.id, 1, broken(), now=LATER)

        assert sent(s) == [others[1].id]
        for run in others:
            timing.record(s, run.id, 1, make_timing(), now=LATER)
        assert sent(s) == [others[2].id]
        timing_queue.release(s, TIME_CPU, LATER + timing.BACK_OFF[0])
        assert sent(s) == [failing.id]

    def test_of_many_at_once_none_sends_a_run_twice(self, s, hands_in, people, sessions: sessionmaker[Session]):
        for person in 3 * people:
            hands_in(person)
        outbox.take(s)
        for run in s.scalars(select(TimingRun).where(TimingRun.lease_until.is_not(None))):
            run.state = TimingState.RUNNING
        s.commit()

        def release(_: int) -> list[int]:
            with sessions.begin() as own:
                timing_queue.release(own, TIME_CPU, NOW)
                return sent(own)

        with ThreadPoolExecutor(4) as pool:
            released = [run for runs in pool.map(release, range(4)) for run in runs]

        assert len(set(released)) == len(released) >= timing_queue.AHEAD

    def test_another_queue_is_left_alone(self, s, busy, hands_in: HandIn, student):
        hands_in(student)

        assert timing_queue.release(s, "grade.gpu", NOW) == 0
        assert sent(s) == []


class TestPlace:
    def test_it_counts_what_comes_before(self, s, busy, hands_in: HandIn, people):
        runs = [hands_in(person, place) for place, person in enumerate(people)]

        assert [timing_queue.timings_before(s, run, NOW) for run in (*busy, *runs)] == [0, 1, 2, 3, 4, 5]
        timing.begin(s, busy[0].id, 1, now=NOW)
        assert [timing_queue.timings_before(s, run, NOW) for run in (*busy, *runs)] == [0, 1, 2, 3, 4, 5]

    def test_one_that_has_ended_waits_for_nothing(self, s, hands_in: HandIn):
        run = hands_in()
        timing.record(s, run.id, 1, make_timing(), now=NOW)

        assert timing_queue.timings_before(s, run, NOW) == 0


class TestNewer:
    def test_the_newest_is_named_that_is_timed_in_its_place(self, s, busy, hands_in: HandIn, people):
        ada, bela, *_ = people
        old, _, other, new = hands_in(ada), hands_in(ada, 1), hands_in(bela, 2), hands_in(ada, 3)

        newer = [timing_queue.newer_of_same_person(s, run) for run in (old, other, new)]
        assert newer == [new.submission_id, None, None]

    def test_who_prefers_an_older_one_has_it_timed_first(self, s, busy, hands_in: HandIn, people):
        ada, bela, *_ = people
        old, other, new = hands_in(ada), hands_in(bela, 1), hands_in(ada, 2)
        timing_queue.prefer(s, old, NOW + 60 * SECOND)

        assert timing_queue.newer_of_same_person(s, old) is None
        assert timing_queue.newer_of_same_person(s, new) == old.submission_id
        assert order_of_service(s, busy) == [old, other, new]

    def test_a_submission_after_that_wish_goes_first_again(self, s, busy, hands_in: HandIn, student):
        old, middle = hands_in(student), hands_in(student, 1)
        timing_queue.prefer(s, old, NOW + 60 * SECOND)
        new = hands_in(student, 120)

        assert order_of_service(s, busy) == [new, old, middle]

    def test_what_is_on_its_way_cannot_be_preferred(self, s, busy):
        with pytest.raises(Refused, match="does not wait for its turn"):
            timing_queue.prefer(s, busy[0])


def test_an_older_and_faster_submission_keeps_the_points_that_it_earns(s, busy, hands_in, student):
    """The best submission counts in the gradebook, so none may stay without its timing."""
    fast, slow = hands_in(student), hands_in(student, 1)
    for run, speed, points in ((slow, 1.8, 1.0), (fast, 2.6, 2.0)):
        timing.record(s, run.id, 1, make_timing(speed, points), now=NOW)

    assert [run.submission.score for run in (fast, slow)] == [12.0, 11.0]
