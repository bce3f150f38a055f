"""The lecturer's browser: the projector and the page that the quiz is run from, each asking for what changed."""

from __future__ import annotations

import asyncio
import html
import json
import re
import time
from contextlib import suppress
from urllib.parse import urlencode

from scripts.quiz_load import pages
from scripts.quiz_load.connection import Client, Reply
from scripts.quiz_load.tally import Asked, Kind, Tally

LIVE = re.compile(r'data-live="([^"]+)"')
EVERY = re.compile(r'data-every="(\d+)"')
TAG = re.compile(r'data-part="(\w+)"[^>]*data-tag="([^"]*)"')
PATIENCE = 8.0


class NotSignedIn(RuntimeError):  # noqa: N818 - says what happened
    """The lecturer could not sign in, or did not see the page."""


class Lecturer:
    """Signs in once; each page is followed as its script does until it is cancelled."""

    def __init__(self, client: Client, tally: Tally) -> None:
        self.client, self.tally = client, tally

    async def sign_in(self, number: str, password: str) -> None:
        """Raises NotSignedIn."""
        form = await self.client.ask("GET", "/sign-in")
        body = urlencode(pages.fields(form.text) | {"number": number, "password": password}).encode()
        headers = {"Content-Type": "application/x-www-form-urlencoded"}
        if (await self.client.ask("POST", "/sign-in", headers, body)).status not in (302, 303):
            raise NotSignedIn("the lecturer could not sign in")

    async def follow(self, kind: Kind, path: str) -> None:
        """Keep one page up to date, for ever. Raises NotSignedIn."""
        page = await self._ask(kind, path)
        if page is None or (live := LIVE.search(page.text)) is None or (every := EVERY.search(page.text)) is None:
            raise NotSignedIn(f"{path} is not a page that is kept up to date")
        tags = dict(TAG.findall(page.text))
        while True:
            await asyncio.sleep(int(every[1]) / 1000)
            reply = await self._ask(kind, f"{html.unescape(live[1])}?{urlencode(tags)}")
            if reply is not None and reply.status == 200:
                tags |= {name: part["tag"] for name, part in json.loads(reply.body)["parts"].items()}

    async def _ask(self, kind: Kind, path: str) -> Reply | None:
        sent_at, began = time.time(), time.perf_counter()
        reply = None
        with suppress(OSError):
            reply = await self.client.ask("GET", path, {"Accept": "application/json, text/html"}, patience=PATIENCE)
        status = reply.status if reply is not None else 0
        self.tally.requests.append(Asked(kind, sent_at, time.perf_counter() - began, status))
        if status != 200:
            self.tally.error(kind, status or "no reply")
        return reply
