"""The assignment folders that this server knows. A folder that is added or mended is seen without a restart."""

from __future__ import annotations

import time
from collections.abc import Mapping
from pathlib import Path
from threading import Lock
from types import MappingProxyType

import structlog

from grader.contract import Assignment, AssignmentError, load_assignment
from grader.contract.assignment import assignment_folders

log = structlog.get_logger(__name__)

LOOK_AGAIN_SECONDS = 2.0
Signature = tuple[tuple[str, int, int], ...]


class Catalogue:
    """Assignments by id, read from the folders below `root`. One broken folder hides that assignment alone."""

    def __init__(self, root: Path) -> None:
        self._root = root
        self._lock = Lock()
        self._read: dict[str, tuple[Signature, Assignment | AssignmentError]] = {}
        self._looked_at = float("-inf")

    def assignments(self) -> Mapping[str, Assignment]:
        """Every assignment that can be used, in course order."""
        read = self._refreshed()
        return MappingProxyType({name: item for name, (_, item) in read.items() if isinstance(item, Assignment)})

    def broken(self) -> Mapping[str, str]:
        """The folders that cannot be used, with what is wrong with each."""
        read = self._refreshed()
        return {name: str(item) for name, (_, item) in read.items() if isinstance(item, AssignmentError)}

    def get(self, name: str) -> Assignment | None:
        """One assignment, or None where there is no usable folder of that name."""
        return self.assignments().get(name)

    def _refreshed(self) -> dict[str, tuple[Signature, Assignment | AssignmentError]]:
        with self._lock:
            if time.monotonic() - self._looked_at >= LOOK_AGAIN_SECONDS:
                self._read = {folder.name: self._look(folder) for folder in assignment_folders(self._root)}
                self._looked_at = time.monotonic()
            return self._read

    def _look(self, folder: Path) -> tuple[Signature, Assignment | AssignmentError]:
        signature = _signature(folder)
        known = self._read.get(folder.name)
        if known is not None and known[0] == signature:
            return known
        try:
            return signature, load_assignment(folder)
        except AssignmentError as error:
            log.warning("assignment folder cannot be used", folder=folder.name, problem=str(error))
            return signature, error


def _signature(folder: Path) -> Signature:
    """What changes when a file of the folder does; reading a folder whole takes far longer than this."""
    found = []
    for path in sorted(folder.rglob("*")):
        if path.is_file() and "__pycache__" not in path.parts:
            status = path.stat()
            found.append((str(path), status.st_mtime_ns, status.st_size))
    return tuple(found)
