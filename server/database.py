"""Engines and sessions for SQLite and PostgreSQL, and migrations that several processes may start at once."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

from sqlalchemy import Connection, Engine, create_engine, event
from sqlalchemy.engine import URL, make_url
from sqlalchemy.engine.interfaces import DBAPIConnection, ExecutionContext
from sqlalchemy.orm import Session, sessionmaker

if TYPE_CHECKING:
    from alembic.config import Config

MIGRATIONS = Path(__file__).parent / "migrations"
BUSY_MILLISECONDS = 15_000
MIGRATION_LOCK = 0x57121DE
CONNECTIONS = 20
"""Of one process at most. PostgreSQL takes 100 of all processes together, unless it is told otherwise."""


class TablesTooNew(Exception):  # noqa: N818 - a state of the database
    """A later version of Stride has made the tables. The message is for the operator."""


def make_engine(url: str, connections: int = CONNECTIONS) -> Engine:
    """An engine for `sqlite:///...` or `postgresql://...` (which goes through psycopg 3).

    It keeps as many `connections` as it opened at once, so many at most; who needs another one waits.
    """
    parsed = make_url(url)
    if parsed.get_backend_name() == "sqlite":
        return _sqlite_engine(parsed, connections)
    # SQLAlchemy's own default keeps five and closes the others after each use: a class pays more for that than for its
    # queries.
    driven = parsed.set(drivername="postgresql+psycopg")
    return create_engine(driven, pool_pre_ping=True, pool_size=connections, max_overflow=0)


def make_sessions(engine: Engine) -> sessionmaker[Session]:
    """The factory of sessions on this engine; objects stay readable after the commit."""
    return sessionmaker(engine, expire_on_commit=False)


def migrate(engine: Engine) -> None:
    """Bring the tables to the newest version; who comes second waits for the first. Raises TablesTooNew."""
    # Late, for the web processes never migrate, and Alembic is slow to import.
    from alembic import command

    with engine.begin() as connection:
        _lock_for_migration(connection)
        check_version(connection)
        command.upgrade(migration_config(connection), "head")


def check_version(connection: Connection) -> tuple[str | None, str]:
    """The version of the tables (None where there are none) and the newest one. Raises TablesTooNew."""
    from alembic.migration import MigrationContext
    from alembic.script import ScriptDirectory

    found = MigrationContext.configure(connection).get_current_revision()
    known = [script.revision for script in ScriptDirectory(str(MIGRATIONS)).walk_revisions()]
    if found is not None and found not in known:
        raise TablesTooNew(
            f"The database is that of a later version of Stride: its tables are at {found}, this version knows them up "
            f"to {known[0]}. Start the later version, or restore the backup that was made before the upgrade."
        )
    return found, known[0]


def migration_config(connection: Connection) -> Config:
    """What Alembic's commands need to work on `connection`."""
    from alembic.config import Config

    config = Config()
    config.set_main_option("script_location", str(MIGRATIONS).replace("%", "%%"))
    config.attributes["connection"] = connection
    return config


def _lock_for_migration(connection: Connection) -> None:
    if connection.dialect.name == "sqlite":
        _begin_immediate(connection)
    else:
        connection.exec_driver_sql(f"SELECT pg_advisory_xact_lock({MIGRATION_LOCK})")


def _sqlite_engine(url: URL, connections: int) -> Engine:
    if not url.database or url.database == ":memory:":
        engine = create_engine(url)  # SQLAlchemy keeps one, or each would have a database of its own
    else:
        Path(url.database).parent.mkdir(parents=True, exist_ok=True)
        engine = create_engine(url, pool_size=connections, max_overflow=0)
    event.listen(engine, "connect", _prepare_sqlite)
    event.listen(engine, "before_cursor_execute", _lock_before_writing)
    return engine


def _prepare_sqlite(connection: DBAPIConnection, _record: object) -> None:
    connection.isolation_level = None
    cursor = connection.cursor()
    cursor.execute(f"PRAGMA busy_timeout = {BUSY_MILLISECONDS}")
    cursor.execute("PRAGMA journal_mode = WAL")
    cursor.execute("PRAGMA synchronous = FULL")
    cursor.execute("PRAGMA foreign_keys = ON")
    cursor.close()


def _lock_before_writing(
    connection: Connection, _cursor: object, statement: str, _parameters: object, context: ExecutionContext, _many: bool
) -> None:
    """Take SQLite's write lock with the first statement that writes, or that locks rows (SELECT ... FOR UPDATE).

    A transaction that begins as a reader and writes later fails with "database is locked" when somebody wrote in
    between, however long it is ready to wait. Reading needs no transaction, so pages never wait for writers; what
    is left is what PostgreSQL gives too: committed reads, and a lock where one is asked for.
    """
    if _is_reading(statement, context):
        return
    _begin_immediate(connection)


def _is_reading(statement: str, context: ExecutionContext) -> bool:
    compiled = getattr(context, "compiled", None)
    selecting = getattr(compiled, "statement", None)
    if getattr(selecting, "_for_update_arg", None) is not None:
        return False
    return statement.lstrip()[:6].upper() in {"SELECT", "PRAGMA"}


def _begin_immediate(connection: Connection) -> None:
    raw: Any = connection.connection.driver_connection
    if not raw.in_transaction:
        raw.execute("BEGIN IMMEDIATE")
