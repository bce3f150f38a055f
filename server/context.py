"""What a request works with: the settings, the assignments, the questions, and one database session."""

from __future__ import annotations

from dataclasses import dataclass

from flask import Flask, current_app, g
from sqlalchemy import Engine
from sqlalchemy.orm import Session, sessionmaker

from server.catalogue import Catalogue
from server.quiz.bank import Bank
from server.settings import Settings

KEY = "stride"


@dataclass(frozen=True, slots=True)
class Context:
    """What one application holds between requests."""

    settings: Settings
    engine: Engine
    sessions: sessionmaker[Session]
    catalogue: Catalogue
    bank: Bank


def init_context(app: Flask, context: Context) -> None:
    """Attach the context to the application, and close each request's database session when it ends."""
    app.extensions[KEY] = context
    app.teardown_appcontext(_close_session)


def context() -> Context:
    """The running application's context."""
    found: Context = current_app.extensions[KEY]
    return found


def db() -> Session:
    """This request's database session. Whoever changes something commits; what is not committed is undone."""
    if "db" not in g:
        g.db = context().sessions()
    session: Session = g.db
    return session


def catalogue() -> Catalogue:
    """The assignment folders."""
    return context().catalogue


def bank() -> Bank:
    """The questions in the assignment folders."""
    return context().bank


def settings() -> Settings:
    """The settings that the application was made with."""
    return context().settings


def _close_session(_error: BaseException | None) -> None:
    session: Session | None = g.pop("db", None)
    if session is not None:
        session.close()
