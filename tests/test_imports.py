"""Imports point one way: server -> grader.contract -> nothing; grader -> reference; the sandbox's file -> nothing."""

from __future__ import annotations

import ast
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent
PACKAGES = ("server", "grader", "reference")
ALLOWED = {
    "server": ("server", "grader.contract", "reference"),
    "grader": ("grader", "reference"),
    "grader/contract": ("grader.contract",),
    "reference": ("reference",),
}
SERVER_REFUSES = ("torch",)
INSIDE_THIRD_PARTY = {"numpy", "torch"}


def imported(path: Path) -> Iterator[str]:
    """Every module that a file imports, at its top or late."""
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"{path}: relative import"
            yield node.module or ""


def rule_of(path: Path) -> tuple[str, ...]:
    name = path.relative_to(ROOT).as_posix()
    return ALLOWED["grader/contract" if name.startswith("grader/contract/") else name.split("/")[0]]


@pytest.mark.parametrize("package", PACKAGES)
def test_packages_import_only_what_their_row_allows(package):
    files = sorted((ROOT / package).rglob("*.py"))
    wrong = [
        f"{path.relative_to(ROOT)} imports {name}"
        for path in files
        for name in imported(path)
        if name.split(".")[0] in PACKAGES
        and not any(name == allowed or name.startswith(allowed + ".") for allowed in rule_of(path))
    ]
    assert files
    assert wrong == []


def test_server_never_names_torch():
    files = [
        path for path in (ROOT / "server").rglob("*.py") for name in imported(path) if name.split(".")[0] == "torch"
    ]
    assert files == []


def test_importing_the_server_leaves_torch_and_the_judge_unloaded():
    code = (
        "import sys, server.app, server.worker, server.commands.up, server.commands.demo;"
        "heavy = [m for m in sys.modules if m == 'torch' or m.startswith(('grader.judge', 'grader.sandbox'))];"
        "sys.exit(repr(heavy) if heavy else 0)"
    )
    done = subprocess.run([sys.executable, "-W", "ignore", "-c", code], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr


def test_the_numpy_half_of_the_reference_leaves_torch_unloaded():
    code = "import sys, reference.conv, reference.pooling, reference.shapes; sys.exit('torch' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0


def test_what_is_inside_the_sandbox_imports_only_the_standard_library_numpy_torch_and_itself():
    files = sorted((ROOT / "grader/sandbox/inside").glob("*.py"))
    names = {name for path in files for name in imported(path) if not f"{name}.".startswith("grader.sandbox.inside.")}
    assert files
    assert {name.split(".")[0] for name in names} <= set(sys.stdlib_module_names) | INSIDE_THIRD_PARTY


def test_every_package_imports_without_a_cycle():
    """A fresh process imports every module by itself: a cycle shows as an ImportError in one of the orders."""
    modules = [
        ".".join(path.relative_to(ROOT).with_suffix("").parts).removesuffix(".__init__")
        for package in PACKAGES
        for path in sorted((ROOT / package).rglob("*.py"))
        if "migrations" not in path.parts and path.name != "wsgi.py"
    ]
    code = "import importlib, sys\nfor name in sys.argv[1:]: importlib.import_module(name)"
    for order in (modules, modules[::-1]):
        done = subprocess.run(
            [sys.executable, "-W", "ignore", "-c", code, *order], capture_output=True, text=True, check=False
        )
        assert done.returncode == 0, done.stderr
