"""docs/coverage.md says of every passage of the lectures which assignments and quiz topics treat it."""

from __future__ import annotations

from dataclasses import replace

import pytest
from click.testing import CliRunner

from grader.contract import load_assignments
from grader.contract.assignment import DECK_LINES
from scripts import course_coverage
from scripts.course_coverage import ASSIGNMENTS, PAGE, Row, page, problems, read_rows, read_topics

DECKS, ROWS = read_rows((ASSIGNMENTS / "decks.toml").read_text())
COURSE = list(load_assignments(ASSIGNMENTS).values())
FIRST, *REST = COURSE
TOPICS = read_topics(ASSIGNMENTS)


def test_every_line_of_the_decks_is_treated_or_has_a_reason() -> None:
    assert problems(ROWS, COURSE, TOPICS) == []


def test_the_page_is_what_would_be_written() -> None:
    assert page(DECKS, ROWS, COURSE, TOPICS) == PAGE.read_text(), "run make course-coverage"


def test_every_assignment_covers_something() -> None:
    assert [assignment.id for assignment in COURSE if not assignment.covers] == []


def test_rows_are_lines_that_an_assignment_can_name_and_stand_once() -> None:
    ranges = [name for row in ROWS for name in row.ranges]
    assert len(set(ranges)) == len(ranges) > 80
    assert [name for name in ranges if not DECK_LINES.fullmatch(name)] == []
    assert {row.deck for row in ROWS} == set(DECKS)
    assert all(row.concept and "|" not in row.concept for row in ROWS)


def test_a_line_without_anything_is_named() -> None:
    bare = Row("D1", ("L999",), "something new")
    assert problems([bare], [], TOPICS) == ["D1 L999 (something new) has no assignment, no quiz topic and no reason"]
    for treated in (replace(bare, quiz=("Q01",)), replace(bare, reason="an agenda")):
        assert problems([treated], [], TOPICS) == []
    assert problems([bare], [replace(FIRST, covers=("D1 L999",))], TOPICS) == []


def test_every_topic_of_the_course_has_a_question() -> None:
    everyone = {f"Q{number:02}" for number in range(1, 96)}
    assert sorted(everyone - set(TOPICS)) == [], "topics without a question"
    assert sorted(set(TOPICS) - everyone) == [], "topics that the course does not have"


def test_a_topic_without_a_question_is_named() -> None:
    bare = Row("D1", ("L999",), "something new", quiz=("Q01", "Q99"))
    (found,) = problems([bare], [], TOPICS)
    assert found == "D1 L999 (something new) names the quiz topic Q99, which has no question in the bank"


def test_the_page_links_topics_to_their_questions() -> None:
    text = PAGE.read_text()
    for row in ROWS:
        for topic in row.quiz:
            assert f"[{topic}](../assignments/{TOPICS[topic]}/quiz.toml)" in text
    for folder in set(TOPICS.values()):
        assert (ASSIGNMENTS / folder / "quiz.toml").is_file()


def test_an_assignment_that_covers_what_is_not_there_is_named() -> None:
    (found,) = problems(ROWS, [replace(FIRST, covers=("D1 L1-999",)), *REST], TOPICS)[:1]
    assert found == f"{FIRST.id} covers D1 L1-999, which assignments/decks.toml does not have"


def test_the_command_fails_on_a_stale_page_and_leaves_it(monkeypatch, tmp_path) -> None:
    stale = tmp_path / "coverage.md"
    stale.write_text("old\n")
    monkeypatch.setattr(course_coverage, "PAGE", stale)
    outcome = CliRunner().invoke(course_coverage.main, ["--check"])
    assert outcome.exit_code == 1
    assert "is stale" in outcome.output
    assert stale.read_text() == "old\n"


def test_the_page_links_to_statements_that_exist() -> None:
    for assignment in COURSE:
        assert f"[{assignment.number}](../assignments/{assignment.id}/statement.md)" in PAGE.read_text()


@pytest.mark.parametrize("text", ['[decks]\n[[line]]\ndeck = "D1"\n', '[decks]\n[[line]]\nline = "L3"\n'])
def test_a_row_with_an_unknown_or_a_missing_key_is_refused(text) -> None:
    with pytest.raises(ValueError, match="it may have concept, deck, lines, quiz, reason"):
        read_rows(text)
