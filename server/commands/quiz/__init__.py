"""`stride quiz`: what can be done with questions and marks on the command line, without a server."""

from __future__ import annotations

import importlib

import click

COMMANDS = {
    "analyse": "server.commands.quiz.analyse:analyse_marks",
    "check": "server.commands.quiz.check:check",
    "convert": "server.commands.quiz.convert:convert",
    "show": "server.commands.quiz.show:show",
}
"""A command's name and where it is; it is imported only when it is called."""


class QuizGroup(click.Group):
    """Finds a command by name without importing any other."""

    def list_commands(self, context: click.Context) -> list[str]:
        """The commands' names."""
        return sorted(COMMANDS)

    def get_command(self, context: click.Context, name: str) -> click.Command | None:
        """One command, imported now."""
        if name not in COMMANDS:
            return None
        module, _, attribute = COMMANDS[name].partition(":")
        command: click.Command = getattr(importlib.import_module(module), attribute)
        return command


@click.group(cls=QuizGroup)
def quiz() -> None:
    """Quizzes: prove the questions of the bank, look at one, and more."""
