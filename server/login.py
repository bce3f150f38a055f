"""Who is signed in. A session names a person and the epoch of their sessions, so that one change ends them all."""

from __future__ import annotations

import re

from flask import Flask, session
from flask_login import LoginManager, UserMixin, current_user, login_user, logout_user

from server.context import db
from server.models import Person


class Account(UserMixin):
    """The signed-in person, for Flask-Login."""

    def __init__(self, person: Person) -> None:
        self.person = person

    def get_id(self) -> str:
        """The person's id and session epoch: a session of an earlier epoch belongs to nobody."""
        return f"{self.person.id}.{self.person.session_epoch}"

    @property
    def is_active(self) -> bool:
        """Whether this person may use the platform at all."""
        return self.person.is_active


def init_login(app: Flask) -> LoginManager:
    """Make the signed-in account known to every view."""
    manager = LoginManager()
    # Sessions are bound to the epoch; binding them to the address would sign students out who change networks.
    manager.session_protection = None
    manager.user_loader(load_account)
    manager.init_app(app)
    return manager


def load_account(identity: str) -> Account | None:
    """The account that a session names, unless its sessions were ended since."""
    named = re.fullmatch(r"([0-9]{1,9})\.([0-9]{1,9})", identity)
    person = db().get(Person, int(named.group(1))) if named else None
    if named is None or person is None or not person.is_active or person.session_epoch != int(named.group(2)):
        return None
    return Account(person)


def sign_in(person: Person) -> None:
    """Begin a session from nothing, so that nothing that an attacker put into the old one survives."""
    session.clear()
    session.permanent = True
    login_user(Account(person))


def sign_out() -> None:
    """End this session and forget everything in it."""
    logout_user()
    session.clear()


def person() -> Person:
    """The signed-in person. Only for views that require one."""
    account: Account = current_user._get_current_object()  # noqa: SLF001 - the proxy's documented way to its object
    return account.person
