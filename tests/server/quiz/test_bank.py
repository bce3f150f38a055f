"""The bank as the server sees it: folders, questions by name, and what happens when a file changes."""

from __future__ import annotations

from pathlib import Path

import pytest

from server.quiz import bank as module
from server.quiz.bank import Bank
from server.quiz.source import write_questions
from tests.server.quiz.questions import MULTIPLE, SINGLE, question


@pytest.fixture
def root(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Questions beside an assignment, questions alone, and a folder whose name is none of a topic."""
    monkeypatch.setattr(module, "LOOK_AGAIN_SECONDS", 0)
    for name in ("15-inception", "03-sizes", "notes"):
        (tmp_path / name).mkdir()
        (tmp_path / name / "quiz.toml").write_text(write_questions([question(SINGLE), question(MULTIPLE)]))
    (tmp_path / "03-sizes" / "assignment.toml").write_text('title = "Output sizes"\n')
    return tmp_path


def test_topics_come_in_course_order_under_their_titles(root):
    topics = Bank(root).topics()
    assert [(topic.folder, topic.title) for topic in topics] == [
        ("03-sizes", "Output sizes"),
        ("15-inception", "Inception"),
    ]
    assert [each.id for each in topics[0].questions] == ["output-size", "layers-with-weights"]


def test_a_title_of_its_own_comes_first(root):
    path = root / "03-sizes" / "quiz.toml"
    path.write_text(write_questions([question()], title="How large is it?"))
    assert Bank(root).topics()[0].title == "How large is it?"


def test_a_question_is_had_by_folder_and_id(root):
    bank = Bank(root)
    assert bank.get("03-sizes/output-size") == question()
    for nothing in ("03-sizes/nothing", "04-nothing/output-size", "03-sizes", "", "../03-sizes/output-size", "/"):
        assert bank.get(nothing) is None


def test_a_changed_file_is_read_again_and_an_unchanged_one_is_not(root):
    bank = Bank(root)
    before = bank.get("03-sizes/output-size")
    assert bank.get("03-sizes/output-size") is before
    (root / "03-sizes" / "quiz.toml").write_text(write_questions([question(title="Another")]))
    assert bank.get("03-sizes/output-size").title == "Another"


@pytest.mark.parametrize("content", [b"[[question]\n", b"\xff\xfe", b'[[question]]\nid = "a"\n'])
def test_a_broken_file_hides_its_folder_alone_and_comes_back_mended(root, content):
    bank, path = Bank(root), root / "03-sizes" / "quiz.toml"
    good = path.read_bytes()
    path.write_bytes(content)
    assert [topic.folder for topic in bank.topics()] == ["15-inception"]
    assert bank.get("03-sizes/output-size") is None
    assert bank.broken()["03-sizes"].startswith("03-sizes/quiz.toml")
    path.write_bytes(good)
    assert bank.broken() == {}
    assert bank.get("03-sizes/output-size") is not None


def test_a_file_that_is_taken_away_is_gone(root):
    bank = Bank(root)
    assert len(bank.topics()) == 2
    (root / "15-inception" / "quiz.toml").unlink()
    assert len(bank.topics()) == 1
