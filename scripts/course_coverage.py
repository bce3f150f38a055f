"""Write docs/coverage.md: what the lectures treat, line by line, with the assignments and quiz topics that treat it.

python -m scripts.course_coverage [--check]: the rows are assignments/decks.toml, the assignments those that name a
row's lines in their `covers`. Ends with 1 where a row is treated by nothing and gives no reason, where an assignment
covers lines that no row has, and, with --check, where the page is not what would be written.
"""

from __future__ import annotations

import tomllib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import click

from grader.contract import Assignment, AssignmentError, load_assignments

ROOT = Path(__file__).parent.parent
ASSIGNMENTS = ROOT / "assignments"
PAGE = ROOT / "docs" / "coverage.md"
KEYS = {"deck", "lines", "concept", "quiz", "reason"}
INTRODUCTION = """# What of the lectures is where

Written by `make course-coverage` from `assignments/decks.toml` and the `covers` of every assignment, not by hand. A row
is a passage of a deck. Quizzes are planned: a topic such as Q14 is one of the question bank that they will be made of.
"""


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


def problems(rows: Sequence[Row], assignments: Iterable[Assignment]) -> list[str]:
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
    return found


def page(decks: Mapping[str, str], rows: Sequence[Row], assignments: Iterable[Assignment]) -> str:
    """The page's Markdown."""
    chosen, parts = list(assignments), [INTRODUCTION]
    for deck, title in decks.items():
        parts.append(f"## {title}\n\n| lines | concept | assignments | quiz topics (planned) |\n|---|---|---|---|")
        parts += [_line(row, chosen) for row in rows if row.deck == deck]
        parts.append("")
    return "\n".join(parts)


def _line(row: Row, assignments: Sequence[Assignment]) -> str:
    treating = [assignment for assignment in assignments if set(assignment.covers) & set(row.ranges)]
    links = ", ".join(f"[{one.number}](../assignments/{one.id}/statement.md)" for one in treating)
    quiz = " ".join(row.quiz) or (f"none ({row.reason})" if row.reason else "")
    return f"| {', '.join(row.lines)} | {row.concept} | {links} | {quiz} |"


@click.command()
@click.option("--check", is_flag=True, help="Write nothing; fail where the page is stale.")
def main(check: bool) -> None:
    """Write docs/coverage.md from the decks' lines and what the assignments cover."""
    try:
        assignments = load_assignments(ASSIGNMENTS).values()
    except AssignmentError as error:
        raise click.ClickException(str(error)) from error
    decks, rows = read_rows((ASSIGNMENTS / "decks.toml").read_text(encoding="utf-8"))
    found = problems(rows, assignments)
    text = page(decks, rows, assignments)
    if check and text != PAGE.read_text(encoding="utf-8"):
        found.append("docs/coverage.md is stale: make course-coverage writes it anew")
    if found:
        raise click.ClickException("\n".join(found))
    if not check:
        PAGE.write_text(text, encoding="utf-8")
        click.echo(f"{PAGE.relative_to(ROOT)}: {len(rows)} rows")


if __name__ == "__main__":
    main()
