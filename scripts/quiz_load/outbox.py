"""The browser's outbox (quiz-outbox.js), step by step: each change is sent until the server has answered for it."""

from __future__ import annotations

import asyncio
import json
import random
import time
from collections.abc import Awaitable, Callable

from scripts.quiz_load.connection import Reply
from scripts.quiz_load.tally import Change

FIRST, LONGEST, HURRIED = 0.6, 12.0, 1.5
LAST_SECONDS = 30.0
Send = Callable[[Change], Awaitable[Reply | None]]
"""Sends a change; None where no reply came."""


class Outbox:
    """A student's changes, of each question the newest on its way. `changes` keeps all that ever were."""

    def __init__(self, send: Send, closes_at: float, chance: random.Random) -> None:
        self.changes: list[Change] = []
        self.closes_at = closes_at
        self._send = send
        self._chance = chance
        self._waiting: dict[int, Change] = {}
        self._sequence = 0
        self._tasks: set[asyncio.Task[None]] = set()

    def put(self, question: int, picked: tuple[int, ...], text: str) -> Change:
        """Send an answer from now on until it is acknowledged, or overtaken by a newer one of this question."""
        self._sequence += 1
        token = f"{self._chance.getrandbits(96):024x}"
        change = Change(question, picked, text, self._sequence, token, time.time())
        self.changes.append(change)
        self._waiting[question] = change
        self._start(self._deliver(change))
        return change

    def send_again(self, change: Change, pause: float) -> None:
        """Send a change once more, as a browser does whose receipt got lost."""
        self._start(self._repeat(change, pause))

    @property
    def is_empty(self) -> bool:
        """Whether nothing is on its way."""
        return not self._waiting and not self._tasks

    def stop(self) -> None:
        """Give up what is on its way."""
        for task in self._tasks:
            task.cancel()

    def _start(self, sending: Awaitable[None]) -> None:
        task = asyncio.ensure_future(sending)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    async def _deliver(self, change: Change) -> None:
        tries = 0
        while self._waiting.get(change.question) is change:
            reply = await self._once(change)
            if reply is not None and self._is_final(change, reply):
                if self._waiting.get(change.question) is change:
                    del self._waiting[change.question]
                return
            tries += 1
            await asyncio.sleep(self._pause(tries))

    async def _repeat(self, change: Change, pause: float) -> None:
        await asyncio.sleep(pause)
        await self._once(change)

    async def _once(self, change: Change) -> Reply | None:
        sent_at = time.time()
        change.times_sent += 1
        reply = await self._send(change)
        outcome = outcome_of(reply)
        if not change.is_acknowledged:
            change.outcome, change.last_sent_at = outcome or change.outcome, sent_at
            change.is_acknowledged = outcome == "saved"
        return reply

    def _is_final(self, change: Change, reply: Reply) -> bool:
        outcome = outcome_of(reply)
        if outcome == "superseded":
            self._sequence = max(self._sequence, json.loads(reply.body)["sequence"])
        return bool(outcome) and outcome not in ("paused", "waiting")

    def _pause(self, tries: int) -> float:
        longest = HURRIED if self.closes_at - time.time() < LAST_SECONDS else LONGEST
        return min(longest, float(FIRST * 2 ** min(tries, 10))) * self._chance.uniform(0.7, 1.3)


def outcome_of(reply: Reply | None) -> str:
    """What a receipt says became of the change; empty where it is none."""
    if reply is None or reply.status >= 500 or reply.status in (408, 429):
        return ""
    return str(json.loads(reply.body).get("outcome", f"refused with {reply.status}"))
