"""Jupyter notebooks (.ipynb, format 4): their code as Python, and what is kept of them."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import Any

from grader.contract.cells import joined
from grader.contract.magics import Cleaned, clean_cell
from grader.contract.upload import MAX_BYTES, UploadRefused, decoded, parse

MAX_NOTEBOOK_BYTES = 4 * 1024 * 1024
"""With its outputs and pictures, which are not kept."""

MAX_KEPT = 1024 * 1024
MOST_CELLS = 1000
MOST_NOTES = 20
LONGEST_LINE = 60
CELL_FIELDS = ("cell_type", "source")


@dataclass(frozen=True, slots=True)
class Notebook:
    """`code` is graded, `kept` is the notebook without outputs and attachments, `notes` is what its author is told."""

    code: str
    kept: str
    notes: tuple[str, ...]


def read_notebook(content: bytes, filename: str) -> Notebook:
    """Read a notebook. Raises UploadRefused where it is none, is too large, or a cell is not Python; it says which."""
    if len(content) > MAX_NOTEBOOK_BYTES:
        size, most = f"{len(content) / 1024**2:.1f} MiB", MAX_NOTEBOOK_BYTES // 1024**2
        raise UploadRefused(f"{filename} has {size}; a notebook may have {most} MiB at most. Clear its outputs first.")
    plain = _without_outputs(_parsed(content, filename), filename)
    _validate(plain, filename)
    cells = [_text(cell) for cell in plain["cells"] if cell["cell_type"] == "code"]
    if sum(map(len, cells)) > MAX_BYTES:
        size = f"{sum(map(len, cells)) / 1024:,.0f} KiB"
        raise UploadRefused(f"{filename} has {size} of code; a submission may have {MAX_BYTES // 1024} KiB at most.")
    cleaned = {number: clean_cell(text) for number, text in enumerate(cells, 1) if text.strip()}
    if not any(not cell.is_whole for cell in cleaned.values()):
        raise UploadRefused(f"{filename} has no code cells with Python in them, so there is nothing to grade.")
    for number, cell in cleaned.items():
        parse(cell.code, f"Cell {number} of {filename}")
    code = joined(
        {number: cell.code for number, cell in cleaned.items()},
        [feature for cell in cleaned.values() for feature in cell.features],
    )
    return Notebook(code, _kept(plain, filename), _notes(cleaned))


def _parsed(content: bytes, filename: str) -> object:
    text = decoded(content, filename)
    try:
        return json.loads(text)
    except json.JSONDecodeError as error:
        where = f"line {error.lineno}: {error.msg}"
        raise UploadRefused(
            f"{filename} is not a notebook: its JSON breaks off ({where}). Save it again in Jupyter."
        ) from None
    except ValueError:
        raise UploadRefused(f"{filename} is not a notebook: it holds a number of thousands of digits.") from None
    except RecursionError:
        raise UploadRefused(f"{filename} is not a notebook: its JSON is nested too deeply.") from None


def _without_outputs(data: object, filename: str) -> dict[str, Any]:
    """The parts of a notebook that matter. What is no cell stays as it is, for the validation to refuse."""
    if not isinstance(data, dict) or "nbformat" not in data:
        raise UploadRefused(f"{filename} is JSON, but not a notebook. Save it in Jupyter and upload that file.")
    version, cells, metadata = data["nbformat"], data.get("cells"), data.get("metadata")
    if version != 4:
        shown = f"format {version}" if isinstance(version, int) and 0 <= version < 100 else "an unknown format"
        raise UploadRefused(
            f"{filename} is a notebook in {shown}; format 4 is read. Open it in Jupyter, save it, and upload it again."
        )
    if not isinstance(cells, list):
        raise UploadRefused(f"{filename} is not a valid notebook: it has no list of cells.")
    if len(cells) > MOST_CELLS:
        raise UploadRefused(f"{filename} has {len(cells):,} cells; a notebook may have {MOST_CELLS:,} at most.")
    _check_language(metadata, filename)
    return {
        "nbformat": 4,
        "nbformat_minor": 4,  # the last one whose cells need no id
        "metadata": {"language_info": {"name": "python"}},
        "cells": [_plain_cell(cell) if isinstance(cell, dict) else cell for cell in cells],
    }


def _part(data: object, names: tuple[str, ...]) -> dict[str, Any]:
    return {name: data[name] for name in names if name in data} if isinstance(data, dict) else {}


def _plain_cell(cell: dict[str, Any]) -> dict[str, Any]:
    rest: dict[str, Any] = {"execution_count": None, "outputs": []} if cell.get("cell_type") == "code" else {}
    return _part(cell, CELL_FIELDS) | {"metadata": {}} | rest


def _check_language(metadata: object, filename: str) -> None:
    kernel = _part(metadata, ("kernelspec", "language_info"))
    names = [_part(kernel.get("kernelspec"), ("language",)), _part(kernel.get("language_info"), ("name",))]
    for language in (name for each in names for name in each.values()):
        if isinstance(language, str) and "python" not in language.lower():
            raise UploadRefused(f"{filename} is a notebook in {language[:40]}; only Python is graded.")


def _validate(data: dict[str, Any], filename: str) -> None:
    """Raises UploadRefused where nbformat's schema does not hold."""
    import nbformat  # a process that sees no notebook does without it

    try:
        nbformat.validate(nbformat.from_dict(data))
    except nbformat.ValidationError as error:
        told = str(getattr(error, "message", error)).partition("\n")[0][:160]
        raise UploadRefused(f"{filename} is not a valid notebook ({told}). Save it again in Jupyter.") from None
    except RecursionError:
        raise UploadRefused(f"{filename} is not a valid notebook: a cell is nested too deeply.") from None


def _text(cell: dict[str, Any]) -> str:
    source = cell["source"]
    text = source if isinstance(source, str) else "".join(source)
    return text.replace("\r\n", "\n").replace("\r", "\n")


def _kept(data: dict[str, Any], filename: str) -> str:
    text = json.dumps(data, ensure_ascii=False, indent=1).encode("utf-8", "replace").decode()
    if len(text) > MAX_KEPT:
        raise UploadRefused(
            f"{filename} has {len(text) / 1024:,.0f} KiB of text without its outputs; "
            f"{MAX_KEPT // 1024:,} KiB is the most. Are there pictures or data in its cells?"
        )
    return text + "\n"


def _notes(cleaned: dict[int, Cleaned]) -> tuple[str, ...]:
    """One sentence for each cell from which something was left out."""
    notes = [_note(number, cell) for number, cell in cleaned.items() if cell.left_out]
    more = len(notes) - MOST_NOTES
    return tuple(notes[:MOST_NOTES] + ([f"And so in {more} more cells."] if more > 0 else []))


def _note(number: int, cell: Cleaned) -> str:
    if cell.is_whole:
        return (
            f"Cell {number} was left out whole: it begins with {cell.left_out[0][:LONGEST_LINE]}, so it is not Python."
        )
    lines = [line if len(line) <= LONGEST_LINE else f"{line[:LONGEST_LINE]}…" for line in cell.left_out]
    more = f" and {len(lines) - 3} more lines" if len(lines) > 3 else ""
    return f"Cell {number}: left out {', '.join(lines[:3])}{more}."
