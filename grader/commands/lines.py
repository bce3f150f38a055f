"""Lines for people: wrapped and indented in a terminal, whole where they are piped into a file or a program."""

from __future__ import annotations

from rich.console import Console
from rich.padding import Padding
from rich.text import Text


def say(line: Text, console: Console, indent: int = 0) -> None:
    """Print one line, and what a terminal has to wrap of it as far indented as its beginning."""
    if console.is_terminal:
        console.print(Padding(line, (0, 0, 0, indent), expand=False))
    else:
        console.print(Text(" " * indent) + line, soft_wrap=True)


def say_command(line: Text, console: Console) -> None:
    """Print a line with a command in it, which stays one line when it is copied."""
    console.print(line, soft_wrap=True)
