"""HTTP/1.1 as a browser speaks it to one host: connections that are kept open, cookies, a patience for each request.

It is written by hand because the driver shares its cores with what it measures: a request costs it a tenth of a
millisecond, and a general client ten times that.
"""

from __future__ import annotations

import asyncio
import re
from collections.abc import Mapping
from dataclasses import dataclass

LENGTH = re.compile(rb"\r\ncontent-length: *(\d+)", re.IGNORECASE)
CLOSES = re.compile(rb"\r\nconnection: *close", re.IGNORECASE)
COOKIE = re.compile(rb"\r\nset-cookie: *([^=;]+)=([^;\r]*)", re.IGNORECASE)
HEAD_END = b"\r\n\r\n"
WITHOUT_BODY = (204, 304)


class Lost(OSError):  # noqa: N818 - says what happened
    """The connection ended before the reply was complete."""


@dataclass(frozen=True, slots=True)
class Reply:
    """What came back: the status, the head as it was sent, the body."""

    status: int
    head: bytes
    body: bytes

    @property
    def text(self) -> str:
        """The body as text."""
        return self.body.decode()

    @property
    def location(self) -> str:
        """Where a redirect leads to."""
        found = re.search(rb"\r\nlocation: *([^\r]*)", self.head, re.IGNORECASE)
        return found.group(1).decode() if found else ""


class Wire(asyncio.Protocol):
    """One connection, with one request on it at a time."""

    def __init__(self) -> None:
        self.transport: asyncio.Transport | None = None
        self.is_open = True
        self.is_used = False
        self._reply: asyncio.Future[Reply] | None = None
        self._received = bytearray()
        self._head_size = 0
        self._size = 0

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Called by asyncio."""
        assert isinstance(transport, asyncio.Transport)
        self.transport = transport

    def data_received(self, data: bytes) -> None:
        """Called by asyncio."""
        self._received += data
        if not self._head_size and not self._read_head():
            return
        if len(self._received) >= self._size and self._reply is not None and not self._reply.done():
            self._reply.set_result(self._complete())

    def connection_lost(self, exc: Exception | None) -> None:
        """Called by asyncio."""
        self.is_open = False
        if self._reply is not None and not self._reply.done():
            self._reply.set_exception(Lost(f"the connection ended: {exc or 'closed by the server'}"))

    async def send(self, request: bytes) -> Reply:
        """Send a whole request, and wait for the whole reply. Raises Lost."""
        if not self.is_open or self.transport is None:
            raise Lost("the connection was closed by the server")
        self._reply = asyncio.get_running_loop().create_future()
        self.transport.write(request)
        try:
            return await self._reply
        except asyncio.CancelledError:
            self.close()
            raise
        finally:
            self._reply, self.is_used = None, True

    def close(self) -> None:
        """End the connection."""
        self.is_open = False
        if self.transport is not None:
            self.transport.abort()

    def _read_head(self) -> bool:
        end = self._received.find(HEAD_END)
        if end < 0:
            return False
        self._head_size = end + len(HEAD_END)
        length = LENGTH.search(self._received, 0, self._head_size)
        if length is None and int(self._received[9:12]) not in WITHOUT_BODY:
            self.close()
            return False
        self._size = self._head_size + (int(length.group(1)) if length else 0)
        return True

    def _complete(self) -> Reply:
        head, body = bytes(self._received[: self._head_size]), bytes(self._received[self._head_size : self._size])
        self._received.clear()
        self._head_size = 0
        if CLOSES.search(head):
            self.is_open = False
        return Reply(int(head[9:12]), head, body)


class Client:
    """One browser's connections to one host, and its cookies."""

    def __init__(self, host: str, port: int) -> None:
        self.host, self.port = host, port
        self.cookies: dict[str, str] = {}
        self._idle: list[Wire] = []

    async def ask(
        self, method: str, path: str, headers: Mapping[str, str] | None = None, body: bytes = b"", patience: float = 8.0
    ) -> Reply:
        """One request and its reply; raises OSError where none comes and TimeoutError where it takes too long.

        A kept connection that the server closed just now is no failure: like a browser, it tries once on a new one.
        """
        request = self._request(method, path, headers or {}, body)
        async with asyncio.timeout(patience):
            wire = await self._wire()
            try:
                reply = await wire.send(request)
            except Lost:
                if not wire.is_used:
                    raise
                wire = await self._new_wire()
                reply = await wire.send(request)
        if wire.is_open:
            self._idle.append(wire)
        for name, value in COOKIE.findall(reply.head):
            self.cookies[name.decode()] = value.decode()
        return reply

    def close(self) -> None:
        """End all connections that nothing is sent on."""
        for wire in self._idle:
            wire.close()
        self._idle.clear()

    async def _wire(self) -> Wire:
        while self._idle:
            wire = self._idle.pop()
            if wire.is_open:
                return wire
        return await self._new_wire()

    async def _new_wire(self) -> Wire:
        _, wire = await asyncio.get_running_loop().create_connection(Wire, self.host, self.port)
        return wire

    def _request(self, method: str, path: str, headers: Mapping[str, str], body: bytes) -> bytes:
        lines = [f"{method} {path} HTTP/1.1", f"Host: {self.host}:{self.port}", "User-Agent: quiz-load"]
        lines += [f"{name}: {value}" for name, value in headers.items()]
        if self.cookies:
            lines.append("Cookie: " + "; ".join(f"{name}={value}" for name, value in self.cookies.items()))
        if body or method == "POST":
            lines.append(f"Content-Length: {len(body)}")
        return "\r\n".join(lines).encode() + HEAD_END + body
