"""What a grader sent, made fit for every database: PostgreSQL takes no NUL in text and no NaN in JSON."""

from __future__ import annotations

import math
from typing import Any

REPLACEMENT = "\ufffd"


def storable_text(text: str, limit: int | None = None) -> str:
    """`text` without NUL and lone surrogates, cut to `limit` characters with an ellipsis."""
    text = text.replace("\x00", REPLACEMENT).encode("utf-8", "replace").decode("utf-8")
    return text if limit is None or len(text) <= limit else text[: limit - 1] + "…"


def storable(value: Any) -> Any:
    """JSON values with storable texts; NaN and the infinities become the texts "nan", "inf" and "-inf"."""
    if isinstance(value, str):
        return storable_text(value)
    if isinstance(value, float) and not math.isfinite(value):
        return str(value)
    if isinstance(value, dict):
        return {storable_text(str(key)): storable(item) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [storable(item) for item in value]
    return value
