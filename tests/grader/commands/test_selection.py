"""Which assignments a command works on: a broken folder stops what was asked of it, and nothing else."""

from __future__ import annotations

import json

import pytest

from tests.grader.conftest import ACCEPTED

BROKEN = "16-broken: statement.md is missing"


@pytest.fixture(autouse=True)
def broken(folder):
    """Two folders beside the sound one: without a statement, and with a setting that does not exist."""
    for name in ("16-broken", "91-misspelt"):
        (folder / name).mkdir()
        for file in ("assignment.toml", "starter.py", "checks.py"):
            (folder / name / file).write_bytes((folder / "90-doubling" / file).read_bytes())
    (folder / "91-misspelt" / "statement.md").write_text("## Goal\n")
    toml = folder / "91-misspelt" / "assignment.toml"
    toml.write_text(f"titel = 'Misspelt'\n{toml.read_text()}")


@pytest.mark.parametrize("name", ["90", "90-doubling"])
def test_an_assignment_is_graded_beside_broken_folders(stride, tmp_path, name):
    (tmp_path / "mine.py").write_text(ACCEPTED)
    done = stride("grade", name, "mine.py", "--json")
    assert done.returncode == 0, done.stderr
    assert json.loads(done.stdout)["score"] == 5.0


def test_an_assignment_is_checked_beside_broken_folders(stride):
    done = stride("check", "90")
    assert done.returncode == 0, done.stdout + done.stderr


@pytest.mark.parametrize("name", ["16", "16-broken"])
def test_a_broken_folder_that_was_asked_for_is_explained_with_2(stride, name):
    done = stride("check", name)
    assert done.returncode == 2
    assert BROKEN in " ".join(done.stderr.split())
    assert "91-misspelt" not in done.stderr


def test_all_names_every_broken_folder_and_checks_the_rest(stride):
    done = stride("check", "--all", "--json")
    assert done.returncode == 2
    document = json.loads(done.stdout)
    assert {sample["assignment"] for sample in document["samples"]} == {"90-doubling"}
    misspelt = next(problem for problem in document["problems"] if "91-misspelt" in problem)
    assert BROKEN in document["problems"]
    assert "titel" in misspelt
    assert len(document["problems"]) == 2


def test_all_prints_the_broken_folders_below_the_tables(stride):
    done = stride("check", "--all", COLUMNS="200")
    assert f"✘ {BROKEN}" in done.stdout
    assert "survivors: none" in done.stdout


def test_a_broken_folder_is_among_those_that_are_listed(stride):
    done = stride("check", "17")
    assert done.returncode == 2
    assert "There are: 16-broken, 90-doubling, 91-misspelt" in " ".join(done.stderr.split())


@pytest.mark.parametrize("arguments", [("check", "--all"), ("check", "90")])
def test_a_place_without_folders_is_refused_with_2(stride, tmp_path, arguments):
    done = stride(*arguments, STRIDE_ASSIGNMENTS=str(tmp_path / "nowhere"))
    assert done.returncode == 2
    assert "is not a folder of assignments" in " ".join(done.stderr.split())
