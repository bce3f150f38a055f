"""The grader worker's settings, from the environment. It knows the broker, and no database."""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

ASSIGNMENTS = Path(__file__).resolve().parent.parent / "assignments"


@dataclass(frozen=True, slots=True)
class Settings:
    """`data` is the embedded broker's folder, `assignments` the folder of assignment folders.

    `device` is where networks are trained and asked, as torch names it.
    """

    broker_url: str
    data: Path
    assignments: Path
    device: str = "cpu"

    @classmethod
    def from_environment(cls, environment: Mapping[str, str] = os.environ) -> Settings:
        """Read BROKER_URL, STRIDE_DATA, STRIDE_ASSIGNMENTS and STRIDE_DEVICE; empty is as good as unset."""
        return cls(
            broker_url=environment.get("BROKER_URL") or "filesystem://",
            data=Path(environment.get("STRIDE_DATA") or "var").resolve(),
            assignments=Path(environment.get("STRIDE_ASSIGNMENTS") or ASSIGNMENTS).resolve(),
            device=environment.get("STRIDE_DEVICE") or "cpu",
        )
