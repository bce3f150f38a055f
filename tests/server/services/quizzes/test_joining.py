"""Joining by code and number: who may, on which device, once; on SQLite and PostgreSQL."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest
from sqlalchemy import func, select
from sqlalchemy.orm import Session, sessionmaker

from server.models import EnrolmentRole, Mode, Participant, Person, QuizEvent, QuizSession, TimeAllowance, utcnow
from server.services import accounts, courses
from server.services.errors import JoinRefused, OtherDevice
from server.services.quizzes import clock, joining
from server.services.quizzes.clock import Phase
from server.services.quizzes.joining import Asking
from tests.server.quiz_parts import make_quiz, make_session

PHONE, LAPTOP, TABLET = ("phone-0123456789", "laptop-0123456789", "tablet-0123456789")


@pytest.fixture
def quiz(s: Session, course):
    return make_quiz(s, course, 5)


@pytest.fixture
def session(s: Session, quiz) -> QuizSession:
    """Open, for the roster."""
    made = make_session(s, quiz)
    s.commit()
    return made


@pytest.fixture
def open_session(s: Session, quiz) -> QuizSession:
    """Open, for every number."""
    made = make_session(s, quiz, roster_only=False)
    s.commit()
    return made


def ask(s: Session, session: QuizSession, number: str = "100001", device: str = PHONE, **more) -> Participant:
    now = more.pop("now", None) or utcnow()
    participant = joining.join(s, session, Asking(number, device, **more), now)
    s.commit()
    return participant


def events(s: Session, kind: str) -> list[QuizEvent]:
    return list(s.scalars(select(QuizEvent).where(QuizEvent.kind == kind)))


@pytest.mark.parametrize("typed", ["{code}", "{lower}", " {code} ", "{spaced}"])
def test_a_code_is_found_however_it_is_typed(s, session, typed):
    session.code = code = "ACE346"
    s.commit()
    spaced = f"{code[:3]}-{code[3:]}"
    assert joining.session_by_code(s, typed.format(code=code, lower=code.lower(), spaced=spaced)) is session


@pytest.mark.parametrize("typed", ["", "ABC", "A" * 30, "'; --", "ÄÖÜ"])
def test_what_is_no_code_finds_nothing(s, session, typed):
    assert joining.session_by_code(s, typed) is None


@pytest.mark.parametrize("typed", ["100001", "  100001 "])
def test_a_student_on_the_roster_joins(s, session, student, typed):
    participant = ask(s, session, typed)
    assert (participant.number, participant.person_id) == ("100001", student.id)
    assert len(participant.paper) == 5
    assert len(events(s, joining.JOINED)) == 1


def test_case_does_not_matter_and_the_rosters_spelling_stays(s, session, course):
    person = accounts.create_person(s, "S200002")
    courses.enrol(s, course, person, EnrolmentRole.STUDENT)
    first = ask(s, session, "s200002")
    assert first.number == "S200002"
    assert ask(s, session, "S200002") is first


def test_who_is_not_on_the_roster_cannot_join(s, session, student):
    accounts.create_person(s, "300003")
    for number in ("300003", "999999", "", "Ada"):
        with pytest.raises(JoinRefused):
            ask(s, session, number)
    student.is_active = False
    with pytest.raises(JoinRefused, match="not on the course's roster"):
        ask(s, session, student.number)


@pytest.mark.parametrize("number", ["s1234567", "2019-12345-BG-0", "B00812345", "123"])
def test_an_open_session_takes_every_sane_number(s, open_session, number):
    participant = ask(s, open_session, number)
    assert participant.number == number.lower()
    assert participant.person_id is None
    assert ask(s, open_session, number.upper()) is participant


@pytest.mark.parametrize(
    "number", ["Ada", "ada lovelace", "ada99", "1", "x" * 40 + "123", "12 34 56", "<b>123</b>", "１２３"]
)
def test_an_open_session_takes_no_names(s, open_session, number):
    with pytest.raises(JoinRefused, match="Please give no name"):
        ask(s, open_session, number)


def test_an_open_session_knows_its_students(s, open_session, student):
    assert ask(s, open_session, "100001").person_id == student.id


def test_joining_again_on_the_same_device_changes_nothing(s, session, student):
    first = ask(s, session)
    joined, paper = first.joined_at, first.paper
    assert ask(s, session, now=utcnow() + timedelta(minutes=1)) is first
    assert (first.joined_at, first.paper, first.takeovers) == (joined, paper, 0)
    assert len(events(s, joining.JOINED)) == 1


def test_a_second_device_is_asked_and_takes_over_once(s, session, student):
    ask(s, session)
    with pytest.raises(OtherDevice, match="on another device"):
        ask(s, session, device=LAPTOP)
    s.rollback()
    participant = ask(s, session, device=LAPTOP, takes_over=True)
    assert (participant.device, participant.takeovers) == (LAPTOP, 1)
    ask(s, session, device=LAPTOP, takes_over=True)
    assert participant.takeovers == 1
    (event,) = events(s, joining.TAKEN_OVER)
    assert (event.participant_id, event.details) == (participant.id, {"takeovers": 1})
    ask(s, session, device=PHONE, takes_over=True)
    assert participant.takeovers == 2


def test_the_paper_stays_through_a_takeover(s, session, student):
    paper = ask(s, session).paper
    assert ask(s, session, device=LAPTOP, takes_over=True).paper == paper


def test_who_joined_signed_in_can_only_be_taken_over_signed_in(s, session, student, lecturer):
    ask(s, session, person=student)
    for person in (None, lecturer):
        with pytest.raises(JoinRefused, match="Sign in"):
            ask(s, session, device=LAPTOP, takes_over=True, person=person)
        s.rollback()
    assert ask(s, session, device=LAPTOP, takes_over=True, person=student).device == LAPTOP


def test_being_signed_in_as_somebody_else_protects_no_number(s, session, student, lecturer):
    ask(s, session, person=lecturer)
    assert ask(s, session, device=LAPTOP, takes_over=True).device == LAPTOP


def test_extra_time_that_was_given_before_is_taken_along(s, session, student):
    s.add(TimeAllowance(session_id=session.id, number="100001", extra_seconds=150))
    assert ask(s, session, " 100001").extra_seconds == 150


def test_extra_time_lets_its_owner_join_when_the_others_are_done(s, quiz, student):
    session = make_session(s, quiz, phase=Phase.CLOSED)
    with pytest.raises(JoinRefused, match="over"):
        ask(s, session)
    s.add(TimeAllowance(session_id=session.id, number="100001", extra_seconds=3600))
    assert ask(s, session).extra_seconds == 3600


def test_nobody_joins_or_takes_over_when_it_is_over(s, session, student):
    ask(s, session)
    session.ended_at = utcnow()
    s.commit()
    with pytest.raises(JoinRefused, match="over for your number"):
        ask(s, session, device=LAPTOP, takes_over=True)


def test_a_personal_limit_begins_on_joining(s, quiz, student):
    session = make_session(s, quiz, Mode.WINDOW)
    now = utcnow()
    participant = joining.join(s, session, Asking("100001", PHONE), now)
    assert clock.closes_at(session, participant) == now + timedelta(minutes=10)


def test_a_practice_session_has_no_participants(s, quiz, student):
    with pytest.raises(JoinRefused, match="needs no number"):
        ask(s, make_session(s, quiz, Mode.PRACTICE))


@pytest.mark.parametrize("device", ["", "short", "x" * 41, "with blanks in it ok"])
def test_a_device_without_a_proper_name_is_refused(s, session, student, device):
    with pytest.raises(JoinRefused, match="Reload"):
        ask(s, session, device=device)


def test_devices_names_are_proper_and_unlike():
    names = {joining.new_device() for _ in range(100)}
    assert len(names) == 100
    assert all(joining.DEVICE.fullmatch(name) for name in names)


def test_papers_of_two_numbers_differ_and_follow_from_the_number(s, open_session):
    papers = [ask(s, open_session, f"s{1000 + n}", device=f"device-{n:012d}").paper for n in range(10)]
    assert len({str(paper) for paper in papers}) > 5
    assert joining.paper_seed(open_session, "S1000") == joining.paper_seed(open_session, "s1000")


# Races


def at_once(sessions: sessionmaker[Session], session: QuizSession, askings: list[Asking]) -> list[object]:
    """What each of several requests gets that come in the same moment."""

    def request(asking: Asking) -> object:
        with sessions() as s:
            try:
                participant = joining.join(s, s.get_one(QuizSession, session.id), asking, utcnow())
                s.commit()
            except OtherDevice as refusal:
                s.rollback()
                return refusal
            return participant.id, participant.device

    with ThreadPoolExecutor(len(askings)) as pool:
        return list(pool.map(request, askings))


def test_a_double_click_joins_once(s, sessions, session, student):
    found = at_once(sessions, session, [Asking("100001", PHONE)] * 8)
    assert len(set(found)) == 1
    assert s.scalar(select(func.count()).select_from(Participant)) == 1
    assert len(events(s, joining.JOINED)) == 1


def test_of_two_devices_at_once_one_is_in_and_the_other_is_asked(s, sessions, session, student):
    found = at_once(sessions, session, [Asking("100001", PHONE), Asking("100001", LAPTOP)] * 3)
    devices = {each[1] for each in found if isinstance(each, tuple)}
    assert len(devices) == 1
    assert sum(isinstance(each, OtherDevice) for each in found) == 3
    assert s.scalars(select(Participant)).one().takeovers == 0


def test_of_two_takeovers_at_once_each_counts_and_the_last_has_it(s, sessions, session, student):
    ask(s, session)
    askings = [Asking("100001", device, takes_over=True) for device in (LAPTOP, TABLET) for _ in range(3)]
    found = at_once(sessions, session, askings)
    s.expire_all()
    participant = s.scalars(select(Participant)).one()
    assert participant.device in (LAPTOP, TABLET)
    assert participant.takeovers == len(events(s, joining.TAKEN_OVER))
    assert participant.takeovers in range(1, 7)
    assert any(each == (participant.id, participant.device) for each in found)


def test_a_class_joins_at_once(s, sessions, open_session):
    askings = [Asking(f"s{1000 + n}", f"device-{n:012d}") for n in range(40)]
    found = at_once(sessions, open_session, askings)
    assert len(set(found)) == 40
    assert s.scalar(select(func.count()).select_from(Participant)) == 40


def test_the_person_is_who_has_the_number(s, session, student):
    assert joining.may_join(s, session, student)
    assert not joining.may_join(s, session, Person(id=student.id + 100, number="999999"))
