"""What `stride doctor` finds out about a machine. Each package contributes through the entry points `stride.doctor`."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class Health(StrEnum):
    """`MISSING` keeps the platform from working; `LIMITED` costs something that is worth knowing."""

    GOOD = "good"
    LIMITED = "limited"
    MISSING = "missing"


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing that was looked at, what was seen, and how to mend it where it is not good."""

    subject: str
    health: Health
    seen: str
    mend: str = ""
