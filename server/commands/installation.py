"""What every command here begins with: the settings, a migrated database, and errors as exit codes."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

import click
from sqlalchemy.exc import OperationalError
from sqlalchemy.orm import Session

from grader.contract import Assignment
from grader.contract.assignment import load_usable
from server.database import TablesTooNew, make_engine, make_sessions, migrate
from server.services.errors import Refused
from server.settings import Settings, SettingsError


class InputRefused(click.ClickException):
    """What was asked for cannot be done; exit code 2."""

    exit_code = 2


class Failed(click.ClickException):
    """We failed; exit code 3."""

    exit_code = 3


def read_settings() -> Settings:
    """The settings; a mistake in the environment ends the command with its explanation."""
    try:
        return Settings.from_environment()
    except SettingsError as error:
        raise InputRefused(str(error)) from None


def read_assignments(settings: Settings) -> dict[str, Assignment]:
    """Every assignment that can be used; a broken folder is left out, and a line on standard error says why."""
    usable, broken = load_usable(settings.assignments)
    for problem in broken.values():
        click.echo(f"Left out: {problem}", err=True)
    return usable


@contextmanager
def database(settings: Settings) -> Iterator[Session]:
    """A session on the migrated database, committed at the end; what a service refuses ends the command."""
    engine = make_engine(settings.database_url)
    try:
        migrate(engine)
        with make_sessions(engine).begin() as s:
            yield s
    except Refused as refusal:
        raise InputRefused(refusal.message) from None
    except TablesTooNew as error:
        raise Failed(str(error)) from None
    except OperationalError as error:
        raise Failed(f"The database does not answer: {error.orig}") from None
    finally:
        engine.dispose()
