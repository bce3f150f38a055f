"""Timed calls: arguments and outputs lie in memory that is shared with the judge, who holds the clock.

Nothing here is trusted. The judge copies a call's arguments into the block after it has taken the time, and copies the
outputs to memory of its own before it takes the time again; what it then holds must be right. What events tell of the
call is the word of this process: a diagnosis for the staff.
"""

from __future__ import annotations

import contextlib
import mmap
import time
from collections.abc import Callable
from typing import Any

import numpy as np

from grader.sandbox.inside.values import Refused, torch_or_none


class ClockEvent:
    """This process's clock, in the place of `torch.cuda.Event` on a processor: there a call that returns is done."""

    def __init__(self) -> None:
        self.seconds = 0.0

    def record(self) -> None:
        """Note the time."""
        self.seconds = time.perf_counter()

    def elapsed_time(self, end: ClockEvent) -> float:
        """Milliseconds from this event to `end`."""
        return (end.seconds - self.seconds) * 1000


class Timed:
    """One entry of a submission over one block of shared memory."""

    def __init__(self, descriptor: int, request: dict[str, Any], function: Callable[..., Any]) -> None:
        """`request`: `size` of the block, `arguments` with places in it, `outputs` and `picks`, `device`, `tensors`.

        Its `events` say whether a call tells how long it took by events around the submission's function.
        """
        self.block = mmap.mmap(descriptor, request["size"])
        self.arguments = request["arguments"]
        self.outputs = [self._array(place) for place in request["outputs"]]
        self.picks = request["picks"]
        self.function = function
        self.torch = torch_or_none() if request["tensors"] else None
        self.device = request["device"]
        self.cuda: Any = self.torch.cuda if self.torch is not None and self.device == "cuda" else None
        if self.torch is not None and self.cuda is not None:
            self.torch.backends.cuda.matmul.allow_tf32 = False
            self.torch.backends.cudnn.allow_tf32 = False
            self._pin(self.torch)
        self.has_events = request["events"]

    def _pin(self, torch: Any) -> None:
        """Have the GPU copy straight from and to the block. Where that is refused, copies take a way round."""
        address = torch.from_numpy(np.frombuffer(self.block, np.uint8)).data_ptr()
        refused = self.cuda.cudart().cudaHostRegister(address, len(self.block), 0)
        if int(refused):
            # CUDA tells the next kernel's launch of what was refused before; that must not be the submission's.
            with contextlib.suppress(RuntimeError):
                torch.zeros(1, device="cuda")

    def call(self) -> float | None:
        """One call with what lies in the block now; its outputs are in the block when this returns.

        Gives the milliseconds from the one event to the other, None without events and where they fail.
        """
        arguments = self._decode(self.arguments)
        begin = self._event()
        value = self.function(*arguments)
        end = self._event()
        parts = [value] if not self.picks else self._picked(value)
        for number, (part, place) in enumerate(zip(parts, self.outputs, strict=True), 1):
            self._store(part, place, f"output {number}" if len(parts) > 1 else "the output")
        if self.cuda is not None:
            self.cuda.synchronize()
        with contextlib.suppress(Exception):  # as in `_event`
            return None if begin is None or end is None else float(begin.elapsed_time(end))
        return None

    def _event(self) -> Any:
        """An event that has just been recorded, None where there are none."""
        if self.has_events:
            with contextlib.suppress(Exception):  # a diagnosis costs nobody the timing
                event = ClockEvent() if self.cuda is None else self.cuda.Event(enable_timing=True)
                event.record()
                return event
        return None

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
