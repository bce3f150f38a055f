"""What `stride doctor` hears about the server's side: the database, and room for it."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path

from sqlalchemy.engine import make_url
from sqlalchemy.exc import SQLAlchemyError

from grader.contract.findings import Finding, Health
from server.commands.timing_findings import timing_findings
from server.database import TablesTooNew, check_version, make_engine
from server.settings import Settings, SettingsError

LITTLE_ROOM = 2 << 30
NO_ROOM = 200 << 20
"""Bytes: a course's submissions, messages and logs need tens of megabytes a week, weights of networks some hundred."""


def server_findings() -> Iterator[Finding]:
    """Whether the settings are usable, the database answers, and the data folder has room."""
    try:
        settings = Settings.from_environment()
    except SettingsError as error:
        yield Finding("settings", Health.MISSING, "incomplete", str(error))
        return
    shown = make_url(settings.database_url).render_as_string(hide_password=True)
    engine = make_engine(settings.database_url)
    try:
        with engine.connect() as connection:
            yield Finding("database", Health.GOOD, f"{shown}, {_tables(*check_version(connection))}")
        yield from timing_findings(engine)
    except TablesTooNew as error:
        yield Finding("database", Health.MISSING, shown, str(error))
    except SQLAlchemyError as error:
        reason = str(getattr(error, "orig", None) or error).strip().splitlines()[0]
        yield Finding("database", Health.MISSING, f"{shown}: {reason}", "start the database, or mend DATABASE_URL")
    finally:
        engine.dispose()
    yield room(settings.data)


def _tables(found: str | None, newest: str) -> str:
    if found == newest:
        return f"tables {newest}"
    was = "no tables yet" if found is None else f"tables {found}"
    return f"{was}: the next start of the pages makes them {newest}"


def room(data: Path) -> Finding:
    """How much may still be written below the data folder, or where it will be made."""
    folder = next(folder for folder in (data, *data.parents) if folder.exists())
    free = shutil.disk_usage(folder).free
    health = Health.GOOD if free >= LITTLE_ROOM else Health.LIMITED if free >= NO_ROOM else Health.MISSING
    mend = "" if health is Health.GOOD else "make room: on a full disk nothing can be handed in or answered"
    return Finding("disk", health, f"{free / 2**30:.1f} GiB free for {data}", mend)
