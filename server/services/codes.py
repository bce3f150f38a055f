"""Who of a course needs a one-time code: students without a password, and those of them who hold no code yet."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.orm import Session

from server.models import Course, EnrolmentRole, OneTimeCode, Person, utcnow
from server.services import courses


@dataclass(frozen=True, slots=True)
class Waiting:
    """The students who cannot come back on their own, by number, and those among them who hold a code to come with.

    A new code voids the one that somebody holds, which may be on paper already.
    """

    people: tuple[Person, ...]
    holders: frozenset[int]

    @property
    def without_code(self) -> tuple[Person, ...]:
        """Those who have neither a password nor a code."""
        return tuple(each for each in self.people if each.id not in self.holders)


def waiting_for_codes(s: Session, course: Course) -> Waiting:
    """The active students of a course who have no password."""
    people = tuple(
        member.person
        for member in courses.members(s, course)
        if member.role is EnrolmentRole.STUDENT and member.person.is_active and member.person.password_hash is None
    )
    usable = select(OneTimeCode.person_id).where(OneTimeCode.used_at.is_(None), OneTimeCode.expires_at > utcnow())
    holders = set(s.scalars(usable))
    return Waiting(people, frozenset(each.id for each in people if each.id in holders))
