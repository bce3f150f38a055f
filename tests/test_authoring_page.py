"""docs/authoring.md is complete, and its ten minutes work as they are written."""

from __future__ import annotations

import inspect
import os
import re
import subprocess
import sys
from dataclasses import fields
from pathlib import Path

import pytest
from markdown_it import MarkdownIt

from grader import authoring
from grader.authoring import feature_maps, networks, training
from grader.contract import Limits
from grader.contract.assignment import CROSSINGS, KEYS, KINDS, PROFILES
from grader.judge.plugin import MARKERS
from server.rendering.markdown import statement_html
from server.rendering.pictures import FUNCTIONS, PICTURES

ROOT = Path(__file__).parent.parent
PAGE = (ROOT / "docs" / "authoring.md").read_text()
FOLDER = Path("assignments") / "60-moving-mean"


def table(heading: str) -> dict[str, str]:
    """The first table below a line that holds `heading`: each name in a first cell, with its row."""
    lines = iter(PAGE.partition(heading)[2].splitlines()[1:])
    rows = []
    for line in lines:
        if line.startswith("|"):
            rows.append(line)
        elif rows:
            break
    cells = [row.strip("|").split("|", 1) for row in rows if not row.startswith("|--")]
    return {name: row[-1] for row in cells for name in re.findall(r"`(\w+)", row[0])}


def test_every_key_of_assignment_toml_is_in_the_table() -> None:
    assert set(table("## assignment.toml")) == KEYS


def test_every_limit_is_in_the_table_with_its_default() -> None:
    rows = table("An instance of a class is always a handle")
    assert {name: float(row.strip(" |").rpartition("|")[2]) for name, row in rows.items()} == {
        field.name: float(getattr(Limits(), field.name)) for field in fields(Limits)
    }


def test_every_mark_is_in_the_table() -> None:
    assert set(table("## Checks")) == {re.match(r"\w+", line)[0] for line in MARKERS}


def test_every_comparison_is_named() -> None:
    named = set(re.findall(r"`(\w+)", PAGE.partition("## Checks")[2].partition("## Wrong solutions")[0]))
    assert set(authoring.__all__) - named == set()


@pytest.mark.parametrize("module", [feature_maps, networks, training], ids=lambda module: module.__name__)
def test_every_function_for_networks_is_named(module) -> None:
    public = {
        name
        for name, value in vars(module).items()
        if (getattr(value, "__module__", "") == module.__name__ or name in getattr(module, "__all__", ()))
        if inspect.isroutine(value) and name[0] != "_"
    }
    section = PAGE.partition("**Figures.**")[2].partition("**Time.**")[0]
    assert public - set(re.findall(r"`(\w+)", section)) == set()


@pytest.mark.parametrize("words", [KINDS, CROSSINGS, PROFILES], ids=["kinds", "crossings", "profiles"])
def test_every_choice_of_a_key_is_named(words) -> None:
    assert [word for word in words if f"`{word}`" not in PAGE] == []


def test_every_picture_is_in_the_table_and_can_be_drawn_as_it_says() -> None:
    rows = table("## Pictures in statements")
    assert set(rows) == set(PICTURES)
    for name, row in rows.items():
        settings = re.search(r"`([^`]+)`", row)[1] if name != "heat" else 'expr="x" x="1 2"'
        html = statement_html(f"```picture {name} {settings}\n```\n", "/")
        assert "<svg" in html, html
    assert all(f"`{name}`" in rows["function"] or f"name={name}`" in rows["function"] for name in FUNCTIONS)


def test_files_that_the_page_names_exist() -> None:
    named = set(re.findall(r"`((?:scripts|reference|grader|assignments)/[\w./-]*)`", PAGE))
    assert named
    assert [name for name in named if not (ROOT / name).exists()] == []


def steps() -> list[tuple[str, str]]:
    """The fenced blocks of the ten minutes: a shell's commands, or a file's name with its text."""
    text = PAGE.partition("## Ten minutes")[2].partition("\n## The folder")[0]
    blocks = [token for token in MarkdownIt("commonmark").parse(text) if token.type == "fence"]
    return [(block.info.split()[-1], block.content) for block in blocks]


@pytest.mark.slow
def test_the_ten_minutes_work_as_they_are_written(tmp_path: Path) -> None:
    (tmp_path / "assignments").mkdir()
    environment = os.environ | {
        "PATH": f"{Path(sys.executable).parent}:{os.environ['PATH']}",
        "STRIDE_ASSIGNMENTS": str(tmp_path / "assignments"),
        "COLUMNS": "120",
    }
    told = ""
    for name, text in steps():
        if name == "sh":
            done = subprocess.run(
                ["bash", "-euo", "pipefail", "-c", text], cwd=tmp_path, env=environment, capture_output=True, text=True
            )
            assert done.returncode == 0, done.stdout + done.stderr
            told = done.stdout
        else:
            (tmp_path / FOLDER / name).write_text(text)
    assert "named by the first hint: 2 of 2 (100%)" in told
    assert "every sample came out as it should" in told
    assert re.search(r"time_limit .*8/10 .*in_time", told)
    assert "Hint: You add the neighbours up, but do not divide by how many they are." in told
    html = statement_html((tmp_path / FOLDER / "statement.md").read_text(), "/")
    assert "<svg" in html
    assert "formula-source" not in html
