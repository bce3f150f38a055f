"""Alembic's entry: on the connection that `server.database.migrate` hands over, or on DATABASE_URL when run by hand."""

from __future__ import annotations

from alembic import context
from sqlalchemy import Connection

from server.database import make_engine
from server.models import Base, UtcDateTime
from server.settings import Settings


def render_item(kind: str, item: object, _context: object) -> str | bool:
    """Write our own type as what it is in the database: a migration must not change when the models do."""
    return "sa.DateTime(timezone=True)" if kind == "type" and isinstance(item, UtcDateTime) else False


def run(connection: Connection) -> None:
    """Run the migrations in one transaction, so that a failed one leaves the tables as they were."""
    context.configure(
        connection=connection,
        target_metadata=Base.metadata,
        render_as_batch=True,
        render_item=render_item,
        transactional_ddl=True,
    )
    with context.begin_transaction():
        context.run_migrations()


given = context.config.attributes.get("connection")
if given is not None:
    run(given)
else:
    with make_engine(Settings.from_environment().database_url).begin() as own:
        run(own)
