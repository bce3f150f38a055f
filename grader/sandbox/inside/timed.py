"""Timed calls: arguments and outputs lie in memory that is shared with the judge, who holds the clock.

Nothing here is trusted. The judge copies a call's arguments into the block after it has taken the time, and copies the
outputs to memory of its own before it takes the time again; what it then holds must be right.
"""

from __future__ import annotations

import mmap
from collections.abc import Callable
from typing import Any

import numpy as np

from grader.sandbox.inside.values import Refused, torch_or_none


class Timed:
    """One entry of a submission over one block of shared memory."""

    def __init__(self, descriptor: int, request: dict[str, Any], function: Callable[..., Any]) -> None:
        """`request`: `size` of the block, `arguments` with places in it, `outputs` and `picks`, `device`, `tensors`."""
        self.block = mmap.mmap(descriptor, request["size"])
        self.arguments = request["arguments"]
        self.outputs = [self._array(place) for place in request["outputs"]]
        self.picks = request["picks"]
        self.function = function
        self.torch = torch_or_none() if request["tensors"] else None
        self.device = request["device"]
        if self.torch is not None and self.device == "cuda":
            self.torch.backends.cuda.matmul.allow_tf32 = False
            self.torch.backends.cudnn.allow_tf32 = False
            self._pin(self.torch)

    def _pin(self, torch: Any) -> None:
        """Have the GPU copy straight from and to the block. Where that is refused, copies take a way round."""
        address = torch.from_numpy(np.frombuffer(self.block, np.uint8)).data_ptr()
        torch.cuda.cudart().cudaHostRegister(address, len(self.block), 0)

    def call(self) -> None:
        """One call with what lies in the block now; its outputs are in the block when this returns."""
        value = self.function(*self._decode(self.arguments))
        parts = [value] if not self.picks else self._picked(value)
        for number, (part, place) in enumerate(zip(parts, self.outputs, strict=True), 1):
            self._store(part, place, f"output {number}" if len(parts) > 1 else "the output")
        if self.torch is not None and self.device == "cuda":
            self.torch.cuda.synchronize()

    def _picked(self, value: Any) -> list[Any]:
        if not isinstance(value, tuple | list) or len(value) <= max(self.picks):
            raise Refused("form", f"must return at least {max(self.picks) + 1} values in a timed call")
        return [value[pick] for pick in self.picks]

    def _store(self, part: Any, place: Any, name: str) -> None:
        if self.torch is not None:
            if not isinstance(part, self.torch.Tensor):
                raise Refused("form", f"must return a tensor as {name}, not {type(part).__name__[:80]}")
            part, target = part.detach(), self.torch.from_numpy(place)
        elif isinstance(part, np.ndarray):
            target = place
        else:
            raise Refused("form", f"must return an array as {name}, not {type(part).__name__[:80]}")
        if tuple(part.shape) != tuple(target.shape) or part.dtype != target.dtype:
            wanted = f"{target.dtype} of shape {tuple(target.shape)}"
            raise Refused("form", f"must return {name} as {wanted}, not {part.dtype} of shape {tuple(part.shape)}")
        if self.torch is not None:
            target.copy_(part)
        else:
            np.copyto(target, part)

    def _array(self, place: list[Any]) -> Any:
        kind, shape, offset = place
        count = int(np.prod(shape, dtype=np.int64))
        return np.frombuffer(self.block, dtype=kind, count=count, offset=offset).reshape(shape)

    def _decode(self, value: Any) -> Any:
        """Fresh tuples, lists and dicts for each call, over the same memory."""
        if not isinstance(value, dict):
            return [self._decode(item) for item in value] if isinstance(value, list) else value
        ((tag, content),) = value.items()
        if tag == "shared":
            return self._on_device(self._array(content))
        if tag == "dict":
            return {key: self._decode(item) for key, item in content}
        items = [self._decode(item) for item in content]
        return tuple(items) if tag == "tuple" else items

    def _on_device(self, array: Any) -> Any:
        return array if self.torch is None else self.torch.from_numpy(array).to(self.device)
