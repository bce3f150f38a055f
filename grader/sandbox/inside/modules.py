"""The submission's other files as modules: imported from their text, by a finder that is asked last.

Nothing is written to disk. What Python and the profile's packages have comes first, so no file takes their place.
"""

from __future__ import annotations

import importlib.abc
import importlib.machinery
import linecache
import sys
import types
from collections.abc import Mapping, Sequence


class Files(importlib.abc.MetaPathFinder, importlib.abc.Loader):
    """Finds and loads `layers` from the text of `layers.py`."""

    def __init__(self, files: Mapping[str, str]) -> None:
        self.files = files

    def find_spec(
        self, fullname: str, path: Sequence[str] | None, target: types.ModuleType | None = None
    ) -> importlib.machinery.ModuleSpec | None:
        """The module's spec, where there is a file for it."""
        name = f"{fullname}.py"
        return importlib.machinery.ModuleSpec(fullname, self, origin=name) if name in self.files else None

    def create_module(self, spec: importlib.machinery.ModuleSpec) -> None:
        """An ordinary module."""

    def exec_module(self, module: types.ModuleType) -> None:
        """Run the file's top level in its module."""
        name = f"{module.__name__}.py"
        module.__file__ = name
        exec(compile(self.files[name], name, "exec"), module.__dict__)  # noqa: S102


def register(module: types.ModuleType, files: Mapping[str, str]) -> None:
    """Make the loaded file and those beside it importable, and their lines known to tracebacks and `inspect`."""
    sys.modules[module.__name__] = module
    sys.meta_path.append(Files(files))
    for name, source in files.items():
        linecache.cache[name] = (len(source), None, source.splitlines(keepends=True), name)
