from __future__ import annotations

import ast
import subprocess
import sys
from pathlib import Path

import pytest

import reference

ROOT = Path(reference.__file__).parent
NUMPY_HALF = tuple(f"reference.{file.stem}" for file in sorted(ROOT.glob("*.py")) if file.stem != "__init__")


def test_importing_the_numpy_half_leaves_torch_out() -> None:
    code = f"import sys, {', '.join(NUMPY_HALF)}; sys.exit('torch' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0


@pytest.mark.parametrize("folder", ["oracles", "models"])
def test_the_torch_half_takes_nothing_from_the_numpy_half(folder: str) -> None:
    """An oracle that shares code with what it checks shares its mistakes."""
    for file in sorted((ROOT / folder).glob("*.py")):
        assert not {name for name in imported(file) if name in NUMPY_HALF}, file


def test_the_definition_imports_the_standard_library_alone() -> None:
    roots = {name.split(".")[0] for name in imported(ROOT / "definition.py")}
    assert roots <= set(sys.stdlib_module_names)


def imported(file: Path) -> set[str]:
    names: set[str] = set()
    for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            names |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom):
            names |= {node.module or ""} | {f"{node.module}.{alias.name}" for alias in node.names}
    return names
