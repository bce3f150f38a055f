"""`stride quiz show`: one draw of a question in the terminal, with its key and every reason."""

from __future__ import annotations

import click
from rich.console import Console
from rich.text import Text

from server.commands.installation import InputRefused
from server.commands.quiz.folders import question_files, read_text, where
from server.quiz.drawing import DrawError, draw
from server.quiz.figures import shown
from server.quiz.question import DrawnQuestion, Question
from server.quiz.source import QuestionError, read_questions


@click.command()
@click.argument("question", metavar="FOLDER/ID")
@click.option("--seed", type=click.IntRange(0, 2**53 - 1), default=0, show_default=True, help="Which draw.")
def show(question: str, seed: int) -> None:
    """Show one draw of a question, such as 04-conv-forward/output-size, with its key and reasons."""
    folder, _, name = question.rpartition("/")
    if not folder:
        raise click.UsageError("name a question as FOLDER/ID, such as 04-conv-forward/output-size")
    try:
        drawn = draw(_find(folder, name), seed)
    except DrawError as error:
        raise InputRefused(str(error)) from None
    _print(drawn, seed)


def _find(folder: str, name: str) -> Question:
    (path,) = question_files((folder,))
    try:
        questions = read_questions(read_text(path), where(path))
    except QuestionError as error:
        raise InputRefused(str(error)) from None
    for question in questions:
        if question.id == name:
            return question
    raise InputRefused(f"{where(path)} has no question {name}. It has: {', '.join(q.id for q in questions)}.")


def _print(drawn: DrawnQuestion, seed: int) -> None:
    console, question = Console(highlight=False), drawn.question
    facts = (question.kind.value, question.topic, question.source, _difficulty(question), f"seed {seed}")
    console.print(Text(question.title or question.id, style="bold"))
    console.print(Text(" · ".join(fact for fact in facts if fact), style="dim"))
    console.print(Text(f"\n{drawn.stem}\n"))
    for option in drawn.options:
        sign, style = ("✔", "green") if option.is_right else ("✘", "red")
        console.print(Text.assemble((f"{sign} ", style), option.text))
        console.print(Text(f"    {option.why}", style="dim"))
    for answer in drawn.answers:
        sign, style = ("✔", "green") if answer.fraction else ("✘", "red")
        within = f" ± {shown(answer.tolerance)}" if answer.tolerance else ""
        console.print(Text.assemble((f"{sign} ", style), f"{shown(answer.value)}{within}"))
        console.print(Text(f"    {answer.why}", style="dim"))
    if drawn.explanation:
        console.print(Text(f"\n{drawn.explanation}"))
    if drawn.values:
        values = ", ".join(f"{name} = {value!r}" for name, value in drawn.values.items())
        console.print(Text(f"\n{values}", style="dim"))


def _difficulty(question: Question) -> str:
    return f"difficulty {question.difficulty}" if question.difficulty else ""
