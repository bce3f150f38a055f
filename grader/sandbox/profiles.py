"""What each profile lets a submission import: the standard library and the packages named here, nothing else."""

from __future__ import annotations

import importlib.metadata
import re
from functools import cache
from pathlib import Path

PROFILES: dict[str, tuple[str, ...]] = {
    "numpy": ("numpy",),
    "torch": ("numpy", "torch"),
}


@cache
def packages(profile: str) -> tuple[Path, ...]:
    """The files and folders, directly below a site-packages, that make up a profile's distributions and their needs."""
    found: dict[str, set[Path]] = {}
    for name in PROFILES[profile]:
        _collect(name, found)
    return tuple(sorted(set().union(*found.values())))


def _collect(name: str, found: dict[str, set[Path]]) -> None:
    key = re.sub(r"[-_.]+", "-", name).lower()
    if key in found:
        return
    distribution = importlib.metadata.distribution(name)
    found[key] = _top_level(distribution)
    for requirement in distribution.requires or []:
        needed = re.match(r"[A-Za-z0-9._-]+", requirement)
        if needed and "extra ==" not in requirement and _is_installed(needed.group()):
            _collect(needed.group(), found)


def _is_installed(name: str) -> bool:
    try:
        importlib.metadata.distribution(name)
    except importlib.metadata.PackageNotFoundError:
        return False
    return True


def _top_level(distribution: importlib.metadata.Distribution) -> set[Path]:
    names = {file.parts[0] for file in distribution.files or [] if file.parts[0] not in ("..", "__pycache__")}
    root = Path(str(distribution.locate_file("")))
    return {root / name for name in names if (root / name).exists()}
