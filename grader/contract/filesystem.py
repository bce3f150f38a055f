"""kombu's filesystem transport with messages written whole: under another name first, then renamed into the queue.

As it comes, kombu (5.7) writes a message in place, so that a worker that polls meanwhile takes half of it. It also
takes messages by way of the system's temporary folder, which is a copy where that is another file system; here they are
renamed within the broker's own folder, so that exactly one worker gets each.
"""

from __future__ import annotations

import json
import os
import time
import uuid
from pathlib import Path
from queue import Empty
from typing import Any

from kombu.transport import filesystem


class Channel(filesystem.Channel):
    """Puts and takes messages by renaming; the routing key is the queue: no table of bindings.

    As with Redis, a message with a smaller priority is taken first, and of the same the older.
    """

    def _lookup(self, exchange: str, routing_key: str, default: str | None = None) -> list[str]:
        return [routing_key]

    def _queue_bind(self, exchange: str, routing_key: str, pattern: str, queue: str) -> None:
        """Nothing to write down."""

    def _put(self, queue: str, payload: dict[str, Any], **_: Any) -> None:  # type: ignore[override]
        folder = Path(self.data_folder_out)
        priority = int(payload["properties"].get("priority") or 0)
        name = f"{priority}_{time.time_ns():020d}_{uuid.uuid4().hex}.{queue}.msg"
        draft = folder / f".{name}"
        draft.write_text(json.dumps(payload), encoding="utf-8")
        draft.replace(folder / name)

    def _get(self, queue: str, timeout: float | None = None) -> dict[str, Any]:
        folder = Path(self.data_folder_in)
        for name in sorted(self._names(queue)):
            taken = folder / f".taken-{name}"
            try:
                (folder / name).rename(taken)
            except FileNotFoundError:
                continue
            payload = json.loads(taken.read_text(encoding="utf-8"))
            taken.unlink()
            return payload  # type: ignore[no-any-return]
        raise Empty

    def _size(self, queue: str) -> int:
        return len(self._names(queue))

    def _names(self, queue: str) -> list[str]:
        """The waiting messages' file names; those that begin with a dot are being written or taken."""
        names = os.listdir(self.data_folder_in)  # noqa: PTH208 - polled 20 times a second, and only names are wanted
        return [name for name in names if name.endswith(f".{queue}.msg") and name[0] != "."]

    def _purge(self, queue: str) -> int:
        count = 0
        try:
            while True:
                self._get(queue)
                count += 1
        except Empty:
            return count


class Transport(filesystem.Transport):
    """The transport that `broker_transport` names."""

    Channel = Channel
