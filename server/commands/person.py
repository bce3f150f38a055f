"""`stride person`: accounts from the command line, the first one included."""

from __future__ import annotations

import json
import sys
from datetime import timedelta

import click
from sqlalchemy.orm import Session

from server.commands.installation import InputRefused, database, read_settings
from server.models import Person
from server.services import accounts, personal_data

LONGEST_DAYS = 365


@click.group()
def person() -> None:
    """People: add them, set passwords, hand out one-time codes, export and erase what is held about them."""


@person.command()
@click.argument("number")
@click.option("--name", help="What others call them; may be left out.")
@click.option("--email", help="May be left out.")
@click.option("--admin", is_flag=True, help="May create courses and people, and is a lecturer everywhere.")
@click.option("--password", "by_password", is_flag=True, help="Ask for a password instead of making a code.")
@click.option("--json", "as_json", is_flag=True, help="Print the person and the code as JSON.")
def add(number: str, name: str | None, email: str | None, admin: bool, by_password: bool, as_json: bool) -> None:
    """Add a person by their student number (for staff, a login name), with a code that signs them in once."""
    secret = ask_password() if by_password else None
    with database(read_settings()) as s:
        added = accounts.create_person(s, number, name=name, email=email, is_admin=admin)
        if secret is not None:
            accounts.set_password(s, added, secret)
        code = None if secret is not None else accounts.issue_code(s, added)
    if as_json:
        click.echo(json.dumps({"number": added.number, "is_admin": added.is_admin, "code": code}))
        return
    click.echo(f"Added {added.number}." + (f" Their code, good for one sign-in: {code}" if code else ""))


@person.command()
@click.argument("number")
def password(number: str) -> None:
    """Set a person's password, asked for twice in a terminal or read as one line from a pipe. Ends their sessions."""
    secret = ask_password()
    with database(read_settings()) as s:
        accounts.set_password(s, find_person(s, number), secret)
    click.echo(f"The password of {number} is set.", err=True)


@person.command()
@click.argument("number")
@click.option("--days", default=accounts.CODE_LIFETIME.days, show_default=True, type=click.IntRange(1, LONGEST_DAYS))
def code(number: str, days: int) -> None:
    """Print a code that signs a person in once; codes that they had before are void."""
    with database(read_settings()) as s:
        made = accounts.issue_code(s, find_person(s, number), timedelta(days=days))
    click.echo(made)


@person.command()
@click.argument("number")
def export(number: str) -> None:
    """Print everything that the database holds about a person, as JSON. Hidden checks are in it: mind the due dates."""
    with database(read_settings()) as s:
        held = personal_data.told(s, find_person(s, number))
    click.echo(json.dumps(held, indent=2, ensure_ascii=False))


@person.command()
@click.argument("number")
@click.option("--yes", is_flag=True, help="Do not ask.")
def erase(number: str, yes: bool) -> None:
    """Delete a person with all that they handed in, answered and were given. This cannot be taken back."""
    if not yes:
        click.confirm(f"Delete {number} with all submissions, scores and quiz answers?", abort=True, err=True)
    with database(read_settings()) as s:
        erased = personal_data.erase(s, find_person(s, number))
    click.echo(f"Erased {number}: {', '.join(f'{count} of {table}' for table, count in erased.items())}.")


def find_person(s: Session, number: str) -> Person:
    """The person with this number; without one, the command ends and says how to add them."""
    found = accounts.person_by_number(s, number)
    if found is None:
        raise InputRefused(f"There is nobody with the number {number}. Add them with: stride person add {number}")
    return found


def ask_password() -> str:
    """A password from the terminal, unseen and twice, or the first line of what is piped in."""
    if sys.stdin.isatty():
        return str(click.prompt("Password", hide_input=True, confirmation_prompt=True))
    return sys.stdin.readline().rstrip("\r\n")
