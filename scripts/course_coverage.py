"""Write docs/coverage.md: what the lectures treat, line by line, with the assignments and quiz topics that treat it.

python -m scripts.course_coverage [--check]: the rows are assignments/decks.toml, the assignments those that name a
row's lines in their `covers`, the topics those of the question bank. Ends with 1 where a row is treated by nothing and
gives no reason, where an assignment covers lines that no row has, where a topic has no question, and, with --check,
where the page is not what would be written.
"""

from __future__ import annotations

import tomllib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import click

from grader.contract import Assignment, AssignmentError, load_assignments
from server.quiz.bank import question_files, read_topic
from server.quiz.source import QuestionError

ROOT = Path(__file__).parent.parent
ASSIGNMENTS = ROOT / "assignments"
PAGE = ROOT / "docs" / "coverage.md"
KEYS = {"deck", "lines", "concept", "quiz", "reason"}
INTRODUCTION = """# What of the lectures is where

Written by `make course-coverage` from `assignments/decks.toml`, the `covers` of every assignment and the questions of
the bank, not by hand. A row is a passage of a deck; a topic such as Q14 leads to the file that has its questions.
"""

Topics = Mapping[str, str]
"""A topic of the question bank, such as Q14, and the folder whose questions treat it first."""


@dataclass(frozen=True, slots=True)
class Row:
    """One row of the decks: some ranges of lines, the concept in them, and what is to treat it beside assignments."""

    deck: str
    lines: tuple[str, ...]
    concept: str
    quiz: tuple[str, ...] = ()
    reason: str = ""

    @property
    def ranges(self) -> list[str]:
        """Its lines as assignments name them, such as `D1 L30-34`."""
        return [f"{self.deck} {lines}" for lines in self.lines]


def read_rows(text: str) -> tuple[dict[str, str], list[Row]]:
    """The decks' names and the rows. Raises ValueError for a key that is unknown or missing."""
    data = tomllib.loads(text)
    return data["decks"], [_row(table) for table in data["line"]]


def _row(table: Mapping[str, Any]) -> Row:
    if set(table) - KEYS or not {"deck", "lines", "concept"} <= set(table):
        raise ValueError(
            f"decks.toml: a [[line]] has {', '.join(sorted(table))}; it may have {', '.join(sorted(KEYS))}"
        )
    lists = {name: tuple(table.get(name, ())) for name in ("lines", "quiz")}
    return Row(table["deck"], concept=table["concept"], reason=table.get("reason", ""), **lists)


def read_topics(root: Path) -> Topics:
    """The topics of the question bank below `root`. Raises QuestionError."""
    topics: dict[str, str] = {}
    for path in question_files(root):
        for question in read_topic(path).questions:
            topics.setdefault(question.topic, path.parent.name)
    return topics


def problems(rows: Sequence[Row], assignments: Iterable[Assignment], topics: Topics) -> list[str]:
    """What is left out or does not exist, a sentence each."""
    known = {name for row in rows for name in row.ranges}
    chosen = list(assignments)
    covered = {name for assignment in chosen for name in assignment.covers}
    found = [
        f"{assignment.id} covers {name}, which assignments/decks.toml does not have"
        for assignment in chosen
        for name in assignment.covers
        if name not in known
    ]
    found += [
        f"{row.ranges[0]} ({row.concept}) has no assignment, no quiz topic and no reason"
        for row in rows
        if not (covered & set(row.ranges) or row.quiz or row.reason)
    ]
    found += [
        f"{row.ranges[0]} ({row.concept}) names the quiz topic {topic}, which has no question in the bank"
        for row in rows
        for topic in row.quiz
        if topic not in topics
    ]
    return found


def page(decks: Mapping[str, str], rows: Sequence[Row], assignments: Iterable[Assignment], topics: Topics) -> str:
    """The page's Markdown."""
    chosen, parts = list(assignments), [INTRODUCTION]
    for deck, title in decks.items():
        parts.append(f"## {title}\n\n| lines | concept | assignments | quiz topics |\n|---|---|---|---|")
        parts += [_line(row, chosen, topics) for row in rows if row.deck == deck]
        parts.append("")
    return "\n".join(parts)


def _line(row: Row, assignments: Sequence[Assignment], topics: Topics) -> str:
    treating = [assignment for assignment in assignments if set(assignment.covers) & set(row.ranges)]
    links = ", ".join(f"[{one.number}](../assignments/{one.id}/statement.md)" for one in treating)
    quiz = " ".join(_topic(topic, topics) for topic in row.quiz) or (f"none ({row.reason})" if row.reason else "")
    return f"| {', '.join(row.lines)} | {row.concept} | {links} | {quiz} |"


def _topic(topic: str, topics: Topics) -> str:
    return f"[{topic}](../assignments/{topics[topic]}/quiz.toml)" if topic in topics else topic


@click.command()
@click.option("--check", is_flag=True, help="Write nothing; fail where the page is stale.")
def main(check: bool) -> None:
    """Write docs/coverage.md from the decks' lines, what the assignments cover, and the questions of the bank."""
    try:
        assignments = load_assignments(ASSIGNMENTS).values()
        topics = read_topics(ASSIGNMENTS)
    except (AssignmentError, QuestionError) as error:
        raise click.ClickException(str(error)) from error
    decks, rows = read_rows((ASSIGNMENTS / "decks.toml").read_text(encoding="utf-8"))
    found = problems(rows, assignments, topics)
    text = page(decks, rows, assignments, topics)
    if check and text != PAGE.read_text(encoding="utf-8"):
        found.append("docs/coverage.md is stale: make course-coverage writes it anew")
    if found:
        raise click.ClickException("\n".join(found))
    if not check:
        PAGE.write_text(text, encoding="utf-8")
        click.echo(f"{PAGE.relative_to(ROOT)}: {len(rows)} rows")


if __name__ == "__main__":
    main()
