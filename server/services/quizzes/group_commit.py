"""One commit for all that waits: what arrives while one is under way goes into the next, in one transaction.

A commit costs milliseconds whether it holds one row or a hundred. There is no thread to start, fork or lose: of the
threads that wait, one commits for all, and then hands over to the next. Whoever comes alone is committed at once; after
a hand-over, when many come, the next waits a moment for more: fewer commits leave more of the processor to requests.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Sequence
from threading import Event, Lock
from time import sleep
from typing import Generic, TypeVar

Item = TypeVar("Item")
Result = TypeVar("Result")
MOST = 256
PATIENCE = 20.0
GATHERING = 0.01


class NotCommitted(Exception):  # noqa: N818 - whoever led the batch raises why
    """The commit of a batch failed, or took too long: nothing is promised, and it may be submitted again."""


class GroupCommit(Generic[Item, Result]):
    """Hands what several threads submit to `commit`, which gives a result for each, in order, once it is durable."""

    def __init__(
        self,
        commit: Callable[[Sequence[Item]], Sequence[Result]],
        most: int = MOST,
        patience: float = PATIENCE,
        gathering: float = GATHERING,
    ) -> None:
        self._commit = commit
        self._most = most
        self._patience = patience
        self._gathering = gathering
        self._lock = Lock()
        self._waiting: deque[_Waiting[Item, Result]] = deque()
        self._is_led = False

    def submit(self, item: Item) -> Result:
        """Wait until `item` is committed, and return its result.

        Raises NotCommitted; the thread that led the batch raises what the commit raised.
        """
        mine = _Waiting[Item, Result](item)
        with self._lock:
            self._waiting.append(mine)
            leads, self._is_led = not self._is_led, True
        if not leads and not mine.woken.wait(self._patience):
            self._give_up(mine)
        if not mine.is_done:
            if not leads:
                sleep(self._gathering)
            self._lead()
        return mine.outcome()

    def _lead(self) -> None:
        """Commit those who wait longest, this thread among them, and wake the next to lead."""
        with self._lock:
            batch = [self._waiting.popleft() for _ in range(min(self._most, len(self._waiting)))]
        try:
            results = self._commit([each.item for each in batch])
            for each, result in zip(batch, results, strict=True):
                each.results.append(result)
        finally:
            for each in batch:
                each.is_done = True
                each.woken.set()
            self._hand_over()

    def _hand_over(self) -> None:
        with self._lock:
            self._is_led = bool(self._waiting)
            if self._waiting:
                self._waiting[0].woken.set()

    def _give_up(self, mine: _Waiting[Item, Result]) -> None:
        """Raise NotCommitted, unless `mine` was woken just now and may have to lead."""
        with self._lock:
            if mine.woken.is_set():
                return
            if mine in self._waiting:
                self._waiting.remove(mine)
        raise NotCommitted


class _Waiting(Generic[Item, Result]):
    """One item, and its result once there is one. Whoever is woken before they are done leads."""

    __slots__ = ("is_done", "item", "results", "woken")

    def __init__(self, item: Item) -> None:
        self.item = item
        self.results: list[Result] = []
        self.is_done = False
        self.woken = Event()

    def outcome(self) -> Result:
        if not self.results:
            raise NotCommitted
        return self.results[0]
