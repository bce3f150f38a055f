"""One student's browser: joins, waits for the opening, fetches the questions, answers, and asks how things stand.

It follows quiz-sitting.js: the same requests at the same moments, the same patience, the same pauses.
"""

from __future__ import annotations

import asyncio
import json
import random
import secrets
import time
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode

from scripts.quiz_load import pages
from scripts.quiz_load.connection import Client, Reply
from scripts.quiz_load.outbox import Outbox
from scripts.quiz_load.plan import Act, Life
from scripts.quiz_load.tally import Asked, Change, Kind, Tally

PATIENCE, PAGE_PATIENCE = 8.0, 30.0
JOIN_PAUSE = 2.0
CONNECTIONS = 6
FIRST_POLL = (0.3, 0.8)
LAST_CALL = 1.5
CALM = 2.5
LOST_RECEIPT = (0.05, 0.5)
FORM = {"Content-Type": "application/x-www-form-urlencoded"}
JSON = {"Accept": "application/json"}
COMPRESSED = {"Accept-Encoding": "gzip, deflate, br"}


@dataclass(frozen=True, slots=True)
class Hall:
    """Where and when the class sits: seconds since 1970. `grace` is how late an answer may arrive."""

    host: str
    port: int
    code: str
    begins_at: float
    opens_at: float
    closes_at: float
    grace: float
    fetches_files: bool = True
    spreads: bool = True

    @property
    def here(self) -> str:
        """The session's page."""
        return f"/q/{self.code}"


class Student:
    """One student with one browser."""

    def __init__(self, life: Life, hall: Hall, tally: Tally) -> None:
        self.life, self.hall, self.tally = life, hall, tally
        self.client = Client(hall.host, hall.port)
        self.chance = random.Random(life.seed)  # noqa: S311 - decides nothing that is secret
        self.token = ""
        self.questions: dict[int, pages.Shown] = {}
        self.outbox = Outbox(self._send, hall.closes_at, self.chance)
        self._state: dict[str, Any] = {}
        self._files: set[str] = set()
        self._polling: asyncio.Task[None] | None = None

    async def sit(self) -> None:
        """The whole quiz, from the form to some seconds after the close."""
        await _until(self.hall.begins_at + self.life.joins_at)
        await self.join()
        if not self.token:
            self.tally.errors["student: did not get in"] += 1
            return
        self.tally.changes[self.life.number] = self.outbox.changes
        self._polling = asyncio.create_task(self._poll())
        await _until(self.hall.opens_at)
        await self.open()
        for act in self.life.acts:
            await _until(self.hall.opens_at + act.at)
            self._answer(act)
        await _until(self.hall.closes_at)
        await self._after_the_close()

    async def join(self) -> None:
        """From the address on the projector to the lobby, however often it takes, as long as the quiz can be joined."""
        while not self.token and time.time() < self.hall.closes_at:
            await self._try_to_join()
            if not self.token:
                await asyncio.sleep(JOIN_PAUSE * self.chance.uniform(0.5, 1.5))

    async def open(self) -> None:
        """Get the questions; the pages of a large class spread what they ask over a second or two."""
        tries, pause = 0, self._state.get("spread", 0) / 1000 if self.hall.spreads else 0.0
        while not self.questions and time.time() < self.hall.closes_at:
            await asyncio.sleep(self.chance.uniform(0, pause))
            await self.read_sheet()
            tries, pause = tries + 1, min(4.0, 0.4 * 2**tries)
        self.tally.opened.append(time.time() - self.hall.opens_at)

    async def read_sheet(self) -> dict[int, pages.Shown]:
        """The questions and what the server says was answered; empty where they did not come."""
        reply = await self._ask(Kind.SHEET, "GET", f"{self.hall.here}/paper", self._device(), patience=15.0)
        if reply is None or reply.status != 200:
            return {}
        self.questions = {each.number: each for each in pages.questions(json.loads(reply.body)["html"])}
        return self.questions

    def answer(self, question: int) -> Change:
        """Give any answer that fits the question, another one than before."""
        shown, before = self.questions[question], [c for c in self.outbox.changes if c.question == question]
        if shown.kind == "numeric":
            return self.outbox.put(question, (), str(self.chance.randrange(1000)))
        others = [index for index in range(shown.options) if not before or before[-1].picked != (index,)]
        return self.outbox.put(question, (self.chance.choice(others),), "")

    def leave(self) -> None:
        """Close the browser."""
        if self._polling is not None:
            self._polling.cancel()
        self.outbox.stop()
        self.client.close()

    def _answer(self, act: Act) -> None:
        if act.question not in self.questions:
            self.tally.errors["student: had no questions to answer"] += 1
            return
        change = self.answer(act.question)
        if act.is_sent_twice:
            self.outbox.send_again(change, self.chance.uniform(*LOST_RECEIPT))

    async def _after_the_close(self) -> None:
        last = self.hall.closes_at + self.hall.grace
        if self.life.too_late is not None and self.questions:
            await _until(last + self.life.too_late)
            self.answer(self.life.acts[0].question)
        await _until(last + 2.0)
        while not self.outbox.is_empty and time.time() < last + 10.0:
            await asyncio.sleep(0.1)
        self.leave()

    async def _try_to_join(self) -> None:
        form = await self._ask(Kind.FORM, "GET", self.hall.here, patience=PAGE_PATIENCE)
        if form is None or form.status != 200:
            return
        await self._fetch_files(form.text)
        if pages.data(form.text):
            await self._arrive(form)
            return
        sent = {"device": secrets.token_urlsafe(18)} | pages.fields(form.text) | {"number": self.life.number}
        body = urlencode(sent).encode()
        joined = await self._ask(Kind.JOIN, "POST", f"{self.hall.here}/join", FORM, body, PAGE_PATIENCE)
        if joined is None or joined.status != 303:
            return
        page = await self._ask(Kind.PAGE, "GET", joined.location, patience=PAGE_PATIENCE)
        if page is not None and page.status == 200:
            await self._arrive(page)

    async def _arrive(self, page: Reply) -> None:
        self._state = pages.state(page.text)
        await self._fetch_files(page.text)
        self.token = pages.data(page.text)["device"]

    async def _fetch_files(self, page: str) -> None:
        if not self.hall.fetches_files:
            return
        missing = [path for path in pages.files(page) if path not in self._files and path.startswith(("/st", "/boot"))]
        self._files.update(missing)

        async def fetch(paths: list[str]) -> None:
            for path in paths:
                await self._ask(Kind.FILE, "GET", path, COMPRESSED, patience=PAGE_PATIENCE)

        await asyncio.gather(*(fetch(missing[lane::CONNECTIONS]) for lane in range(CONNECTIONS)))

    async def _send(self, change: Change) -> Reply | None:
        answer = {"question": change.question, "picked": change.picked, "text": change.text}
        body = json.dumps(answer | {"sequence": change.sequence, "token": change.token}).encode()
        headers = self._device() | {"Content-Type": "application/json", "Sec-Fetch-Site": "same-origin"}
        return await self._ask(Kind.ANSWER, "POST", f"{self.hall.here}/answers", headers, body)

    async def _poll(self) -> None:
        await asyncio.sleep(self.chance.uniform(*FIRST_POLL))
        while True:
            path = f"{self.hall.here}/state?seen={self._state.get('version', '')}"
            reply = await self._ask(Kind.STATE, "GET", path, self._device())
            if reply is not None and reply.status == 200:
                self._state |= json.loads(reply.body)
            await asyncio.sleep(self._pause())

    def _pause(self) -> float:
        """Until the next question to the server; soon after the close everybody asks once."""
        is_over = time.time() >= self.hall.closes_at
        pause = self._state["poll"] / 1000 * (CALM if is_over else 1.0) * self.chance.uniform(0.8, 1.2)
        to_close = self.hall.closes_at - time.time()
        if 0 < to_close < pause:
            return to_close + LAST_CALL * self.chance.uniform(0.4, 1.4)
        return float(pause)

    def _device(self) -> dict[str, str]:
        return JSON | {"X-Quiz-Device": self.token}

    async def _ask(
        self,
        kind: Kind,
        method: str,
        path: str,
        headers: Mapping[str, str] | None = None,
        body: bytes = b"",
        patience: float = PATIENCE,
    ) -> Reply | None:
        """One request, noted with its time; None where no reply came."""
        sent_at, began = time.time(), time.perf_counter()
        reply = None
        with suppress(OSError):
            reply = await self.client.ask(method, path, headers, body, patience)
        status = reply.status if reply is not None else 0
        self.tally.requests.append(Asked(kind, sent_at, time.perf_counter() - began, status))
        if reply is None or status >= 500 or status in (400, 401, 403, 404, 422, 429):
            self.tally.error(kind, status or "no reply")
        return reply


async def _until(moment: float) -> None:
    await asyncio.sleep(max(0.0, moment - time.time()))
