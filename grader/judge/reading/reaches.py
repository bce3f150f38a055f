"""What a source reaches for: modules, attributes of torch and NumPy, names of the interpreter, names as text."""

from __future__ import annotations

import ast
from collections.abc import Iterator

from grader.judge.reading.names import Found, Names
from grader.judge.reading.words import (
    BACK_DOORS,
    ENDING,
    FILES,
    INTERNAL,
    INTERPRETER,
    LIBRARIES,
    MODULES,
    READING_FILES,
    RUNNING_TEXT,
    SETTINGS,
)


def plain_import(names: Names, node: ast.Import) -> Iterator[Found]:
    """Modules, and submodules of torch and NumPy."""
    for alias in node.names:
        yield from _module(names, alias.name)


def import_from(names: Names, node: ast.ImportFrom) -> Iterator[Found]:
    """The module, and what is taken of torch or NumPy."""
    yield from _module(names, node.module or "")
    for alias in node.names:
        if node.module and node.module.partition(".")[0] in ("torch", "numpy"):
            yield from _within(names, f"{node.module}.{alias.name}")


def _module(names: Names, name: str) -> Iterator[Found]:
    top = name.partition(".")[0]
    if top in names.own:
        return
    if top in MODULES:
        yield "import", f"Imports {name}: {MODULES[top]}."
    elif top in LIBRARIES or (top == "torch" and not names.has_torch):
        yield (
            "library",
            f"Imports {name}, which this exercise does not have: a library may do what was to be written.",
        )
    elif top in ("torch", "numpy"):
        yield from _within(names, name)


def _within(names: Names, path: str) -> Iterator[Found]:
    """What is worth a look in a name of torch or NumPy."""
    parts = path.split(".")
    back_door = next((door for door in BACK_DOORS if path == door or path.startswith(door + ".")), "")
    if back_door:
        yield "back-door", f"Uses {path}: {BACK_DOORS[back_door]}."
    elif any(part.startswith("_") and not part.startswith("__") for part in parts[1:]):
        yield (
            "back-door",
            f"Uses {path}, a part of {parts[0]} that is private: solutions need the public ones alone.",
        )
    elif path.startswith("torch.jit") and names.covered:
        yield "back-door", f"Uses {path}: TorchScript can reach operators by other ways than Python."
    if parts[-1] in names.covered:
        yield "refused", f"Names {path}: {names.asked} is what the exercise asks to write."
    if parts[-1] in READING_FILES:
        yield "file", f"Calls {path}: {FILES}."


def attribute(names: Names, node: ast.Attribute) -> Iterator[Found]:
    """Parts of torch and NumPy, the interpreter's inner names, and what is set on a module."""
    path = names.path(node)
    if node.attr in INTERNAL:
        yield "internals", f"Uses {node.attr}: {INTERPRETER}."
    if not isinstance(node.ctx, ast.Load):
        if path and not path.startswith(SETTINGS):
            yield (
                "patching",
                f"Changes {path} for everything else in the process: it belongs to an imported module.",
            )
    elif path.partition(".")[0] in ("torch", "numpy"):
        yield from _within(names, path)
    elif not path and node.attr in names.covered and not _is_own(node.value):
        yield "refused", f"Names {node.attr}: {names.asked} is what the exercise asks to write."


def _is_own(node: ast.AST) -> bool:
    return isinstance(node, ast.Name) and node.id in ("self", "cls")


def name(_names: Names, node: ast.Name) -> Iterator[Found]:
    """Names that run text, end the process, open files or show the interpreter's inside."""
    if not isinstance(node.ctx, ast.Load):
        return
    if node.id in RUNNING_TEXT:
        yield "eval", f"Uses {node.id}: it runs text as code, which no reading can follow."
    elif node.id in ENDING or node.id == "SystemExit":
        yield "exits", f"Uses {node.id}: a solution returns, it does not end the process."
    elif node.id == "open":
        yield "file", f"Uses open: {FILES}."
    elif node.id in INTERNAL or node.id == "globals":
        yield "internals", f"Uses {node.id}: {INTERPRETER}."


def call(names: Names, node: ast.Call) -> Iterator[Found]:
    """Names that are put together or given as text, and classes made by a call."""
    called = node.func.id if isinstance(node.func, ast.Name) else ""
    first = names.path(node.args[0]) if node.args else ""
    if called in ("setattr", "delattr") and first:
        yield "patching", f"Changes an attribute of {first} for everything else in the process, through {called}."
    elif called in ("getattr", "setattr", "delattr") and len(node.args) > 1:
        yield from _named_by(names, node.args[1], first, called)
    elif called == "vars" and first:
        yield "computed-name", f"Takes what {first} holds as a table, to reach it by names that are put together."
    elif called == "type" and len(node.args) == 3:
        yield "forged", "Makes a class by calling type, which can give it operators that answer anything."


def _named_by(names: Names, name: ast.expr, of: str, called: str) -> Iterator[Found]:
    if isinstance(name, ast.Constant):
        if name.value in names.covered:
            yield "refused", f"Names {name.value} as text: {names.asked} is what the exercise asks to write."
    elif not isinstance(name, ast.Name | ast.Attribute) or (of and names.covered):
        yield (
            "computed-name",
            f"Calls {called} with a name that is put together while it runs, which hides what is used.",
        )
