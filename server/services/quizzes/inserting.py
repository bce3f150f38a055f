"""INSERT with ON CONFLICT, which SQLite and PostgreSQL both have and SQLAlchemy keeps apart."""

from __future__ import annotations

from typing import Any

from sqlalchemy import Connection
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Session


def insert_into(s: Session | Connection, table: Any) -> postgresql.Insert | sqlite.Insert:
    """An INSERT of the database's own kind, for a mapped class."""
    bind = s.get_bind() if isinstance(s, Session) else s
    return insert_for(bind.dialect.name, table)


def insert_for(dialect: str, table: Any) -> postgresql.Insert | sqlite.Insert:
    """The same by the dialect's name."""
    return postgresql.insert(table) if dialect == "postgresql" else sqlite.insert(table)
