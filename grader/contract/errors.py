"""The root of what can be wrong with a message or a folder that crosses between server and grader."""

from __future__ import annotations


class ContractError(ValueError):
    """A message or a folder breaks the contract. The text names the field and is meant to be read."""
