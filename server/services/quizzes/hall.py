"""What a web process holds for the sessions under way: where everybody stands, and one commit for all that answer."""

from __future__ import annotations

from collections.abc import Callable, Collection
from dataclasses import dataclass
from functools import partial
from threading import Lock
from time import monotonic
from typing import Any, Generic, TypeVar

from sqlalchemy import Engine, select
from sqlalchemy.orm import Session

from server.models import SessionItem
from server.quiz.question import Response
from server.services.quizzes.answering import store
from server.services.quizzes.changes import Change, Receipt
from server.services.quizzes.group_commit import GroupCommit
from server.services.quizzes.showing import answers_to
from server.services.quizzes.standing import Roll

Value = TypeVar("Value")
ITEMS_SECONDS = 30.0
ANSWERS_SECONDS = 2.0
MOST_KEPT = 16


@dataclass(frozen=True, slots=True)
class KeptItem:
    """A question of a session, as `SessionItem` has it: once there is a paper, it never changes."""

    id: int
    position: int
    part: int
    pick: int | None
    definition: dict[str, Any]
    points: float


class Hall:
    """Safe to use from several threads; nothing in it outlives the process, and nothing is lost with it."""

    def __init__(self, engine: Engine, seconds: Callable[[], float] = monotonic) -> None:
        self._engine = engine
        self.roll = Roll(engine, seconds)
        self._commits: GroupCommit[Change, Receipt] = GroupCommit(partial(store, engine))
        self._items: _Kept[list[KeptItem]] = _Kept(ITEMS_SECONDS, seconds)
        self._answers: _Kept[list[Response]] = _Kept(ANSWERS_SECONDS, seconds)

    def close(self) -> None:
        """Close its connections."""
        self._engine.dispose()

    def save(self, change: Change) -> Receipt:
        """What became of an answer, once that is durable. Raises NotCommitted and SQLAlchemyError: send it again."""
        return self._commits.submit(change)

    def items(self, session_id: int, needed: Collection[int]) -> list[KeptItem]:
        """The questions of a session, by position; read again where one of the `needed` ids is not among them."""
        items = self._items.get(session_id, lambda: _read_items(self._engine, session_id))
        if not {item.id for item in items}.issuperset(needed):
            self._items.forget(session_id)
            items = self._items.get(session_id, lambda: _read_items(self._engine, session_id))
        return items

    def answers_to(self, item_id: int) -> list[Response]:
        """What everybody answered to an item, read again after two seconds: a whole class asks at once."""
        return self._answers.get(item_id, lambda: _read_answers(self._engine, item_id))


class _Kept(Generic[Value]):
    """Values by key, each read again when it is older than `lifetime` seconds; one thread reads for all."""

    def __init__(self, lifetime: float, seconds: Callable[[], float]) -> None:
        self._lifetime = lifetime
        self._seconds = seconds
        self._lock = Lock()
        self._values: dict[int, tuple[float, Value]] = {}

    def get(self, key: int, read: Callable[[], Value]) -> Value:
        with self._lock:
            found = self._values.get(key)
            if found is None or self._seconds() - found[0] > self._lifetime:
                if len(self._values) >= MOST_KEPT:
                    self._values.clear()
                found = self._values[key] = (self._seconds(), read())
            return found[1]

    def forget(self, key: int) -> None:
        with self._lock:
            self._values.pop(key, None)


def _read_answers(engine: Engine, item_id: int) -> list[Response]:
    with Session(engine) as s:
        return answers_to(s, item_id)


def _read_items(engine: Engine, session_id: int) -> list[KeptItem]:
    columns = (SessionItem.id, SessionItem.position, SessionItem.part, SessionItem.pick)
    asked = select(*columns, SessionItem.definition, SessionItem.points).where(SessionItem.session_id == session_id)
    with engine.connect() as connection:
        return [KeptItem(*row) for row in connection.execute(asked.order_by(SessionItem.position))]
