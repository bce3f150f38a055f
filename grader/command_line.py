"""The `stride` command: its subcommands are entry points of the group `stride.commands`, imported when called."""

from __future__ import annotations

import importlib.metadata
import sys

import click

GROUP = "stride.commands"
FAILED = 3
"""Exit code for a failure of ours; 0 is a finished run whatever the score, 2 is bad usage or input."""


class LazyGroup(click.Group):
    """Finds a command by name without importing any other."""

    def list_commands(self, context: click.Context) -> list[str]:
        """The commands' names."""
        return sorted(entry.name for entry in importlib.metadata.entry_points(group=GROUP))

    def get_command(self, context: click.Context, name: str) -> click.Command | None:
        """One command, imported now."""
        for entry in importlib.metadata.entry_points(group=GROUP, name=name):
            command: click.Command = entry.load()
            return command
        return None


@click.group(cls=LazyGroup, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(package_name="stride-grader")
def stride() -> None:
    """Grades exercises on convolutional neural networks."""


def main() -> None:
    """Run the command line. Exit codes: 0 done, 2 bad usage or input, 3 we failed."""
    sys.exit(stride(standalone_mode=True))
