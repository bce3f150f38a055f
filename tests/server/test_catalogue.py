"""Assignment folders as the server sees them."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from server import catalogue as module
from server.catalogue import Catalogue


@pytest.fixture
def root(tmp_path: Path, assignments_root: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setattr(module, "LOOK_AGAIN_SECONDS", 0)
    return Path(shutil.copytree(assignments_root, tmp_path / "assignments"))


def test_assignments_come_in_course_order(root):
    assert list(Catalogue(root).assignments()) == sorted(path.name for path in root.iterdir())


def test_a_folder_that_is_added_is_seen(root):
    catalogue = Catalogue(root)
    assert catalogue.get("09-more") is None
    shutil.copytree(root / "08-pooling", root / "09-more")
    assert catalogue.get("09-more") is not None


def test_a_changed_file_gives_a_new_version(root):
    catalogue = Catalogue(root)
    before = catalogue.get("08-pooling")
    assert catalogue.get("08-pooling") is before, "an unchanged folder is not read again"
    (root / "08-pooling" / "checks.py").write_text("# a mended check\n")
    assert catalogue.get("08-pooling").version != before.version


def test_a_broken_folder_hides_itself_alone_and_comes_back_mended(root):
    catalogue = Catalogue(root)
    settings = root / "08-pooling" / "assignment.toml"
    good = settings.read_text()
    settings.write_text("title = \n")
    assert "08-pooling" not in catalogue.assignments()
    assert "assignment.toml" in catalogue.broken()["08-pooling"]
    assert "04-conv-forward" in catalogue.assignments()
    settings.write_text(good)
    assert "08-pooling" in catalogue.assignments()
    assert catalogue.broken() == {}


def test_a_folder_that_is_taken_away_is_gone(root):
    catalogue = Catalogue(root)
    assert catalogue.get("08-pooling") is not None
    shutil.rmtree(root / "08-pooling")
    assert catalogue.get("08-pooling") is None


def test_a_folder_of_quiz_questions_alone_is_neither_an_assignment_nor_broken(root):
    (root / "16-residual-networks").mkdir()
    (root / "16-residual-networks" / "quiz.toml").write_text("")
    catalogue = Catalogue(root)
    assert catalogue.get("16-residual-networks") is None
    assert catalogue.broken() == {}


def test_editing_a_quiz_question_leaves_the_version(root):
    catalogue = Catalogue(root)
    before = catalogue.get("08-pooling").version
    (root / "08-pooling" / "quiz.toml").write_text("# a question\n")
    assert catalogue.get("08-pooling").version == before
