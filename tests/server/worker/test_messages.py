from __future__ import annotations

from collections.abc import Callable
from functools import partial

import pytest
from celery.exceptions import Reject
from celery.worker import state
from sqlalchemy.exc import OperationalError
from sqlalchemy.orm import Session, sessionmaker

from grader.contract import ContractError, Progress
from server import worker
from server.catalogue import Catalogue
from server.models import State, Submission, TimingRun, TimingState
from server.services import grading, timing
from server.settings import Settings
from server.worker import note_progress, note_timing_begun, record_timing_result, take_in
from tests.server.timing_parts import make_timing, write_timed


@pytest.fixture
def record_result(settings: Settings) -> Callable[[Session, object], None]:
    return partial(worker.record_result, catalogue=Catalogue(settings.assignments))


def record_message(submission: Submission, result) -> dict:
    return {"submission": submission.id, "attempt": 1, "result": result.to_dict()}


def test_a_result_message_is_recorded(s: Session, sessions: sessionmaker[Session], hand_in, make_result, record_result):
    submission = hand_in()

    take_in(sessions, record_result, record_message(submission, make_result(8.0)))

    s.refresh(submission)
    assert (submission.state, submission.score) == (State.GRADED, 8.0)


def test_a_progress_message_is_noted(s: Session, sessions: sessionmaker[Session], hand_in):
    submission = hand_in()

    take_in(sessions, note_progress, Progress(submission.id, 1, 0, 2, 10.0).to_dict())

    s.refresh(submission)
    assert submission.state is State.RUNNING


@pytest.mark.parametrize(
    "spoil",
    [
        lambda message: None,
        lambda message: [],
        lambda message: "x",
        lambda message: {},
        lambda message: message | {"extra": 1},
        lambda message: message | {"submission": "1"},
        lambda message: message | {"attempt": True},
        lambda message: message | {"result": None},
        lambda message: message | {"result": message["result"] | {"schema": 99}},
        lambda message: message | {"result": message["result"] | {"verdict": "perfect"}},
        lambda message: message | {"result": message["result"] | {"assignment": "08-pooling"}},
        lambda message: message | {"result": message["result"] | {"score": 1e9}},
    ],
)
def test_a_message_that_breaks_the_contract_is_dropped_and_changes_nothing(
    s: Session, sessions: sessionmaker[Session], hand_in, make_result, record_result, spoil: Callable[[dict], object]
):
    submission = hand_in()

    take_in(sessions, record_result, spoil(record_message(submission, make_result())))

    s.refresh(submission)
    assert submission.state is State.QUEUED


def test_the_reason_is_named(record_result):
    with pytest.raises(ContractError, match="unknown extra"):
        record_result(None, {"submission": 1, "attempt": 1, "result": {}, "extra": 1})


class TestTimings:
    @pytest.fixture
    def run(self, s: Session, hand_in, tmp_path, make_check, make_result) -> TimingRun:
        """A run that waits."""
        submission, timed = hand_in(), write_timed(tmp_path / "timed")
        checks = (make_check("shapes", 5.0), make_check("values", 5.0))
        grading.record(s, make_result(10.0, checks=checks), submission.id, 1, assignment=timed)
        s.commit()
        (run,) = timing.for_submission(s, submission)
        return run

    def message(self, run: TimingRun) -> dict:
        return {"run": run.id, "attempt": 1, "timing": make_timing(points=1.0).to_dict()}

    def test_one_that_begins_is_noted(self, s: Session, sessions: sessionmaker[Session], run: TimingRun):
        take_in(sessions, note_timing_begun, {"run": run.id, "attempt": 1})

        s.refresh(run)
        assert run.state is TimingState.RUNNING

    def test_a_timing_message_is_recorded(self, s: Session, sessions: sessionmaker[Session], run: TimingRun):
        take_in(sessions, record_timing_result, self.message(run))

        s.refresh(run)
        s.refresh(run.submission)
        assert (run.state, run.submission.score) == (TimingState.DONE, 11.0)

    @pytest.mark.parametrize(
        "spoil",
        [
            lambda message: None,
            lambda message: {},
            lambda message: message | {"extra": 1},
            lambda message: message | {"run": "1"},
            lambda message: message | {"attempt": True},
            lambda message: message | {"timing": None},
            lambda message: message | {"timing": message["timing"] | {"schema": 99}},
            lambda message: message | {"timing": message["timing"] | {"ratio": None}},
            lambda message: message | {"timing": message["timing"] | {"assignment": "08-pooling"}},
            lambda message: message | {"timing": message["timing"] | {"points": 1e9}},
        ],
    )
    def test_a_message_that_breaks_the_contract_is_dropped_and_changes_nothing(
        self, s: Session, sessions: sessionmaker[Session], run: TimingRun, spoil: Callable[[dict], object]
    ):
        take_in(sessions, record_timing_result, spoil(self.message(run)))

        s.refresh(run)
        assert run.state is TimingState.QUEUED

    @pytest.mark.parametrize("message", [None, {}, {"run": 1}, {"run": 1, "attempt": 1, "x": 1}])
    def test_a_sign_that_breaks_the_contract_is_dropped(
        self, s: Session, sessions: sessionmaker[Session], run: TimingRun, message: object
    ):
        take_in(sessions, note_timing_begun, message)

        s.refresh(run)
        assert run.state is TimingState.QUEUED


@pytest.fixture
def failing(monkeypatch: pytest.MonkeyPatch, record_result) -> Callable[..., None]:
    """A write that fails a few times as it does while the database restarts, and then goes on."""
    monkeypatch.setattr(worker, "PAUSES", (0.0,))
    monkeypatch.setattr(worker, "LONGEST_PAUSE", 0.0)
    falls = [3]

    def write(s: Session, data: object) -> None:
        if falls[0]:
            falls[0] -= 1
            raise OperationalError("SELECT 1", {}, ConnectionError("server closed the connection"))
        record_result(s, data)

    return write


def test_a_database_that_is_away_is_waited_for(
    s: Session, sessions: sessionmaker[Session], hand_in, make_result, failing
):
    submission = hand_in()

    take_in(sessions, failing, record_message(submission, make_result(8.0)))

    s.refresh(submission)
    assert submission.score == 8.0


def test_a_worker_that_must_stop_hands_the_message_back(
    sessions: sessionmaker[Session], hand_in, make_result, failing, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr(state, "should_stop", 0)

    with pytest.raises(Reject) as rejected:
        take_in(sessions, failing, record_message(hand_in(), make_result()))

    assert rejected.value.requeue
