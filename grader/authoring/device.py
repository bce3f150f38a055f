"""On what networks are trained and asked: the grader's setting, carried by each request that takes long."""

from __future__ import annotations

from functools import cache

import torch

from grader.sandbox.errors import SandboxUnavailable
from grader.settings import Settings


def device() -> str:
    """The device of this grader as torch names it, `cpu` or `cuda`. Raises SandboxUnavailable where it is not there."""
    return _there(Settings.from_environment().device)


@cache
def _there(name: str) -> str:
    wanted = _read(name)
    if wanted is None or wanted.type not in ("cpu", "cuda"):
        raise SandboxUnavailable(f"STRIDE_DEVICE must be cpu or cuda, not {name!r}.")
    if wanted.type == "cuda" and (wanted.index or 0) >= torch.cuda.device_count():
        raise SandboxUnavailable(f"STRIDE_DEVICE is {name}, but torch finds {torch.cuda.device_count()} GPUs here.")
    return name


def _read(name: str) -> torch.device | None:
    try:
        return torch.device(name)
    except RuntimeError:
        return None
