from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest
from argon2 import PasswordHasher
from sqlalchemy.orm import Session, sessionmaker

from server.models import Person
from server.services import accounts
from server.services.errors import PasswordRefused, Refused

PASSWORD = "kernel-und-stride"


@pytest.fixture
def person(s: Session) -> Person:
    person = accounts.create_person(s, "S100001", name="Ada  Lovelace", email="Ada@Example.org")
    accounts.set_password(s, person, PASSWORD)
    s.commit()
    return person


def test_a_person_signs_in_with_their_password(s: Session, person: Person):
    assert accounts.authenticate(s, "S100001", PASSWORD) is person


def test_a_number_is_found_in_any_case_and_with_spaces_around(s: Session, person: Person):
    assert accounts.authenticate(s, " s100001 ", PASSWORD) is person


def test_names_and_addresses_are_tidied(person: Person):
    assert (person.name, person.email) == ("Ada Lovelace", "ada@example.org")


@pytest.mark.parametrize("number", ["nobody", "", "\x00", "100001' OR 1=1", "x" * 500])
def test_an_unknown_number_signs_nobody_in(s: Session, person: Person, number: str):
    assert accounts.authenticate(s, number, PASSWORD) is None


@pytest.mark.parametrize("password", ["", "wrong", PASSWORD + "x", "\x00", "\ud800", "x" * 100_000])
def test_a_wrong_password_signs_nobody_in(s: Session, person: Person, password: str):
    assert accounts.authenticate(s, "S100001", password) is None


def test_an_unknown_number_costs_as_much_work_as_a_wrong_password(s: Session, person: Person, monkeypatch):
    verified = []
    real = PasswordHasher.verify

    def verify(self, stored, password):
        verified.append(stored.split("$")[3])
        return real(self, stored, password)

    monkeypatch.setattr(PasswordHasher, "verify", verify)
    accounts.authenticate(s, "S100001", "wrong")
    accounts.authenticate(s, "nobody", "wrong")

    assert len(verified) == 2
    assert verified[0] == verified[1], "both are verified at the same cost"


def test_a_person_without_a_password_does_not_sign_in(s: Session):
    accounts.create_person(s, "100002")

    assert accounts.authenticate(s, "100002", "") is None


def test_an_inactive_person_signs_in_neither_by_password_nor_by_code(s: Session, person: Person):
    code = accounts.issue_code(s, person)
    person.is_active = False
    s.flush()

    assert accounts.authenticate(s, "S100001", PASSWORD) is None
    assert accounts.redeem_code(s, code) is None


def test_an_old_hash_is_renewed_when_its_owner_signs_in(s: Session, person: Person):
    person.password_hash = weak = PasswordHasher(time_cost=1, memory_cost=64, parallelism=1).hash(PASSWORD)

    accounts.authenticate(s, "S100001", PASSWORD)

    assert person.password_hash != weak
    assert accounts.authenticate(s, "S100001", PASSWORD) is person


@pytest.mark.parametrize(
    ("password", "reason"),
    [
        ("short", "at least 8"),
        ("x" * 257, "256 characters at most"),
        ("password", "first that anybody"),
        ("aaaaaaaaaa", "first that anybody"),
        ("ada@example.org", "number, name or e-mail"),
        ("ada lovelace", "number, name or e-mail"),
    ],
)
def test_a_poor_password_is_refused_with_the_reason(s: Session, person: Person, password: str, reason: str):
    before = person.password_hash

    with pytest.raises(PasswordRefused, match=reason):
        accounts.set_password(s, person, password)

    assert person.password_hash == before


def test_a_new_password_ends_sessions_and_voids_codes(s: Session, person: Person):
    epoch, code = person.session_epoch, accounts.issue_code(s, person)

    accounts.set_password(s, person, "another-good-one")

    assert person.session_epoch > epoch
    assert accounts.redeem_code(s, code) is None
    assert accounts.authenticate(s, "S100001", PASSWORD) is None


def test_a_code_signs_in_once(s: Session, person: Person):
    code = accounts.issue_code(s, person)

    assert accounts.redeem_code(s, code) is person
    assert accounts.redeem_code(s, code) is None


def test_a_code_is_readable_and_typed_loosely(s: Session, person: Person):
    code = accounts.issue_code(s, person)

    assert [len(part) for part in code.split("-")] == [4, 4, 4]
    assert not set(code) & set("0O1ILUV")
    assert accounts.redeem_code(s, f" {code.lower().replace('-', ' ')} ") is person


def test_a_code_is_not_stored(s: Session, person: Person, engine):
    code = accounts.issue_code(s, person)
    s.commit()

    with engine.connect() as connection:
        row = str(connection.exec_driver_sql("SELECT * FROM one_time_code").one())

    assert code not in row
    assert code.replace("-", "") not in row


def test_a_code_that_ran_out_signs_nobody_in(s: Session, person: Person):
    code = accounts.issue_code(s, person, lifetime=timedelta(seconds=-1))

    assert accounts.redeem_code(s, code) is None


def test_a_newer_code_voids_the_earlier_one(s: Session, person: Person):
    first, second = accounts.issue_code(s, person), accounts.issue_code(s, person)

    assert accounts.redeem_code(s, first) is None
    assert accounts.redeem_code(s, second) is person


@pytest.mark.parametrize("code", ["", "AAAA-BBBB-CCCC", "\x00", "\ud800", "x" * 10_000])
def test_an_unknown_code_signs_nobody_in(s: Session, person: Person, code: str):
    assert accounts.redeem_code(s, code) is None


def test_of_many_who_redeem_a_code_at_once_one_gets_in(s: Session, person: Person, sessions: sessionmaker[Session]):
    code = accounts.issue_code(s, person)
    s.commit()

    def redeem(_: int) -> bool:
        with sessions.begin() as own:
            return accounts.redeem_code(own, code) is not None

    with ThreadPoolExecutor(8) as pool:
        outcomes = list(pool.map(redeem, range(8)))

    assert outcomes.count(True) == 1


@pytest.mark.parametrize("number", ["", " ", "two words", "a/b", "=1+1", "x" * 65, "\x00", "ä"])
def test_a_number_that_is_none_is_refused(s: Session, number: str):
    with pytest.raises(Refused, match="no student number"):
        accounts.create_person(s, number)


def test_a_number_is_given_once_whatever_its_case(s: Session, person: Person):
    with pytest.raises(Refused, match="already a person"):
        accounts.create_person(s, "s100001")


def test_an_address_is_given_once(s: Session, person: Person):
    with pytest.raises(Refused, match="belongs to somebody else"):
        accounts.create_person(s, "100002", email="ADA@example.org")


@pytest.mark.parametrize("email", ["nobody", "a b@c", "a@b,c@d", "x" * 300 + "@y"])
def test_an_address_that_is_none_is_refused(s: Session, email: str):
    with pytest.raises(Refused, match="not an e-mail address"):
        accounts.create_person(s, "100002", email=email)
