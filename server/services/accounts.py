"""Who somebody is: accounts, passwords and one-time codes."""

from __future__ import annotations

import hashlib
import re
import secrets
from datetime import timedelta
from functools import cache

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError
from sqlalchemy import delete, func, select, update
from sqlalchemy.orm import Session

from server.models import OneTimeCode, Person, utcnow
from server.services.errors import PasswordRefused, Refused

NUMBER = re.compile(r"[A-Za-z0-9][A-Za-z0-9._@-]{0,63}")
EMAIL = re.compile(r"[^\s@,;<>]+@[^\s@,;<>]+")
SHORTEST_PASSWORD = 8
LONGEST_PASSWORD = 256
FAMILIAR = frozenset(
    {"password", "passwort", "12345678", "123456789", "1234567890", "qwertyui", "qwertyuiop", "11111111"}
)
# No 0/O, 1/I/L, U/V twins: codes are read from paper and typed on phones.
CODE_LETTERS = "23456789ABCDEFGHJKMNPQRSTWXYZ"
CODE_LENGTH = 12
CODE_LIFETIME = timedelta(days=14)

hasher = PasswordHasher()


def person_by_number(s: Session, number: str) -> Person | None:
    """The person with this student number or login name, whatever its upper and lower case."""
    number = number.strip()
    if not NUMBER.fullmatch(number):
        return None
    return s.scalar(select(Person).where(func.lower(Person.number) == number.lower()))


def create_person(
    s: Session, number: str, *, name: str | None = None, email: str | None = None, is_admin: bool = False
) -> Person:
    """A new person, who cannot sign in before a password or a code is set. Raises Refused."""
    number = number.strip()
    if not NUMBER.fullmatch(number):
        raise Refused(
            f"{number[:80]!r} is no student number: it has 64 letters, digits, dots, hyphens and underscores at most."
        )
    if person_by_number(s, number) is not None:
        raise Refused(f"There is already a person with the number {number}.")
    person = Person(number=number, name=clean_name(name), email=None, is_admin=is_admin)
    person.email = free_email(s, email)
    s.add(person)
    s.flush()
    return person


def clean_name(name: str | None) -> str | None:
    """A name with single spaces, or None where there is none. Raises Refused for one that is too long."""
    name = " ".join((name or "").split())
    if len(name) > 200 or not name.isprintable():
        raise Refused("A name has 200 printable characters at most.")
    return name or None


def free_email(s: Session, email: str | None) -> str | None:
    """An e-mail address that nobody has yet, or None where none is given. Raises Refused."""
    email = (email or "").strip().lower()
    if not email:
        return None
    if len(email) > 254 or not EMAIL.fullmatch(email) or not email.isprintable():
        raise Refused(f"{email[:80]!r} is not an e-mail address.")
    if s.scalar(select(Person.id).where(Person.email == email)) is not None:
        raise Refused(f"The e-mail address {email} belongs to somebody else already.")
    return email


def authenticate(s: Session, number: str, password: str) -> Person | None:
    """The person, when the password is theirs. Takes as long for an unknown number as for a wrong password."""
    person = person_by_number(s, number)
    usable = person is not None and person.is_active and person.password_hash is not None
    stored = person.password_hash if usable else _nobodys_hash()
    if not _matches(stored, password) or not usable:
        return None
    if hasher.check_needs_rehash(stored):
        person.password_hash = hasher.hash(password.encode("utf-8", "surrogatepass"))
    return person


def set_password(s: Session, person: Person, password: str) -> None:
    """Give a person a password; ends their other sessions and voids their codes. Raises PasswordRefused."""
    _check_password(person, password)
    person.password_hash = hasher.hash(password.encode("utf-8", "surrogatepass"))
    end_sessions(person)
    _void_codes(s, person)
    s.flush()


def end_sessions(person: Person) -> None:
    """Make every session of this person invalid: a session remembers the epoch that it began in."""
    person.session_epoch += 1


def issue_code(s: Session, person: Person, lifetime: timedelta = CODE_LIFETIME) -> str:
    """A code such as ABCD-EFGH-JKMN that signs `person` in once. Their earlier unused codes are void."""
    _void_codes(s, person)
    letters = "".join(secrets.choice(CODE_LETTERS) for _ in range(CODE_LENGTH))
    s.add(OneTimeCode(person_id=person.id, code_hash=_code_hash(letters), expires_at=utcnow() + lifetime))
    s.flush()
    return "-".join(letters[start : start + 4] for start in range(0, CODE_LENGTH, 4))


def redeem_code(s: Session, code: str) -> Person | None:
    """The person that a code belongs to, once: of two who send the same code, one gets None."""
    letters = re.sub(r"[\s-]", "", code).upper()
    now = utcnow()
    # One statement decides, so that two requests at once cannot both find the code unused.
    spent = (
        update(OneTimeCode)
        .where(
            OneTimeCode.code_hash == _code_hash(letters), OneTimeCode.used_at.is_(None), OneTimeCode.expires_at > now
        )
        .values(used_at=now)
        .returning(OneTimeCode.person_id)
    )
    person_id = s.scalar(spent)
    person = None if person_id is None else s.get(Person, person_id)
    return person if person is not None and person.is_active else None


def _matches(stored: str, password: str) -> bool:
    try:
        return hasher.verify(stored, password.encode("utf-8", "surrogatepass"))
    except (VerificationError, InvalidHashError):
        return False


@cache
def _nobodys_hash() -> str:
    return hasher.hash(secrets.token_urlsafe(16))


def _check_password(person: Person, password: str) -> None:
    if len(password) < SHORTEST_PASSWORD:
        raise PasswordRefused(
            f"A password needs at least {SHORTEST_PASSWORD} characters; this one has {len(password)}."
        )
    if len(password) > LONGEST_PASSWORD:
        raise PasswordRefused(f"A password has {LONGEST_PASSWORD} characters at most.")
    if password.lower() in FAMILIAR or len(set(password)) < 3:
        raise PasswordRefused("This password is among the first that anybody would try. Take another one.")
    if password.lower() in {person.number.lower(), (person.email or "").lower(), (person.name or "").lower()}:
        raise PasswordRefused("A password must not be your number, name or e-mail address.")


def _void_codes(s: Session, person: Person) -> None:
    s.execute(delete(OneTimeCode).where(OneTimeCode.person_id == person.id, OneTimeCode.used_at.is_(None)))


def _code_hash(letters: str) -> str:
    return hashlib.sha256(letters.encode("utf-8", "surrogatepass")).hexdigest()
