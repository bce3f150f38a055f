"""The parts of a page that follows a session, as JSON: those alone that changed since the page last asked."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Mapping
from datetime import datetime

from flask import Response, jsonify, request

# What differs from one look to the next although nothing happened: a form's token, how long ago, how long still.
PASSING = re.compile(r'name="csrf_token" value="[^"]*"|(?<=>)[^<>]*(?=</time>)|(data-until="[0-9]+"[^>]*>)[^<]*')


def milliseconds(moment: datetime | None) -> int | None:
    """A moment as browsers count it."""
    return None if moment is None else round(moment.timestamp() * 1000)


def changed_parts(parts: Mapping[str, str], now: datetime, later: int = 0) -> Response:
    """The parts that differ from those that the address names, as JSON with the server's clock.

    `later` is by how many milliseconds the page should ask less often.
    """
    tags = {name: tag_of(html) for name, html in parts.items()}
    fresh = {name: {"tag": tag, "html": parts[name]} for name, tag in tags.items() if request.args.get(name) != tag}
    return jsonify(now=milliseconds(now), parts=fresh, later=later)


def tag_of(html: str) -> str:
    """A short word for what a part says, whatever its form's token and however the clock stands."""
    return hashlib.sha256(PASSING.sub(r"\1", html).encode()).hexdigest()[:12]
