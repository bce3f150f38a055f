"""What is accepted as a Python file of a submission, decided before anything is stored or queued."""

from __future__ import annotations

import ast
import difflib
import warnings
from collections.abc import Iterable, Sequence

from grader.contract.assignment import Entry

MAX_BYTES = 256 * 1024
ARCHIVES = {
    b"PK\x03\x04": "a zip archive",
    b"PK\x05\x06": "a zip archive",
    b"\x1f\x8b": "a gzip archive",
    b"BZh": "a bzip2 archive",
    b"\xfd7zXZ": "an xz archive",
    b"Rar!": "a RAR archive",
    b"7z\xbc\xaf": "a 7z archive",
    b"%PDF": "a PDF document",
    b"\x89PNG": "a picture",
}


class UploadRefused(ValueError):  # noqa: N818 - it is the name that the pages use
    """A file cannot be a submission; the message says why and what to do, in words for the student."""


def check_upload(content: bytes, filename: str, entries: Sequence[Entry]) -> str:
    """The text of a file that can be graded.

    Raises UploadRefused for a file that is too large, empty, an archive, not UTF-8, no Python, or without one of the
    names that the assignment asks for. The code is parsed, never run.
    """
    _check_bytes(content, filename)
    text = decoded(content, filename)
    if not text.strip():
        raise UploadRefused(f"{filename} holds only blank lines. Did you save it before uploading?")
    check_code(text, filename, entries)
    return text


def check_code(text: str, filename: str, entries: Sequence[Entry]) -> None:
    """Raise UploadRefused for a text that is no Python, or lacks a name that the assignment asks for."""
    check_entries(parse(text, filename), entries, filename)


def decoded(content: bytes, filename: str) -> str:
    """UTF-8 as text with Unix lines. Raises UploadRefused with the line that is something else."""
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = content[: error.start].count(b"\n") + 1
        raise UploadRefused(
            f"{filename} is not UTF-8 text (line {line}). Save it as UTF-8 and upload it again."
        ) from None
    return text.replace("\r\n", "\n").replace("\r", "\n")


def check_not_empty(content: bytes, filename: str) -> None:
    """Raise UploadRefused for a file without a byte."""
    if not content:
        raise UploadRefused(f"{filename} is empty. Did you save it before uploading?")


def _check_bytes(content: bytes, filename: str) -> None:
    check_not_empty(content, filename)
    for magic, kind in ARCHIVES.items():
        if content.startswith(magic):
            raise UploadRefused(f"{filename} is {kind}. Upload the Python file itself (.py).")
    if len(content) > MAX_BYTES:
        size = f"{len(content) / 1024:,.0f} KiB"
        raise UploadRefused(f"{filename} has {size}; a submission may have {MAX_BYTES // 1024} KiB at most.")
    if not filename.lower().endswith(".py"):
        raise UploadRefused(f"{filename} is not a Python file: its name must end in .py (or .ipynb, or .zip).")


def parse(text: str, filename: str) -> ast.Module:
    """The syntax tree of `text`. Raises UploadRefused with the line where Python stops understanding it."""
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            return ast.parse(text, filename)
    except SyntaxError as error:
        where = f"line {error.lineno}" if error.lineno else "the file"
        code = (error.text or "").strip()[:120]
        shown = f"\n    {code}" if code else ""
        raise UploadRefused(f"{filename} is not valid Python ({where}: {error.msg}).{shown}") from None
    except (ValueError, RecursionError, MemoryError):
        raise UploadRefused(
            f"{filename} cannot be read as Python: it holds a null byte or is nested too deeply."
        ) from None


def check_entries(tree: ast.Module, entries: Sequence[Entry], filename: str) -> None:
    """Raise UploadRefused when a name that the assignment asks for is not defined at the file's top level."""
    defined, open_ended = _top_level_names(tree.body)
    if open_ended:
        return
    missing = [entry for entry in entries if entry.name not in defined]
    if not missing:
        return
    entry = missing[0]
    message = f"{filename} does not define the {entry.kind} {entry.name}{entry.signature and ' ' + entry.signature}."
    close = difflib.get_close_matches(entry.name, sorted(defined), n=1)
    if close:
        message += f" It defines {close[0]}: is that the one, under another name?"
    elif defined:
        message += f" It defines: {', '.join(sorted(defined)[:8])}."
    if len(missing) > 1:
        message += f" Missing too: {', '.join(other.name for other in missing[1:])}."
    raise UploadRefused(message)


def _top_level_names(body: Iterable[ast.stmt]) -> tuple[set[str], bool]:
    """The names that statements bind, and whether a star import may bind more."""
    names: set[str] = set()
    open_ended = False
    for statement in body:
        if isinstance(statement, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef):
            names.add(statement.name)
            continue
        if isinstance(statement, ast.Import | ast.ImportFrom):
            bound = {(alias.asname or alias.name).split(".")[0] for alias in statement.names}
            open_ended |= "*" in bound
            names |= bound - {"*"}
            continue
        names |= {
            node.id for node in ast.walk(statement) if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store)
        }
        for block in _blocks(statement):
            inner, inner_open = _top_level_names(block)
            names |= inner
            open_ended |= inner_open
    return names, open_ended


def _blocks(statement: ast.stmt) -> list[list[ast.stmt]]:
    blocks = [getattr(statement, part, []) for part in ("body", "orelse", "finalbody")]
    return blocks + [handler.body for handler in getattr(statement, "handlers", [])]
