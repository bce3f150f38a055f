"""What is held about a person: all of it is told, and nothing of it is left once it is erased."""

from __future__ import annotations

import json

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from server.models import (
    Base,
    BoardHiding,
    BoardName,
    EnrolmentRole,
    Participant,
    Person,
    PracticeAnswer,
    QuizEvent,
    TimeAllowance,
    TimingReason,
    TimingRun,
    utcnow,
)
from server.services import accounts, courses, grading, personal_data
from server.services.errors import Refused
from tests.server import quiz_parts as parts


@pytest.fixture
def ada(s: Session, course, published, student: Person, lecturer: Person, hand_in, make_result) -> Person:
    """A student with something in every table that can be about a student."""
    submission = hand_in()
    grading.record(s, make_result(), submission.id, 1)
    session = parts.make_session(s, parts.make_quiz(s, course, 2))
    parts.answer(s, parts.join(s, session, student.number, student), 0, (0,))
    s.add(TimeAllowance(session_id=session.id, number=student.number.upper(), extra_seconds=60))
    s.add(QuizEvent(session_id=session.id, person_id=lecturer.id, kind="extended_one", details={"number": "100001"}))
    s.add(PracticeAnswer(item_id=session.items[0].id, person_id=student.id, seed=1, picked=[0], fraction=1.0))
    s.add(BoardName(course_id=course.id, person_id=student.id, alias="Quiet Kernel"))
    run = {"reason": TimingReason.VERIFICATION, "seed": 1, "queue": "time.cpu", "patience": 60.0}
    s.add(TimingRun(course_assignment_id=published.id, submission_id=submission.id, requested_by_id=lecturer.id, **run))
    hiding = {"course_assignment_id": published.id, "reason": "copied", "hidden_by_id": lecturer.id}
    s.add(BoardHiding(person_id=student.id, hidden_at=utcnow(), **hiding))
    accounts.issue_code(s, student)
    s.commit()
    return student


def everything(s: Session) -> str:
    """Every value of every row, as one text."""
    return "\n".join(repr(tuple(row)) for table in Base.metadata.sorted_tables for row in s.execute(select(table)))


def test_nothing_of_an_erased_person_is_left(s: Session, ada: Person):
    traces = [ada.number, ada.name, "Quiet Kernel", "def conv_forward"]
    held = everything(s)
    assert all(trace in held for trace in traces)

    personal_data.erase(s, ada)
    s.commit()

    left = everything(s)
    assert [trace for trace in traces if trace in left] == []


def test_others_keep_what_is_theirs(s: Session, ada: Person, course, lecturer: Person, hand_in):
    grace = accounts.create_person(s, "100002", name="Grace")
    courses.enrol(s, course, grace, EnrolmentRole.STUDENT)
    theirs = hand_in(person=grace)
    before = personal_data.told(s, grace)

    personal_data.erase(s, ada)
    s.commit()

    assert personal_data.told(s, grace) == before
    assert theirs.files
    assert courses.is_enrolled(s, course, lecturer)


def test_what_staff_did_outlives_them_without_their_name(s: Session, ada: Person, lecturer: Person):
    personal_data.erase(s, lecturer)
    s.commit()

    assert s.scalars(select(BoardHiding)).one().hidden_by_id is None
    assert s.scalars(select(TimingRun)).one().requested_by_id is None
    assert s.scalars(select(Participant)).one().number == ada.number
    assert accounts.person_by_number(s, "lecturer") is None


def test_everything_about_a_person_is_told_as_json_without_what_signs_in(s: Session, ada: Person):
    told = json.loads(json.dumps(personal_data.told(s, ada)))

    filled = {table for table, rows in told.items() if rows}
    assert filled >= {
        *("person", "enrolment", "one_time_code", "submission", "submission_file", "attempt", "check_record"),
        *("participant", "quiz_answer", "practice_answer", "time_allowance", "quiz_event", "timing_run"),
        *("board_name", "board_hiding"),
    }
    assert told["person"][0]["number"] == ada.number
    assert "password_hash" not in told["person"][0]
    assert "code_hash" not in told["one_time_code"][0]
    assert "seed" not in told["submission"][0]


def test_the_only_administrator_stays(s: Session):
    boss = accounts.create_person(s, "boss", is_admin=True)

    with pytest.raises(Refused, match="only administrator"):
        personal_data.erase(s, boss)

    accounts.create_person(s, "second", is_admin=True)
    assert personal_data.erase(s, boss) == {"person": 1}
