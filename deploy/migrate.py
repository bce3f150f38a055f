"""Bring the database to this version's tables. Runs once, before anything that uses them starts."""

from __future__ import annotations

import click

from server.commands.installation import database, read_settings


@click.command()
def migrate() -> None:
    """Migrate the database of the environment."""
    with database(read_settings()):
        click.echo("The tables are up to date.")


if __name__ == "__main__":
    migrate()
