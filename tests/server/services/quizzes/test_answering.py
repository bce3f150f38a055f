"""Storing answers: in batches, the newest of each question, decided by fresh rows; on SQLite and PostgreSQL."""

from __future__ import annotations

import random
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import datetime, timedelta

import pytest
from sqlalchemy import Engine, delete, select, text
from sqlalchemy.orm import Session

from server.models import Mode, Participant, QuizAnswer, QuizSession, SessionItem, Stage, utcnow
from server.services.errors import AnswerRefused
from server.services.quizzes import answering
from server.services.quizzes.answering import store
from server.services.quizzes.changes import Change, Outcome, read_change
from server.services.quizzes.hall import Hall
from tests.server.quiz_parts import join, make_quiz, make_session, multiple, numeric, single, true_false

SECOND = timedelta(seconds=1)


@pytest.fixture
def now() -> datetime:
    return utcnow()


@pytest.fixture
def quiz(s: Session, course):
    return make_quiz(s, course, [single(), multiple(), true_false(), numeric()])


@pytest.fixture
def session(s: Session, quiz, now) -> QuizSession:
    """Open for five minutes more, with the questions in order and the options as they fall."""
    made = make_session(s, quiz, now=now, shuffles_questions=False)
    s.commit()
    return made


@pytest.fixture
def ada(s: Session, session) -> Participant:
    participant = join(s, session, device="phone-0123456789")
    s.commit()
    return participant


@pytest.fixture
def change(ada: Participant, now: datetime) -> Change:
    """Ada's answer to the first question: the first option that she sees."""
    return Change(ada.id, "phone-0123456789", 0, (0,), "", 1, "token-0001", now)


def stored(s: Session, participant: Participant) -> dict[int, tuple[list[int], str, int]]:
    """What is stored, by the question's place in the paper."""
    s.expire_all()
    places = {entry["item"]: place for place, entry in enumerate(participant.paper)}
    return {
        places[answer.item_id]: (answer.picked, answer.text, answer.sequence)
        for answer in s.scalars(select(QuizAnswer))
    }


def test_an_answer_is_stored_as_places_as_written(s, engine, ada, change):
    order = ada.paper[0]["order"]
    (receipt,) = store(engine, [change])
    assert (receipt.outcome, receipt.sequence, receipt.answered_at) == (Outcome.SAVED, 1, change.arrived)
    assert stored(s, ada) == {0: ([order[0]], "", 1)}


def test_several_options_and_numbers_are_stored(s, engine, ada, change):
    order = ada.paper[1]["order"]
    several = replace(change, question=1, picked=(0, 2, 3), token="token-0002")
    number = replace(change, question=3, picked=(), text="1,5", token="token-0003")
    assert {receipt.outcome for receipt in store(engine, [several, number])} == {Outcome.SAVED}
    assert stored(s, ada) == {1: (sorted(order[index] for index in (0, 2, 3)), "", 1), 3: ([], "1,5", 1)}


def test_a_newer_answer_replaces_and_an_older_one_never_does(s, engine, ada, change):
    newer = replace(change, picked=(1,), sequence=2, token="token-0002")
    assert store(engine, [newer])[0].outcome is Outcome.SAVED
    (late,) = store(engine, [change])
    assert (late.outcome, late.sequence) == (Outcome.SUPERSEDED, 2)
    assert stored(s, ada)[0] == ([ada.paper[0]["order"][1]], "", 2)


def test_an_answer_can_be_taken_back(s, engine, ada, change):
    store(engine, [change])
    store(engine, [replace(change, picked=(), sequence=2, token="token-0002")])
    assert stored(s, ada) == {0: ([], "", 2)}


def test_the_same_answer_again_gets_the_same_receipt(s, engine, ada, change, now):
    (first,) = store(engine, [change])
    (again,) = store(engine, [replace(change, arrived=now + SECOND)])
    assert again == first
    assert store(engine, [change, replace(change, arrived=now + SECOND)]) == [first, first]


def test_the_same_answer_again_is_acknowledged_when_it_is_over(s, engine, session, ada, change, now):
    (first,) = store(engine, [change])
    session.ended_at = now + SECOND
    ada.device = "laptop-0123456789"
    s.commit()
    assert store(engine, [replace(change, arrived=now + timedelta(hours=1))]) == [first]


def test_in_a_batch_the_last_of_a_question_counts(s, engine, ada, change):
    batch = [replace(change, picked=(n % 3,), sequence=n, token=f"token-{n:04}") for n in (3, 1, 5, 2, 4)]
    receipts = store(engine, batch)
    assert [receipt.outcome for receipt in receipts] == [
        Outcome.SUPERSEDED, Outcome.SUPERSEDED, Outcome.SAVED, Outcome.SUPERSEDED, Outcome.SUPERSEDED,
    ]  # fmt: skip
    assert {receipt.sequence for receipt in receipts} == {5}
    assert stored(s, ada)[0][2] == 5


@pytest.mark.parametrize(
    ("columns", "outcome"),
    [
        ({"opens_at": 60}, Outcome.WAITING),
        ({"opens_at": None}, Outcome.WAITING),
        ({"closes_at": -2.001}, Outcome.CLOSED),
        ({"closes_at": -1.9}, Outcome.SAVED),
        ({"ended_at": -2.001}, Outcome.CLOSED),
        ({"ended_at": -1.9}, Outcome.SAVED),
        ({"paused_at": -2.001}, Outcome.PAUSED),
        ({"paused_at": -1.9}, Outcome.SAVED),
    ],
)
def test_the_sessions_times_as_they_are_now_decide(s, engine, session, change, now, columns, outcome):
    for name, seconds in columns.items():
        setattr(session, name, None if seconds is None else now + timedelta(seconds=seconds))
    s.commit()
    assert store(engine, [change])[0].outcome is outcome


def test_extra_time_counts(s, engine, session, ada, change, now):
    session.closes_at, ada.extra_seconds = now - timedelta(seconds=30), 60
    s.commit()
    assert store(engine, [change])[0].outcome is Outcome.SAVED


def test_the_moment_of_arrival_decides_and_not_of_storing(s, engine, session, change, now):
    session.opens_at, session.closes_at = now - timedelta(hours=2), now - timedelta(hours=1)
    s.commit()
    in_time = replace(change, arrived=now - timedelta(hours=1))
    assert store(engine, [in_time])[0].outcome is Outcome.SAVED
    assert store(engine, [replace(change, sequence=2, token="token-0002")])[0].outcome is Outcome.CLOSED


def test_a_paced_session_takes_the_question_on_show(s, engine, quiz, now):
    session = make_session(s, quiz, Mode.PACED, now=now, shuffles_questions=False, current=1, stage=Stage.OPEN)
    ada = join(s, session)
    s.commit()
    answers = [Change(ada.id, ada.device, n, (0,), "", 1, f"token-{n:04}", now + SECOND) for n in range(3)]
    outcomes = [receipt.outcome for receipt in store(engine, answers)]
    assert outcomes == [Outcome.NOT_ON_SHOW, Outcome.SAVED, Outcome.NOT_ON_SHOW]


def test_a_device_that_lost_its_place_stores_nothing(s, engine, ada, change):
    ada.device = "laptop-0123456789"
    s.commit()
    assert store(engine, [change])[0].outcome is Outcome.OTHER_DEVICE
    assert stored(s, ada) == {}


@pytest.mark.parametrize(
    "changes",
    [
        {"participant": 4711},
        {"question": 4},
        {"picked": (3,)},
        {"picked": (0, 1)},
        {"text": "words"},
        {"question": 1, "picked": (4,)},
        {"question": 2, "picked": (0, 1)},
        {"question": 3, "picked": (0,)},
    ],
)
def test_what_fits_no_question_is_refused_alone(s, engine, ada, change, changes):
    good = replace(change, question=2, token="token-0002")
    receipts = store(engine, [replace(change, **changes), good])
    assert [receipt.outcome for receipt in receipts] == [Outcome.UNKNOWN, Outcome.SAVED]
    assert list(stored(s, ada)) == [2]


def test_an_item_that_is_gone_costs_its_answer_alone(s, engine, ada, change):
    s.execute(delete(SessionItem).where(SessionItem.id == ada.paper[0]["item"]))
    s.commit()
    receipts = store(engine, [change, replace(change, question=2, token="token-0002")])
    assert [receipt.outcome for receipt in receipts] == [Outcome.UNKNOWN, Outcome.SAVED]


def test_nobody_answers_for_somebody_else(s, engine, session, ada, change):
    bela = join(s, session, "100002", device="tablet-0123456789", seed=2)
    s.commit()
    assert store(engine, [replace(change, participant=bela.id)])[0].outcome is Outcome.OTHER_DEVICE
    assert stored(s, ada) == {}


def test_the_stored_answers_are_given_by_item(s, engine, ada, change):
    store(engine, [change])
    (item,) = answering.answers_of(s, ada)
    assert item == ada.paper[0]["item"]


# What a browser sends


def sent(**changes) -> dict:
    return {"question": 1, "picked": [0], "text": "", "sequence": 1, "token": "token-0001"} | changes


def test_a_change_is_read(now):
    change = read_change(sent(question=3, picked=[2, 0, 2], text="\u2009 12\u00a0000\n"), 7, "phone", now)
    assert change == Change(7, "phone", 2, (0, 2), "12 000", 1, "token-0001", now)


@pytest.mark.parametrize(
    "data",
    [
        [],
        "answer",
        None,
        {},
        sent(question=0),
        sent(question=True),
        sent(question="1"),
        sent(question=10**9),
        sent(picked="0"),
        sent(picked=[-1]),
        sent(picked=[0.5]),
        sent(picked=[12]),
        sent(picked=list(range(13))),
        sent(picked=None),
        sent(text=5),
        sent(text="1" * 61),
        sent(sequence=0),
        sent(sequence=2**53),
        sent(sequence=1.5),
        sent(token="short"),
        sent(token="x" * 41),
        sent(token="with a blank"),
        sent(token=None),
    ],
)
def test_what_is_no_answer_is_refused(data, now):
    with pytest.raises(AnswerRefused):
        read_change(data, 7, "phone", now)


def test_texts_that_no_database_takes_become_blanks(now):
    assert read_change(sent(text="1\x002\ud800"), 7, "phone", now).text == "1 2"


# Races


def test_two_hundred_at_once_lose_nothing(s, engine, session, now):
    students = [join(s, session, f"s{n:04}", seed=n) for n in range(50)]
    s.commit()
    hall = Hall(engine)
    changes = [
        Change(ada.id, ada.device, question, (0,) if question < 3 else (), "", 1, f"token-{question:04}", now)
        for ada in students
        for question in range(4)
    ]
    random.Random(1).shuffle(changes)
    with ThreadPoolExecutor(32) as pool:
        receipts = list(pool.map(hall.save, changes))
    assert {receipt.outcome for receipt in receipts} == {Outcome.SAVED}
    assert len(s.scalars(select(QuizAnswer)).all()) == 200


def test_two_processes_that_store_at_once_keep_the_highest_sequence(s, engine, session, database_url, now):
    students = [join(s, session, f"s{n:04}", seed=n) for n in range(10)]
    s.commit()
    halls = [Hall(engine), Hall(engine)]
    changes = [
        Change(ada.id, ada.device, question, (n % 2,), "", n, f"token-{n:04}", now)
        for n in range(1, 9)
        for ada in students
        for question in range(3)
    ]
    random.Random(2).shuffle(changes)
    with ThreadPoolExecutor(24) as pool:
        receipts = list(pool.map(lambda pair: halls[pair[0] % 2].save(pair[1]), enumerate(changes)))
    outcomes = {outcome: sum(receipt.outcome is outcome for receipt in receipts) for outcome in Outcome}
    assert outcomes[Outcome.SAVED] + outcomes[Outcome.SUPERSEDED] == 240
    kept = s.scalars(select(QuizAnswer)).all()
    assert len(kept) == 30
    assert {answer.sequence for answer in kept} == {8}


def test_an_end_that_was_committed_counts_for_whoever_comes_after_it(s, engine: Engine, session, ada, change, now):
    hall = Hall(engine)
    assert hall.save(change).outcome is Outcome.SAVED
    session.ended_at = now - timedelta(seconds=10)
    s.commit()
    assert hall.save(replace(change, sequence=2, token="token-0002")).outcome is Outcome.CLOSED


@pytest.mark.parametrize("database_kind", ["postgresql"], indirect=True)
def test_a_database_that_was_restarted_costs_nothing(s, engine, ada, change):
    hall = Hall(engine)
    assert hall.save(change).outcome is Outcome.SAVED
    others = "pid <> pg_backend_pid() AND datname = current_database()"
    s.execute(text(f"SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE {others}"))
    s.commit()
    assert hall.save(replace(change, sequence=2, token="token-0002")).outcome is Outcome.SAVED
    assert stored(s, ada)[0][2] == 2
