"""On what device networks run, the grader's setting, and whether a function makes its tensors where its inputs lie."""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING

import torch

from grader.authoring.comparisons import expect
from grader.sandbox.errors import SandboxUnavailable
from grader.settings import Settings

if TYPE_CHECKING:
    from grader.judge.student import Student

ELSEWHERE = """
def elsewhere(name, *arguments):
    with torch.device("meta"):
        try:
            return str(getattr(submission, name)(*arguments).device)
        except RuntimeError as error:
            if "device" not in str(error):
                raise
            return "several devices"
"""


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


def expect_beside(student: Student, name: str, *arguments: object) -> None:
    """Fail unless what `name(*arguments)` returns lies on the processor, as they do, whatever torch's default is.

    It needs no GPU: the default is torch's device without memory. Raises CheckFailed, StudentFault.
    """
    found = student.run(ELSEWHERE, name, *arguments)
    told = f"With x on cpu and another device as torch's default, what {name} returns lies on {found}."
    expect(found == "cpu", f"{told} Make new tensors beside x: x.new_zeros(shape), or device=x.device.")
