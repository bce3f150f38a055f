"""Which assignment somebody means by a name or a number, and what to say where there is none."""

from __future__ import annotations

import difflib
from collections.abc import Collection

MOST_NEAR = 5


def is_meant(name: str, folder: str) -> bool:
    """Whether `name` means the assignment in this folder: `04-conv-forward` by its whole name, or `04`, or `4`."""
    return name == folder or (name.isdecimal() and int(name) == int(folder[:2]))


def instead(name: str, folders: Collection[str]) -> str:
    """What to say to somebody who misspelt a name: the folders near it, else all of them."""
    near = nearest(name, folders)
    return f"Near it: {', '.join(near)}." if near else f"There are: {', '.join(folders)}."


def nearest(name: str, folders: Collection[str]) -> list[str]:
    """The folders with this name in theirs, else those that are spelt much the same."""
    name = name.strip().lower()
    if len(name) < 2 or name.isdecimal():
        return []
    within = [folder for folder in folders if name in folder]
    return (within or difflib.get_close_matches(name, folders))[:MOST_NEAR]
