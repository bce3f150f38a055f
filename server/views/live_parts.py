"""The parts of a page that follows a session, as JSON: those alone that changed since the page last asked."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from functools import partial

from flask import Response, jsonify, request

# What differs from one look to the next although nothing happened: a form's token, how long ago, how long still.
PASSING = re.compile(r'name="csrf_token" value="[^"]*"|(?<=>)[^<>]*(?=</time>)|(data-until="[0-9]+"[^>]*>)[^<]*')


@dataclass(frozen=True, slots=True)
class Part:
    """A part whose tag is known before it is drawn, so that what has not changed is never drawn."""

    tag: str
    draw: Callable[[], str]


def milliseconds(moment: datetime | None) -> int | None:
    """A moment as browsers count it."""
    return None if moment is None else round(moment.timestamp() * 1000)


def changed_parts(parts: Mapping[str, str | Part], now: datetime, later: int = 0, **more: object) -> Response:
    """The parts that differ from those that the address names, as JSON with the server's clock and `more`.

    `later` is by how many milliseconds the page should ask less often.
    """
    named = {
        name: part if isinstance(part, Part) else Part(tag_of(part), partial(str, part)) for name, part in parts.items()
    }
    fresh = {
        name: {"tag": part.tag, "html": part.draw()}
        for name, part in named.items()
        if request.args.get(name) != part.tag
    }
    return jsonify(now=milliseconds(now), parts=fresh, later=later, **more)


def tag_of(html: str) -> str:
    """A short word for what a part says, whatever its form's token and however the clock stands."""
    return hashlib.sha256(PASSING.sub(r"\1", html).encode()).hexdigest()[:12]
