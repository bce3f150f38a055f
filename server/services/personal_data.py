"""What the database holds about one person: to be told to them, and to be erased when the course is over.

A row is theirs when it leads to them by foreign keys, whichever table it is in, or bears their number.
"""

from __future__ import annotations

from datetime import datetime
from enum import Enum
from typing import Any

from sqlalchemy import ColumnElement, Table, delete, func, or_, select, update
from sqlalchemy.orm import Session

from server.models import Base, BoardHiding, Person, QuizEvent, TimingRun, Weights, submission_weights
from server.services.errors import Refused

ACTS = (QuizEvent.person_id, TimingRun.requested_by_id, BoardHiding.hidden_by_id)
"""Columns that name who of the staff did something. The row is about others, and outlives them without the name."""

SECRETS = {"password_hash", "code_hash", "session_epoch", "seed", "device", "token"}


def told(s: Session, person: Person) -> dict[str, list[dict[str, Any]]]:
    """Every row about a person by its table, as JSON-ready values, hidden checks included, without what signs in."""
    return {
        table.name: [_plain(row._mapping) for row in s.execute(select(table).where(theirs))]  # noqa: SLF001
        for table, theirs in _owned(person).items()
    }


def erase(s: Session, person: Person) -> dict[str, int]:
    """Delete every row about a person, and say how many of each table. What they did as staff stays, without a name.

    Raises Refused for the last administrator.
    """
    if person.is_admin and s.scalar(select(func.count()).where(Person.is_admin)) == 1:
        raise Refused(f"{person.number} is the only administrator. Add another one first.")
    owned = _owned(person)
    for column in ACTS:
        s.execute(update(column.class_).where(column == person.id).values({column.key: None}))
    rows = {table: s.scalar(select(func.count()).select_from(table).where(theirs)) for table, theirs in owned.items()}
    for table, theirs in reversed(owned.items()):
        s.execute(delete(table).where(theirs))
    s.execute(delete(Weights).where(Weights.id.not_in(select(submission_weights.c.weights_id))))
    s.expire_all()
    return {table.name: count for table, count in rows.items() if count}


def _owned(person: Person) -> dict[Table, ColumnElement[bool]]:
    """The condition that a row of a table is the person's: those that others refer to first."""
    owned: dict[Table, ColumnElement[bool]] = {}
    for table in Base.metadata.sorted_tables:
        ways = [
            key.parent.in_(select(key.column).where(owned[key.column.table]))
            for key in table.foreign_keys
            if key.column.table in owned and not any(key.parent is act.property.columns[0] for act in ACTS)
        ]
        if "number" in table.c and table.c.number.type.python_type is str:
            ways.append(func.lower(table.c.number) == person.number.lower())
        if table is QuizEvent.__table__:
            ways.append(func.lower(QuizEvent.details["number"].as_string()) == person.number.lower())
        if ways:
            owned[table] = or_(*ways)
    return owned


def _plain(row: Any) -> dict[str, Any]:
    return {name: _value(value) for name, value in row.items() if name not in SECRETS}


def _value(value: Any) -> Any:
    if isinstance(value, datetime):
        return value.isoformat()
    return value.value if isinstance(value, Enum) else value
