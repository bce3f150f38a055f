"""`stride quiz convert`: questions from one format to another, with a list of what did not come over."""

from __future__ import annotations

from collections import Counter
from pathlib import Path

import click

from server.commands.installation import InputRefused
from server.quiz.fields import QuestionError
from server.quiz.formats import FORMATS, FormatError, Imported, Refusal, Written, fixed, read, write
from server.quiz.question import Question

READABLE = sorted(name for name, each in FORMATS.items() if each.can_read)
WRITABLE = sorted(name for name, each in FORMATS.items() if each.can_write)
MOST_LINES = 3
"""How many questions with the same reason are named one by one."""
BY_ENDING = {".gift": "gift", ".txt": "gift", ".xml": "moodle_xml", ".xlsx": "socrative", ".toml": "stride_toml"}


@click.command()
@click.argument("source", metavar="IN", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.argument("target", metavar="OUT", type=click.Path(dir_okay=False, path_type=Path))
@click.option("--from", "source_format", type=click.Choice(READABLE), help="IN's format; else found by looking at it.")
@click.option("--to", "target_format", type=click.Choice(WRITABLE), help="OUT's format; else by its ending.")
@click.option("--seed", type=click.IntRange(0, 2**53 - 1), help="Write this draw of questions with parameters.")
def convert(source: Path, target: Path, source_format: str | None, target_format: str | None, seed: int | None) -> None:
    """Bring the questions of IN to OUT, in another format.

    \b
    OUT's ending says its format: .gift and .txt are GIFT, .xml is Moodle XML, .xlsx is Socrative's spreadsheet,
    .toml is Stride's own. A .zip needs --to qti12 (Canvas) or --to qti21. Aiken needs --to aiken.

    What does not come over is listed on standard error with its line, row or item and the reason; the rest comes
    over, and the exit code is 0. It is 2 where nothing can be read, or nothing of it be written; OUT is then left as
    it was.
    """
    known = target_format or _format_of(target)
    imported = _read(source, source_format)
    _list("not read", imported.refused)
    _list("changed", imported.notes)
    if not imported.questions:
        raise InputRefused(f"None of the {len(imported.refused)} questions in {source} can be read.")
    questions, undrawable = _drawn(imported.questions, seed)
    written = _written(questions, known)
    left_out = [*undrawable, *written.left_out]
    _list("not written", left_out)
    _list("changed", written.notes)
    count = len(questions) - len(written.left_out)
    if not count:
        raise InputRefused(f"{FORMATS[known].title} can hold none of the {len(imported.questions)} questions.")
    _save(target, written.data)
    of_all = len(imported.questions) + len(imported.refused)
    click.echo(f"Wrote {count} of {of_all} questions to {target} ({FORMATS[known].title}).")


def _format_of(target: Path) -> str:
    """The format that OUT's ending says. Raises UsageError."""
    ending = target.suffix.lower()
    if ending == ".zip":
        raise click.UsageError("A .zip may be QTI 1.2 (Canvas) or 2.1; say --to qti12 or --to qti21.")
    if ending not in BY_ENDING:
        raise click.UsageError(
            f"{target.name} does not say its format. End it in {', '.join(BY_ENDING)} or .zip, or give --to."
        )
    return BY_ENDING[ending]


def _read(source: Path, source_format: str | None) -> Imported:
    try:
        return read(source.read_bytes(), source.name, source_format)
    except FormatError as error:
        raise InputRefused(f"{source}: {error.message}") from None
    except OSError as error:
        raise InputRefused(f"{source} cannot be read: {error.strerror}.") from None


def _drawn(questions: list[Question], seed: int | None) -> tuple[list[Question], list[Refusal]]:
    """The questions with the numbers of the seed where one is given, and those that cannot be drawn."""
    if seed is None:
        return questions, []
    drawn: list[Question] = []
    refused: list[Refusal] = []
    for position, question in enumerate(questions, 1):
        try:
            drawn.append(fixed(question, seed))
        except QuestionError as error:
            refused.append(Refusal(f"question {position}", question.title or question.id, f"{error}."))
    return drawn, refused


def _written(questions: list[Question], known: str) -> Written:
    try:
        return write(questions, known)
    except FormatError as error:
        raise InputRefused(error.message) from None


def _save(target: Path, data: bytes) -> None:
    try:
        target.write_bytes(data)
    except OSError as error:
        raise InputRefused(f"{target} cannot be written: {error.strerror}.") from None


def _list(heading: str, refusals: list[Refusal]) -> None:
    """A line for each on standard error; what many share, as what a format has no room for, on one line."""
    shared = Counter(each.reason for each in refusals)
    for reason, count in shared.items():
        if count > MOST_LINES:
            places = ", ".join(each.place for each in refusals if each.reason == reason)
            click.echo(f"{heading}: {count} questions: {reason} ({places})", err=True)
    for each in refusals:
        if shared[each.reason] <= MOST_LINES:
            name = f" “{each.name}”" if each.name else ""
            click.echo(f"{heading}: {each.place}{name}: {each.reason}", err=True)
