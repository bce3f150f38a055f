"""docs/operators.md documents every setting, and none that does not exist."""

from __future__ import annotations

import re
from pathlib import Path

ROOT = Path(__file__).parent.parent
PAGE = (ROOT / "docs" / "operators.md").read_text()
NAMES = r"STRIDE_[A-Z_]+|DATABASE_URL|BROKER_URL"


def names_read(*files: str) -> set[str]:
    return {name for file in files for name in re.findall(rf'"({NAMES})"', (ROOT / file).read_text())}


def names_in_tables() -> set[str]:
    first_cells = [line.split("|")[1] for line in PAGE.splitlines() if line.startswith("| `")]
    return {name for cell in first_cells for name in re.findall(r"`(\w+)`", cell) if name.isupper()}


def test_every_setting_of_the_server_is_in_the_table() -> None:
    assert names_read("server/settings.py") - names_in_tables() == set()


def test_every_setting_of_the_grader_is_in_the_table() -> None:
    assert names_read("grader/settings.py") - names_in_tables() == set()


def test_every_setting_in_the_tables_is_read_by_something() -> None:
    compose = set(re.findall(r"\$\{(\w+)", (ROOT / "docker-compose.yml").read_text()))
    assert names_in_tables() - names_read("server/settings.py", "grader/settings.py") - compose == set()


def test_files_that_the_page_names_exist() -> None:
    named = set(re.findall(r"`((?:deploy|docs|scripts|server|grader)/[\w./-]+)`", PAGE))
    assert {name for name in named if not (ROOT / name).exists()} == set()
