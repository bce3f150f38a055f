"""`stride quiz check`: every question drawn many times, and what is wrong with any draw."""

from __future__ import annotations

import json
import sys
from itertools import groupby
from pathlib import Path

import click
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn
from rich.table import Table
from rich.text import Text

from server.commands.quiz.folders import question_files, read_text, where
from server.quiz.proving import SEEDS, Proof, prove, unsaid
from server.quiz.question import Question
from server.quiz.source import QuestionError, read_questions
from server.rendering.questions import failures

BROKEN = 2
"""Exit code where a question is not what it must be: its file is bad input, as for `stride check`."""


@click.command()
@click.argument("folders", nargs=-1, metavar="[FOLDER ...]")
@click.option("--seeds", type=click.IntRange(1, 1_000_000), default=SEEDS, show_default=True, help="Draws of each.")
@click.option("--json", "as_json", is_flag=True, help="Print the proofs as JSON on standard output alone.")
def check(folders: tuple[str, ...], seeds: int, as_json: bool) -> None:
    """Prove the questions of FOLDERs (04-conv-forward, or just 4; all without any): draw each, look at every draw."""
    questions, problems = _read(question_files(folders))
    proofs = _prove(questions, seeds)
    problems += [f"{proof.where}: {problem}" for proof in proofs for problem in proof.problems]
    if as_json:
        document = {"proofs": [proof.to_dict() for proof in proofs], "problems": problems}
        sys.stdout.write(json.dumps(document, indent=2, ensure_ascii=False) + "\n")
    else:
        _show(proofs, problems, seeds)
    if problems:
        sys.exit(BROKEN)


def _read(files: list[Path]) -> tuple[list[tuple[str, Question]], list[str]]:
    questions: list[tuple[str, Question]] = []
    problems: list[str] = []
    for path in files:
        try:
            read = read_questions(read_text(path), where(path))
        except QuestionError as error:
            problems += str(error).splitlines()
        else:
            questions += [(f"{path.parent.name}/{question.id}", question) for question in read]
    return questions, problems


def _prove(questions: list[tuple[str, Question]], seeds: int) -> list[Proof]:
    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeElapsedColumn())
    proofs = []
    with Progress(*columns, console=Console(stderr=True), transient=True) as bar:
        task = bar.add_task("Proving questions", total=len(questions))
        for name, question in questions:
            bar.update(task, description=name[:50])
            proof = prove(question, name, seeds, failures)
            proof.problems += unsaid(question)
            proofs.append(proof)
            bar.advance(task)
    return proofs


def _show(proofs: list[Proof], problems: list[str], seeds: int) -> None:
    console = Console()
    for folder, group in groupby(proofs, key=lambda proof: proof.where.rpartition("/")[0]):
        console.print(_table(folder, list(group)))
    for problem in problems:
        console.print(Text.assemble(("✘ ", "red"), problem), soft_wrap=True)
    if not problems:
        noun = "question holds" if len(proofs) == 1 else "questions hold"
        console.print(f"[green]✔[/] {len(proofs)} {noun}; what varies was drawn {seeds} times")


def _table(folder: str, proofs: list[Proof]) -> Table:
    table = Table(title=folder, title_justify="left")
    for heading in ("Question", "Kind", "Topic"):
        table.add_column(heading, overflow="fold")
    for heading in ("Draws", "Taken", "Different"):
        table.add_column(heading, justify="right")
    for proof in proofs:
        question = proof.question
        counts = (str(proof.draws), f"{100 * proof.taken:.0f} %", str(proof.different))
        style = "red" if proof.problems else ""
        table.add_row(question.id, question.kind.value, question.topic, *counts, style=style)
    return table
