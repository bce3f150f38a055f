"""Strict reading of dictionaries: every field has a type, and an unknown or a missing key is an error."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, TypeVar

from grader.contract.errors import ContractError

T = TypeVar("T")


def as_object(data: object, where: str) -> dict[str, Any]:
    """`data` itself when it is a dictionary with string keys; raises ContractError otherwise."""
    if not isinstance(data, dict) or not all(isinstance(key, str) for key in data):
        raise ContractError(f"{where} must be a table of named fields, not {type(data).__name__}")
    return data


def refuse_unknown(data: Mapping[str, Any], known: set[str], where: str) -> None:
    """Raise ContractError when `data` has a key that is not in `known`."""
    unknown = sorted(set(data) - known)
    if unknown:
        raise ContractError(f"{where}: unknown {', '.join(unknown)}; known are {', '.join(sorted(known))}")


def take(data: Mapping[str, Any], key: str, kind: type[T], where: str) -> T:
    """`data[key]`, which must be there and of type `kind` (an int counts as a float, a bool never as a number)."""
    if key not in data:
        raise ContractError(f"{where}: {key} is missing")
    value = data[key]
    if kind is float and isinstance(value, int) and not isinstance(value, bool):
        return float(value)  # type: ignore[return-value]
    if not isinstance(value, kind) or (isinstance(value, bool) and kind is not bool):
        raise ContractError(f"{where}: {key} must be {kind.__name__}, not {type(value).__name__}")
    return value


def listed(data: Mapping[str, Any], key: str, where: str) -> Sequence[Any]:
    """`data[key]`, which must be a list, or the tuple that it was before it travelled as JSON."""
    value = data.get(key)
    if not isinstance(value, list | tuple):
        raise ContractError(f"{where}: {key} must be a list")
    return value


def numbers(values: Sequence[Any], what: str) -> tuple[float, ...]:
    """The values as floats; raises ContractError where one is no number."""
    if not all(isinstance(value, int | float) and not isinstance(value, bool) for value in values):
        raise ContractError(f"{what} must be numbers")
    return tuple(map(float, values))
