"""How a call is shown to students: its arguments in few characters, and small ones in full, to try at home."""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from grader.authoring.comparisons import as_array, json_value
from grader.contract import Entry
from grader.excerpts import is_image_like
from grader.sandbox.wire import Handle

MOST_NUMBERS = 64


def show_call(name: str, args: tuple[object, ...], kwargs: dict[str, object]) -> str:
    """A call as text, with arrays by dtype and shape."""
    parts = [show_value(value) for value in args] + [f"{key}={show_value(value)}" for key, value in kwargs.items()]
    return f"{name}({', '.join(parts)})"[:400]


def show_value(value: Any) -> str:
    """A value in few characters: arrays by dtype and shape, also those inside tuples, lists and dictionaries."""
    if isinstance(value, Handle):
        return value.type_name
    if _is_array(value) and value.ndim:
        return f"{str(value.dtype).removeprefix('torch.')}[{', '.join(map(str, value.shape))}]"
    if type(value) is dict and _holds_array(value):
        return "{" + ", ".join(f"{key!r}: {show_value(item)}" for key, item in value.items()) + "}"
    if type(value) in (list, tuple) and _holds_array(value):
        return _bracketed(type(value) is tuple, [show_value(item) for item in value])
    return repr(value)[:120]


def _bracketed(is_tuple: bool, parts: list[str]) -> str:
    if not is_tuple:
        return f"[{', '.join(parts)}]"
    return f"({parts[0]},)" if len(parts) == 1 else f"({', '.join(parts)})"


def named_arguments(entry: Entry, args: tuple[object, ...], kwargs: dict[str, object]) -> dict[str, object]:
    """The arguments of a call by the names of the entry's signature."""
    names = [part.strip().split(":")[0] for part in entry.signature.partition("(")[2].partition(")")[0].split(",")]
    return {name: value for name, value in zip(names, args, strict=False) if name} | kwargs


def image_arguments(given: dict[str, object]) -> dict[str, np.ndarray[Any, Any]]:
    """The arguments that can be drawn as an image."""
    arrays = {name: as_array(value) for name, value in given.items() if _is_array(value)}
    return {name: array for name, array in arrays.items() if is_image_like(array)}


def small_inputs(given: dict[str, object]) -> dict[str, Any]:
    """The arguments that are or hold arrays, where all together are small enough to be read (`MOST_NUMBERS`).

    An array becomes nested lists. What holds arrays becomes {"tuple": [...]}, {"list": [...]} or
    {"dict": [[key, value]]}, and what stands beside them there {"text": "..."}, as Python writes it.
    """
    holding = {name: value for name, value in given.items() if _is_array(value) or _holds_array(value)}
    if sum(map(_numbers_in, holding.values())) > MOST_NUMBERS:
        return {}
    return {name: _readable(value) for name, value in holding.items()}


def _parts(value: object) -> list[object]:
    if type(value) is dict:
        return list(value.values())
    return list(value) if isinstance(value, list | tuple) else []


def _holds_array(value: object) -> bool:
    return any(_is_array(part) or _holds_array(part) for part in _parts(value))


def _numbers_in(value: Any) -> int:
    if _is_array(value):
        return int(math.prod(value.shape))
    return sum(map(_numbers_in, _parts(value)))


def _readable(value: Any) -> Any:
    if _is_array(value):
        return _nested(as_array(value), json_value)
    if not _holds_array(value):
        return {"text": show_value(value)}
    if type(value) is dict:
        return {"dict": [[repr(key), _readable(item)] for key, item in value.items()]}
    return {type(value).__name__: [_readable(item) for item in value]}


def _is_array(value: object) -> bool:
    return hasattr(value, "shape") and not isinstance(value, Handle)


def _nested(array: Any, convert: Any) -> Any:
    return convert(array[()]) if array.ndim == 0 else [_nested(row, convert) for row in array]
