"""What the staff can look up of a board: all timings of a submission, repeated ones compared, and files of both."""

from __future__ import annotations

from datetime import timedelta

import pytest

from grader.contract import Outcome, load_assignment
from server.models import BoardName, EnrolmentRole, TimingReason, TimingRun, TimingState, utcnow
from server.services import accounts, board, board_audit, courses, timing
from server.services.board_standing import standing
from tests.server import board_parts as parts


@pytest.fixture(scope="session")
def assignments_root(tmp_path_factory):
    root = tmp_path_factory.mktemp("timed")
    parts.write_timed(root)
    return root


@pytest.fixture
def conv(assignments_root):
    return load_assignment(assignments_root / "04-conv-forward")


@pytest.fixture
def grace(s, course):
    person = accounts.create_person(s, "100002", name="Grace")
    courses.enrol(s, course, person, EnrolmentRole.STUDENT)
    return person


def again(s, run: TimingRun, conv, lecturer) -> TimingRun:
    verification = timing.request(s, run.submission, conv, reason=TimingReason.VERIFICATION, by=lecturer)
    assert verification is not None
    return verification


def test_the_timings_of_a_submission_are_its_own_newest_first(s, published, conv, student, grace, lecturer):
    first, other = (parts.stand(s, published, conv, person, 1.8) for person in (student, grace))
    second = again(s, first, conv, lecturer)
    assert board_audit.siblings(s, first) == board_audit.siblings(s, second) == [second, first]
    assert board_audit.siblings(s, other) == [other]


def test_the_timings_of_a_method_are_those_of_its_name(s, published, conv, lecturer):
    ratios = {"offsets": 1.0, "loops": 0.001, "im2col": 0.8}
    old, new = (
        {run.method: run for run in parts.measure_methods(s, published, conv, lecturer, ratios)} for _ in range(2)
    )
    assert board_audit.siblings(s, old["im2col"]) == [new["im2col"], old["im2col"]]


def test_a_run_is_found_in_its_own_assignment_alone(s, published, conv, student):
    run = parts.stand(s, published, conv, student, 1.8)
    assert board_audit.run_of(s, published, run.id) is run
    elsewhere = courses.publish(
        s, courses.create_course(s, "b-2026", "B"), conv, opens_at=None, due_at=None, points=None
    )
    s.flush()
    assert board_audit.run_of(s, elsewhere, run.id) is None
    assert board_audit.run_of(s, published, 2**40) is None


@pytest.mark.parametrize(("ratio", "agrees"), [(1.75, True), (1.9, True), (1.5, False), (2.2, False)])
def test_two_timings_agree_where_their_intervals_overlap(s, published, conv, student, lecturer, ratio, agrees):
    old = parts.stand(s, published, conv, student, 1.8)
    new = again(s, old, conv, lecturer)
    (pair,) = board_audit.repeated(s, published)
    assert (pair.old, pair.new, pair.is_waiting, pair.agrees) == (old, new, True, None)
    parts.finish(s, new, parts.make_timing(conv, ratio))
    (pair,) = board_audit.repeated(s, published)
    assert (pair.is_waiting, pair.agrees) == (False, agrees)


def test_a_second_verification_is_compared_with_the_last_speed_before_it(s, published, conv, student, lecturer):
    first = parts.stand(s, published, conv, student, 1.8)
    refused = again(s, first, conv, lecturer)
    parts.finish(s, refused, parts.refused(conv, "A thread was started."))
    (pair,) = board_audit.repeated(s, published)
    assert (pair.new, pair.agrees) == (refused, None)
    third = again(s, first, conv, lecturer)
    (pair,) = board_audit.repeated(s, published)
    assert (pair.old, pair.new) == (first, third)


def test_what_failed_on_our_side_is_listed_until_another_run_follows(s, published, conv, student, lecturer):
    submission = parts.solve(s, published, conv, student)
    (run,) = timing.for_submission(s, submission)
    assert board_audit.unfinished(s, published) == [run]
    broken = parts.replace(parts.refused(conv, "No clock."), outcome=Outcome.INTERNAL_ERROR)
    for attempt in (1, 2, 3):
        timing.record(s, run.id, attempt, broken)
    assert run.state is TimingState.FAILED
    assert board_audit.unfinished(s, published) == [run]
    parts.finish(s, again(s, run, conv, lecturer), parts.make_timing(conv))
    assert board_audit.unfinished(s, published) == []


def test_a_file_of_a_timing_has_no_seed_before_it_may_be_told(s, published, conv, student):
    run = parts.stand(s, published, conv, student, 1.8)
    assert "seed" not in board_audit.as_json(run, with_seed=False)["timing"]
    assert board_audit.as_json(run, with_seed=True)["timing"]["seed"] == run.result["seed"]
    assert "seed" in run.result, "what is stored keeps it"


def test_a_run_without_a_result_is_a_file_without_calls(s, published, conv, student):
    submission = parts.solve(s, published, conv, student)
    (run,) = timing.for_submission(s, submission)
    assert board_audit.as_csv(run).splitlines() == ["pair,call,submission_ms,reference_ms"]
    assert board_audit.as_json(run, with_seed=True)["timing"] is None


@pytest.mark.parametrize(("hours", "closed"), [(None, False), (1, False), (-1, True)])
def test_an_assignment_is_closed_when_its_due_time_has_passed(published, hours, closed):
    published.due_at = None if hours is None else utcnow() + timedelta(hours=hours)
    assert board_audit.is_closed(published) is closed


def test_looking_up_a_standing_draws_no_name(s, published, student):
    found = standing(s, published, student)
    assert (found.name, found.hiding, found.is_listed) == (None, None, True)
    assert s.query(BoardName).count() == 0


def test_a_standing_has_the_name_and_why_somebody_is_hidden(s, published, conv, student, grace, lecturer):
    parts.stand(s, published, conv, student, 1.8)
    board.set_listed(s, published.course, student, is_listed=False)
    board.hide(s, published, student, "Copied.", lecturer)
    found = standing(s, published, student)
    assert (found.is_listed, found.hiding.reason) == (False, "Copied.")
    assert standing(s, published, grace).hiding is None
