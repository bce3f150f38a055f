from __future__ import annotations

from collections.abc import Callable

import pytest
from celery.exceptions import Reject
from celery.worker import state
from sqlalchemy.exc import OperationalError
from sqlalchemy.orm import Session, sessionmaker

from grader.contract import ContractError, Progress
from server import worker
from server.models import State, Submission
from server.worker import note_progress, record_result, take_in


def record_message(submission: Submission, result) -> dict:
    return {"submission": submission.id, "attempt": 1, "result": result.to_dict()}


def test_a_result_message_is_recorded(s: Session, sessions: sessionmaker[Session], hand_in, make_result):
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
    s: Session, sessions: sessionmaker[Session], hand_in, make_result, spoil: Callable[[dict], object]
):
    submission = hand_in()

    take_in(sessions, record_result, spoil(record_message(submission, make_result())))

    s.refresh(submission)
    assert submission.state is State.QUEUED


def test_the_reason_is_named():
    with pytest.raises(ContractError, match="unknown extra"):
        record_result(None, {"submission": 1, "attempt": 1, "result": {}, "extra": 1})


@pytest.fixture
def failing(monkeypatch: pytest.MonkeyPatch) -> Callable[..., None]:
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
