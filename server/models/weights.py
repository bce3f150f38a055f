"""The weights of trained networks, apart from submissions: several may share a file, and few pages need its bytes."""

from __future__ import annotations

from typing import Any

from sqlalchemy import JSON, Column, ForeignKey, LargeBinary, String, Table
from sqlalchemy.orm import Mapped, mapped_column

from server.models.base import Base

submission_weights = Table(
    "submission_weights",
    Base.metadata,
    Column("submission_id", ForeignKey("submission.id"), primary_key=True),
    Column("weights_id", ForeignKey("weights.id"), index=True, nullable=False),
)
"""Which weights a submission has: none or one file."""


class Weights(Base):
    """A safetensors file as it was handed in. `content` is read only where it is asked for.

    `tensors` are its tensors' `name`, `dtype` and `shape`, in the file's order.
    """

    __tablename__ = "weights"

    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str] = mapped_column(String(120))
    size: Mapped[int]
    sha256: Mapped[str] = mapped_column(String(64))
    tensors: Mapped[list[dict[str, Any]]] = mapped_column(JSON)
    content: Mapped[bytes] = mapped_column(LargeBinary, deferred=True)
