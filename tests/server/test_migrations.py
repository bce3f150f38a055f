"""A database of any earlier version, with rows in every table, is brought to this version and loses none of them."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from alembic import command
from sqlalchemy import (
    JSON,
    BigInteger,
    Boolean,
    Column,
    DateTime,
    Engine,
    Enum,
    Float,
    Integer,
    LargeBinary,
    MetaData,
    String,
    Table,
    func,
    insert,
    select,
)
from sqlalchemy.exc import DBAPIError
from sqlalchemy.orm import Session

from server.database import MIGRATIONS, TablesTooNew, make_engine, migrate, migration_config
from server.models import Base

REVISIONS = sorted(path.stem[:4] for path in (MIGRATIONS / "versions").glob("[0-9]*.py"))
EARLIER = REVISIONS[:-1]
ROWS = (1, 2, 3)
MOMENT = datetime(2026, 10, 1, 9, 30, tzinfo=UTC)

VALUES: dict[type, Callable[[int], object]] = {
    Boolean: lambda row: row % 2 == 0,
    BigInteger: lambda row: 2**60 + row,
    Integer: lambda row: 10 + row,
    Float: lambda row: row + 0.5,
    DateTime: lambda row: MOMENT + timedelta(days=row),
    JSON: lambda row: {"kept": [row, "Fläche"]},
    LargeBinary: lambda row: bytes([row, 0, 255]),
}

Contents = dict[str, list[tuple[Any, ...]]]


@pytest.fixture
def engine(empty_database_url: str) -> Iterator[Engine]:
    engine = make_engine(empty_database_url)
    yield engine
    engine.dispose()


def upgrade(engine: Engine, revision: str) -> list[Table]:
    """Make the tables of an earlier version; they are returned as the database describes them."""
    with engine.begin() as connection:
        command.upgrade(migration_config(connection), revision)
    found = MetaData()
    found.reflect(engine)
    return [table for table in found.sorted_tables if table.name != "alembic_version"]


def fill(engine: Engine, tables: list[Table]) -> None:
    with engine.begin() as connection:
        for table in tables:
            rows = [{column.name: value_for(column, row) for column in table.columns} for row in ROWS]
            connection.execute(insert(table), rows)


def value_for(column: Column[Any], row: int) -> object:
    """Something that the column takes; keys are the row's number, so that the rows of all tables hang together."""
    if column.primary_key or column.foreign_keys:
        return row
    kind = kind_of(column)
    if isinstance(kind, Enum):
        return kind.enums[row % len(kind.enums)]
    if isinstance(kind, String):
        return f"{row} {column.name} Fläche"[: kind.length]
    return next(make(row) for known, make in VALUES.items() if isinstance(kind, known))


def kind_of(column: Column[Any]) -> object:
    """Its type. The database calls an enumeration a string; which words it may hold, the models know."""
    today = Base.metadata.tables.get(column.table.name)
    modelled = None if today is None else today.columns.get(column.name)
    return modelled.type if modelled is not None and isinstance(modelled.type, Enum) else column.type


def contents(engine: Engine, tables: list[Table]) -> Contents:
    with engine.connect() as connection:
        return {
            table.name: [tuple(row) for row in connection.execute(select(table).order_by(*table.primary_key.columns))]
            for table in tables
        }


@pytest.mark.parametrize("revision", EARLIER)
def test_every_row_of_an_earlier_version_is_kept(engine: Engine, revision: str):
    tables = upgrade(engine, revision)
    fill(engine, tables)
    before = contents(engine, tables)

    migrate(engine)

    assert contents(engine, tables) == before
    assert {len(rows) for rows in before.values()} == {len(ROWS)}


@pytest.mark.parametrize("revision", EARLIER)
def test_rows_of_an_earlier_version_can_be_read_by_this_one(engine: Engine, revision: str):
    tables = upgrade(engine, revision)
    fill(engine, tables)
    names = {table.name for table in tables}

    migrate(engine)

    with Session(engine) as s:
        for mapper in Base.registry.mappers:
            found = list(s.scalars(select(mapper.class_)))
            assert len(found) == (len(ROWS) if mapper.local_table.name in names else 0), mapper


@pytest.mark.parametrize("revision", EARLIER)
def test_going_back_keeps_what_the_earlier_version_knows(engine: Engine, revision: str):
    tables = upgrade(engine, revision)
    fill(engine, tables)
    before = contents(engine, tables)
    migrate(engine)

    with engine.begin() as connection:
        command.downgrade(migration_config(connection), revision)

    assert contents(engine, tables) == before


def test_an_upgrade_that_breaks_leaves_the_tables_as_they_were(engine: Engine):
    """The table that the last migration but one makes is there already, so that it fails halfway."""
    tables = upgrade(engine, "0006")
    fill(engine, tables)
    before = contents(engine, tables)
    with engine.begin() as connection:
        connection.exec_driver_sql("CREATE TABLE board_hiding (id INTEGER)")

    with pytest.raises(DBAPIError, match="board_hiding"):
        migrate(engine)

    assert contents(engine, tables) == before
    found = MetaData()
    found.reflect(engine)
    assert "timing_run" not in found.tables
    with engine.connect() as connection:
        assert connection.scalar(select(func.max(found.tables["alembic_version"].c.version_num))) == "0006"


def test_tables_of_a_later_version_are_refused_and_stay_as_they_are(engine: Engine):
    tables = upgrade(engine, "head")
    fill(engine, tables)
    before = contents(engine, tables)
    with engine.begin() as connection:
        connection.exec_driver_sql("UPDATE alembic_version SET version_num = '9999'")

    with pytest.raises(TablesTooNew, match=f"at 9999, this version knows them up to {REVISIONS[-1]}.*backup"):
        migrate(engine)

    assert contents(engine, tables) == before
