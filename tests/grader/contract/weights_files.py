"""Makes files of weights, right ones and forged ones, byte by byte: no library would write the second kind."""

from __future__ import annotations

import json
import struct
from collections.abc import Mapping
from typing import Any


def tensor(begin: int, end: int, *shape: int, dtype: str = "F32") -> dict[str, Any]:
    """A header's entry."""
    return {"dtype": dtype, "shape": list(shape), "data_offsets": [begin, end]}


def safetensors_file(header: Mapping[str, Any] | bytes, numbers: bytes = b"", length: int | None = None) -> bytes:
    """A file with this header, as JSON or as it is, which may announce another length."""
    raw = header if isinstance(header, bytes) else json.dumps(header).encode()
    return struct.pack("<Q", len(raw) if length is None else length) + raw + numbers


TWO = safetensors_file({"b": tensor(8, 16, 1, 2), "a": tensor(0, 8, 2)}, struct.pack("<4f", 1, 2, 3, 4))
"""Two tensors, the second named first: a is 1 2, b is 3 4."""
