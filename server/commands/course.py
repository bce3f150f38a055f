"""`stride course`: a course, its people and its assignments from the command line."""

from __future__ import annotations

import csv
import json
import re
from collections.abc import Mapping
from datetime import datetime
from io import StringIO
from typing import Any

import click
from sqlalchemy.orm import Session

from grader.contract import Assignment
from grader.contract.choosing import instead, is_meant
from server.commands.installation import InputRefused, database, read_assignments, read_settings
from server.commands.person import find_person
from server.models import Course, CourseAssignment, EnrolmentRole
from server.services import accounts, courses
from server.services.codes import waiting_for_codes
from server.services.roster import RosterReport, text_of

NEVER = "never"
LIST = click.Path(exists=True, dir_okay=False, allow_dash=True)


@click.group()
def course() -> None:
    """Courses: make them, enrol people, publish assignments."""


@course.command()
@click.argument("slug")
@click.argument("title")
@click.option("--lecturer", "lecturers", multiple=True, metavar="NUMBER", help="Who teaches it; may be repeated.")
def new(slug: str, title: str, lecturers: tuple[str, ...]) -> None:
    """Make a course; SLUG is its short name in addresses, such as cnn-2026."""
    with database(read_settings()) as s:
        made = courses.create_course(s, slug, title)
        for number in lecturers:
            courses.enrol(s, made, find_person(s, number), EnrolmentRole.LECTURER)
    click.echo(f"Made the course {slug}.")


@course.command()
@click.argument("slug")
@click.argument("numbers", nargs=-1)
@click.option("--role", type=click.Choice([role.value for role in EnrolmentRole]), default="student")
@click.option("--roster", type=LIST, help="A list, CSV or Excel file of students; - for a pipe.")
@click.option("--json", "as_json", is_flag=True, help="Print what became of each line as JSON.")
def enrol(slug: str, numbers: tuple[str, ...], role: str, roster: str | None, as_json: bool) -> None:
    """Enrol people by NUMBERS, or a whole class by --roster (unknown students are added)."""
    if bool(numbers) == bool(roster):
        raise click.UsageError("Name either NUMBERS or --roster.")
    if roster is not None and role != EnrolmentRole.STUDENT:
        raise click.UsageError("A roster enrols students. Name lecturers by NUMBERS.")
    with database(read_settings()) as s:
        chosen = find_course(s, slug)
        if roster is None:
            for number in numbers:
                courses.enrol(s, chosen, find_person(s, number), EnrolmentRole(role))
            report = RosterReport(added=[find_person(s, number) for number in numbers])
        else:
            report = courses.enrol_roster(s, chosen, read_list(roster))
    click.echo(json.dumps(roster_data(report)) if as_json else roster_text(report))


@course.command()
@click.argument("slug")
@click.argument("names", nargs=-1, required=True, metavar="ASSIGNMENT...")
@click.option("--opens", metavar="TIME", help="Such as 2026-10-01T08:00; this machine's zone unless named. Or: never.")
@click.option("--due", metavar="TIME", help="As --opens; later submissions are graded and marked late. Or: never.")
@click.option("--points", type=float, help="What full marks are worth in this course.")
@click.option("--visible/--hidden", default=None, help="Whether students see it.")
def publish(
    slug: str, names: tuple[str, ...], opens: str | None, due: str | None, points: float | None, visible: bool | None
) -> None:
    """Publish assignments (04-conv-forward, or just 4; "all" for every one). What is left out stays as it was."""
    settings = read_settings()
    chosen = choose_assignments(read_assignments(settings), names)
    with database(settings) as s:
        for assignment in chosen:
            before = courses.published_as(s, find_course(s, slug), assignment.id) or CourseAssignment(is_visible=True)
            courses.publish(
                s,
                find_course(s, slug),
                assignment,
                opens_at=before.opens_at if opens is None else read_time(opens),
                due_at=before.due_at if due is None else read_time(due),
                points=before.points if points is None else points,
                is_visible=before.is_visible if visible is None else visible,
            )
    click.echo(f"Published in {slug}: {', '.join(assignment.id for assignment in chosen)}.")


@course.command("list")
@click.option("--json", "as_json", is_flag=True)
def list_courses(as_json: bool) -> None:
    """Every course with its assignments and the number of its students."""
    with database(read_settings()) as s:
        rows = [course_data(s, each) for each in courses.all_courses(s)]
    if as_json:
        click.echo(json.dumps(rows, indent=2))
    elif not rows:
        click.echo('There is no course yet. Make one with: stride course new cnn-2026 "Convolutional networks"')
    for row in [] if as_json else rows:
        click.echo(f"{row['slug']:<20} {row['students']:>4} students  {row['title']}")
        for each in row["assignments"]:
            click.echo(f"    {each['assignment']:<24} due {each['due_at'] or NEVER}")


@course.command()
@click.argument("slug")
@click.option("--again", is_flag=True, help="New ones also for those who hold a code; that one is void then.")
def codes(slug: str, again: bool) -> None:
    """Print a one-time code for every student who has neither a password nor a code yet, as CSV."""
    out = StringIO()
    writer = csv.writer(out, lineterminator="\n")
    writer.writerow(["number", "name", "code"])
    with database(read_settings()) as s:
        waiting = waiting_for_codes(s, find_course(s, slug))
        for each in waiting.people if again else waiting.without_code:
            writer.writerow([each.number, each.name or "", accounts.issue_code(s, each)])
    click.echo(out.getvalue(), nl=False)
    if waiting.holders and not again:
        click.echo(f"{len(waiting.holders)} more hold a code that they have not used. New ones: --again", err=True)


def find_course(s: Session, slug: str) -> Course:
    """The course; without one, the command ends and says how to make it."""
    found = courses.course_by_slug(s, slug)
    if found is None:
        raise InputRefused(f"There is no course {slug}. Make it with: stride course new {slug} TITLE")
    return found


def choose_assignments(assignments: Mapping[str, Assignment], names: tuple[str, ...]) -> list[Assignment]:
    """The assignments meant by names, numbers, or "all"; an unknown one ends the command."""
    if names == ("all",):
        return list(assignments.values())
    chosen = []
    for name in names:
        found = [each for each in assignments.values() if is_meant(name, each.id)]
        if not found:
            raise InputRefused(f"There is no assignment {name}. {instead(name, assignments)}")
        chosen += found
    return chosen


def read_time(text: str) -> datetime | None:
    """A time in ISO 8601, in this machine's zone unless it names one; None for "never"."""
    if text == NEVER:
        return None
    if re.fullmatch(r"[0-9-]+", text):
        raise InputRefused(f"{text!r} has no hour. Write it like 2026-10-01T23:59 or 2026-10-01T23:59+02:00.")
    try:
        return datetime.fromisoformat(text).astimezone()
    except (ValueError, OverflowError):
        raise InputRefused(f"{text!r} is no time. Write it like 2026-10-01T08:00 or 2026-10-01T08:00+02:00.") from None


def read_list(path: str) -> str:
    """The text of a list of students, from a file or, for "-", from a pipe. Raises RosterRefused."""
    with click.open_file(path, "rb") as file:
        return text_of(file.read(), "The list" if path == "-" else path)


def course_data(s: Session, each: Course) -> dict[str, Any]:
    """A course as JSON-ready values."""
    students = [member for member in courses.members(s, each) if member.role is EnrolmentRole.STUDENT]
    published = [
        {"assignment": one.assignment, "due_at": one.due_at and one.due_at.isoformat(), "is_visible": one.is_visible}
        for one in each.assignments
    ]
    return {"slug": each.slug, "title": each.title, "students": len(students), "assignments": published}


def roster_data(report: RosterReport) -> dict[str, object]:
    """What became of a list, as JSON-ready values."""
    return {
        "added": [person.number for person in report.added],
        "existing": [person.number for person in report.existing],
        "refused": [{"line": line, "reason": reason} for line, reason in report.refused],
    }


def roster_text(report: RosterReport) -> str:
    """What became of a list, for a terminal."""
    counts = f"{len(report.added)} enrolled, {len(report.existing)} were enrolled before."
    return "\n".join([counts, *(f"line {line}: {reason}" for line, reason in report.refused)])
