"""docs/security.md names tests and files that exist, every limit, and the numbers that the code has."""

from __future__ import annotations

import re
from dataclasses import fields
from pathlib import Path

from grader.contract import Limits
from grader.contract.result import LIMITS, Status
from grader.sandbox.bubblewrap import FIRST_UID
from grader.sandbox.inside.confine import MAX_INODES
from grader.sandbox.inside.values import MAX_BITS, MAX_TEXT
from grader.sandbox.process import FLOOD_FACTOR
from grader.sandbox.wire import MAX_HASHED, MAX_HEADER, MEMORY_OF_HEADER

ROOT = Path(__file__).parent.parent
PAGE = (ROOT / "docs" / "security.md").read_text()
TEXT = " ".join(PAGE.split())


def rows(heading: str) -> list[list[str]]:
    """The cells of the first table below a heading."""
    lines = PAGE.partition(f"## {heading}\n")[2].partition("\n## ")[0].splitlines()
    return [[cell.strip() for cell in line.strip("|").split("|")] for line in lines if line.startswith("|")][2:]


def test_files_that_the_page_names_exist() -> None:
    named = set(re.findall(r"`((?:deploy|docs|scripts|server|grader|tests)/[\w./-]+)`", PAGE))
    assert len(named) > 10
    assert {name for name in named if not (ROOT / name).exists()} == set()


def test_tests_that_the_page_names_exist() -> None:
    there = {
        name for file in ROOT.glob("tests/**/test_*.py") for name in re.findall(r"def (test_\w+)", file.read_text())
    }
    named = set(re.findall(r"`(test_\w+)`", PAGE))
    assert len(named) > 10
    assert named - there == set()


def test_every_layer_says_what_shows_it() -> None:
    layers = rows("By what")
    assert len(layers) > 10
    assert [row[0] for row in layers if not row[3]] == []


def test_every_limit_is_in_the_table_with_what_sets_it_and_a_status() -> None:
    table = rows("Limits")
    assert [row[0].strip("`") for row in table] == list(LIMITS)
    assert {row[1].strip("`") for row in table} == {field.name for field in fields(Limits)}
    assert {row[3] for row in table} <= {status.value for status in Status}


def test_numbers_are_those_of_the_code() -> None:
    for stated in (
        f"a header of at most {MAX_HEADER >> 20} MiB",
        f"takes at most {MEMORY_OF_HEADER >> 20} MiB",
        f"integers up to {MAX_BITS} bits",
        f"no more than {MAX_HASHED} keys",
        f"from {FIRST_UID:,} up",
        f"and {MAX_INODES} files",
    ):
        assert stated in TEXT
    assert (MAX_TEXT, FLOOD_FACTOR) == (1_000_000, 8)
