"""What `stride doctor` hears about the server's side: the database."""

from __future__ import annotations

from collections.abc import Iterator

from sqlalchemy.engine import make_url
from sqlalchemy.exc import SQLAlchemyError

from grader.contract.findings import Finding, Health
from server.database import make_engine
from server.settings import Settings, SettingsError


def server_findings() -> Iterator[Finding]:
    """Whether the settings are usable and the database answers."""
    try:
        settings = Settings.from_environment()
    except SettingsError as error:
        yield Finding("settings", Health.MISSING, "incomplete", str(error))
        return
    shown = make_url(settings.database_url).render_as_string(hide_password=True)
    engine = make_engine(settings.database_url)
    try:
        with engine.connect():
            yield Finding("database", Health.GOOD, shown)
    except SQLAlchemyError as error:
        reason = str(getattr(error, "orig", None) or error).strip().splitlines()[0]
        yield Finding("database", Health.MISSING, f"{shown}: {reason}", "start the database, or mend DATABASE_URL")
    finally:
        engine.dispose()
