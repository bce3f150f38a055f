"""Joining a session by its code and a student number: who may, with which paper, on which device."""

from __future__ import annotations

import hashlib
import re
import secrets
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import func, select, update
from sqlalchemy.orm import Session

from server.models import (
    Enrolment,
    Mode,
    Participant,
    Person,
    QuizEvent,
    QuizSession,
    SessionItem,
    TimeAllowance,
)
from server.quiz.paper import lay_down
from server.services import accounts
from server.services.errors import JoinRefused, OtherDevice
from server.services.quizzes import clock
from server.services.quizzes.inserting import insert_into

CODE = re.compile(r"[A-Z0-9]{1,8}")
OPEN_NUMBER = re.compile(r"(?=(?:[^0-9]*[0-9]){3})[A-Za-z0-9][A-Za-z0-9._-]{2,31}")
DEVICE = re.compile(r"[A-Za-z0-9_-]{16,40}")
JOINED = "joined"
TAKEN_OVER = "taken_over"


@dataclass(frozen=True, slots=True)
class Asking:
    """Who wants in: the number that was typed, the device, and the person where one is signed in with that number.

    `takes_over` says that the number's present device may lose its place to this one.
    """

    number: str
    device: str
    person: Person | None = None
    takes_over: bool = False


@dataclass(frozen=True, slots=True)
class _Identity:
    """A number as it is stored, and the person whose it is, where it is known."""

    number: str
    person: Person | None


def session_by_code(s: Session, code: str) -> QuizSession | None:
    """The session that students reach by this code; case, blanks and hyphens do not matter."""
    code = plain_code(code)
    return s.scalar(select(QuizSession).where(QuizSession.code == code)) if CODE.fullmatch(code) else None


def plain_code(code: str) -> str:
    """A code as it is stored."""
    return re.sub(r"[\s-]", "", code).upper()


def new_device() -> str:
    """A name for a device that nobody can guess."""
    return secrets.token_urlsafe(18)


def join(s: Session, session: QuizSession, asking: Asking, now: datetime) -> Participant:
    """The participant for whoever asks: a new one, or, on the same device again, the one that is there.

    Raises JoinRefused for a number that may not join, and OtherDevice where it is in on another device and nothing
    was said about taking over. The caller commits.
    """
    if session.mode is Mode.PRACTICE:
        raise JoinRefused("A practice quiz needs no number: just begin.")
    if not DEVICE.fullmatch(asking.device):
        raise JoinRefused("This page has lost its device's name. Reload it and join again.")
    identity = _identity(s, session, asking)
    participant = _participant(s, session, identity.number)
    if participant is None:
        participant = _enter(s, session, identity, asking, now)
    if participant.device == asking.device:
        return participant
    return _take_over(s, session, participant, asking, now)


def may_join(s: Session, session: QuizSession, person: Person) -> bool:
    """Whether a signed-in person can join without typing a number."""
    return _is_enrolled(s, session, person) if session.roster_only else bool(OPEN_NUMBER.fullmatch(person.number))


def participant_of(s: Session, session: QuizSession, participant_id: int) -> Participant | None:
    """The session's participant with this id."""
    participant = s.get(Participant, participant_id)
    return participant if participant is not None and participant.session_id == session.id else None


def _identity(s: Session, session: QuizSession, asking: Asking) -> _Identity:
    """Raises JoinRefused for a number that may not join."""
    number = asking.number.strip()
    if not number:
        raise JoinRefused("Enter your student number.")
    person = accounts.person_by_number(s, number)
    known = person is not None and person.is_active and _is_enrolled(s, session, person)
    if known:
        return _Identity(person.number, person)
    if session.roster_only:
        raise JoinRefused(
            f"{number[:80]} is not on the course's roster. Look for a typing mistake; else ask the lecturer."
        )
    if not OPEN_NUMBER.fullmatch(number):
        raise JoinRefused(
            f"{number[:80]!r} is no student number: it has three to 32 letters, digits, dots and hyphens, and at least "
            "three digits. Please give no name."
        )
    return _Identity(number.lower(), None)


def _is_enrolled(s: Session, session: QuizSession, person: Person) -> bool:
    enrolled = select(Enrolment.id).where(Enrolment.course_id == session.course_id, Enrolment.person_id == person.id)
    return s.scalar(enrolled) is not None


def _participant(s: Session, session: QuizSession, number: str) -> Participant | None:
    return s.scalar(
        select(Participant)
        .where(Participant.session_id == session.id, func.lower(Participant.number) == number.lower())
        .execution_options(populate_existing=True)
    )


def _enter(s: Session, session: QuizSession, identity: _Identity, asking: Asking, now: datetime) -> Participant:
    """Lay down the paper and store the participant, once: of two requests at the same time, one does it."""
    # Whoever gives extra time holds the session's row: what they give in this moment must not be missed.
    s.execute(select(QuizSession.id).where(QuizSession.id == session.id).with_for_update(read=True, key_share=True))
    extra = _allowance(s, session, identity.number)
    newcomer = {
        "session_id": session.id,
        "number": identity.number,
        "person_id": identity.person.id if identity.person is not None else None,
        "joined_at": now,
        "device": asking.device,
        "extra_seconds": extra,
        "paper": lay_down(_items(s, session), paper_seed(session, identity.number), session),
    }
    if clock.phase(session, Participant(**newcomer, takeovers=0, paused_seconds=0.0), now) is clock.Phase.CLOSED:
        raise JoinRefused("This quiz is over. Your lecturer can tell you what to do if you missed it.")
    entering = insert_into(s, Participant).values(**newcomer).on_conflict_do_nothing()
    joined = s.scalar(entering.returning(Participant.id))
    if joined is not None:
        _record(s, session, joined, JOINED, now, signed_in=_is_proven(identity, asking))
    found = _participant(s, session, identity.number)
    assert found is not None
    return found


def _take_over(
    s: Session, session: QuizSession, participant: Participant, asking: Asking, now: datetime
) -> Participant:
    """Make this device the one that answers. Raises OtherDevice, or JoinRefused where the number is protected."""
    if clock.phase(session, participant, now) is clock.Phase.CLOSED:
        raise JoinRefused(
            "This quiz is over for your number. Your answers are safe: see them on the device that you answered with, "
            "or sign in."
        )
    if _joined_signed_in(s, participant) and (asking.person is None or asking.person.id != participant.person_id):
        raise JoinRefused(
            f"{participant.number} has joined already, signed in with the account. Sign in to go on with this device."
        )
    if not asking.takes_over:
        raise OtherDevice(f"{participant.number} is in this quiz already, on another device.")
    taking = update(Participant).where(Participant.id == participant.id, Participant.device == participant.device)
    taken = s.scalar(
        taking.values(device=asking.device, takeovers=Participant.takeovers + 1).returning(Participant.takeovers)
    )
    if taken is not None:
        _record(s, session, participant.id, TAKEN_OVER, now, takeovers=taken)
    s.refresh(participant)
    if participant.device != asking.device:
        raise OtherDevice(f"{participant.number} was just taken over by another device.")
    return participant


def paper_seed(session: QuizSession, number: str) -> int:
    """The seed of a number's paper: the same however often it joins, and not to be guessed without the session's."""
    return int.from_bytes(hashlib.sha256(f"{session.seed}\0{number.lower()}".encode()).digest()[:6], "big")


def _items(s: Session, session: QuizSession) -> list[SessionItem]:
    return list(
        s.scalars(select(SessionItem).where(SessionItem.session_id == session.id).order_by(SessionItem.position))
    )


def _allowance(s: Session, session: QuizSession, number: str) -> int:
    given = select(TimeAllowance.extra_seconds).where(
        TimeAllowance.session_id == session.id, func.lower(TimeAllowance.number) == number.lower()
    )
    return s.scalar(given) or 0


def _is_proven(identity: _Identity, asking: Asking) -> bool:
    return identity.person is not None and asking.person is not None and identity.person.id == asking.person.id


def _joined_signed_in(s: Session, participant: Participant) -> bool:
    details = s.scalar(
        select(QuizEvent.details).where(QuizEvent.participant_id == participant.id, QuizEvent.kind == JOINED)
    )
    return bool(details and details.get("signed_in"))


def _record(s: Session, session: QuizSession, participant_id: int, kind: str, now: datetime, **details: object) -> None:
    s.add(QuizEvent(session_id=session.id, participant_id=participant_id, at=now, kind=kind, details=details))
    s.flush()
