"""Memory that the judge shares with one sandbox: a call's arguments, and the outputs that come back."""

from __future__ import annotations

import fcntl
import mmap
import os
from collections.abc import Sequence
from typing import Any

import numpy as np
import numpy.typing as npt

from grader.benchmark.work import arrays_of

ALIGNMENT = 4096
POISON = np.uint8(0xFF)
"""Not a number in every floating-point type."""

SEALS = fcntl.F_SEAL_SHRINK | fcntl.F_SEAL_GROW | fcntl.F_SEAL_SEAL
"""Were it made shorter by the sandbox, the judge's next look at it would be a bus error (memfd_create(2))."""


class Block:
    """Arguments and outputs side by side, each array at the beginning of a page.

    `template` is what the sandbox needs to find the arguments, nested as they are; `places` is where the outputs lie.
    """

    def __init__(self, arguments: tuple[Any, ...], outputs: Sequence[tuple[npt.DTypeLike, tuple[int, ...]]]) -> None:
        self.size = 0
        self.template = self._laid_out(arguments)["tuple"]
        self.places = [self._place(np.dtype(dtype), shape) for dtype, shape in outputs]
        self.descriptor = os.memfd_create("stride", os.MFD_CLOEXEC | os.MFD_ALLOW_SEALING)
        os.ftruncate(self.descriptor, self.size)
        fcntl.fcntl(self.descriptor, fcntl.F_ADD_SEALS, SEALS)
        self.memory = mmap.mmap(self.descriptor, self.size)
        self.arguments = [self._array(place) for place in _shared_places(self.template)]
        self.outputs = [self._array(place) for place in self.places]

    def reveal(self, arrays: Sequence[npt.NDArray[Any]]) -> None:
        """Copy the arguments' arrays to where the sandbox sees them."""
        for target, source in zip(self.arguments, arrays, strict=True):
            target[...] = source

    def poison(self) -> None:
        """Overwrite the outputs, and the arguments of the call before."""
        for array in (*self.outputs, *self.arguments):
            array.reshape(-1).view(np.uint8)[...] = POISON

    def snapshot(self, into: Sequence[npt.NDArray[Any]]) -> None:
        """Copy the outputs to memory that the sandbox cannot reach."""
        for target, source in zip(into, self.outputs, strict=True):
            target[...] = source

    def close(self) -> None:
        """Let go of the memory. May be called again."""
        self.arguments, self.outputs = [], []
        self.memory.close()
        if self.descriptor >= 0:
            os.close(self.descriptor)
            self.descriptor = -1

    @property
    def path(self) -> str:
        """Where a process of the same user that no descriptor can be sent to finds the memory."""
        return f"/proc/{os.getpid()}/fd/{self.descriptor}"

    def _laid_out(self, value: Any) -> Any:
        if isinstance(value, np.ndarray):
            return {"shared": self._place(value.dtype, value.shape)}
        if isinstance(value, tuple | list):
            return {"tuple" if isinstance(value, tuple) else "list": [self._laid_out(item) for item in value]}
        if isinstance(value, dict):
            return {"dict": [[key, self._laid_out(item)] for key, item in value.items()]}
        if value is None or type(value) in (bool, int, float, str):
            return value
        raise TypeError(f"a {type(value).__name__} cannot be an argument of a timed call")

    def _place(self, dtype: np.dtype[Any], shape: tuple[int, ...]) -> list[Any]:
        offset = self.size
        size = dtype.itemsize * int(np.prod(shape, dtype=np.int64))
        self.size += -(-max(size, 1) // ALIGNMENT) * ALIGNMENT
        return [dtype.str, list(shape), offset]

    def _array(self, place: Sequence[Any]) -> npt.NDArray[Any]:
        kind, shape, offset = place
        count = int(np.prod(shape, dtype=np.int64))
        return np.frombuffer(self.memory, dtype=kind, count=count, offset=offset).reshape(shape)


def _shared_places(template: Any) -> list[Any]:
    """The places of the arguments' arrays, in the order of `work.arrays_of`."""
    if isinstance(template, list):
        return [place for item in template for place in _shared_places(item)]
    if not isinstance(template, dict):
        return []
    ((tag, content),) = template.items()
    if tag == "shared":
        return [content]
    items = [item for _, item in content] if tag == "dict" else content
    return [place for item in items for place in _shared_places(item)]


def like(arguments: tuple[Any, ...]) -> list[npt.NDArray[Any]]:
    """The arrays of arguments, each contiguous, as `Block.reveal` takes them."""
    return [np.ascontiguousarray(array) for array in arrays_of(arguments)]
