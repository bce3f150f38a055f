"""What is handed in and by whom: samples of an assignment's folder, through the service or over HTTP."""

from __future__ import annotations

import random
from dataclasses import dataclass
from pathlib import Path

import click
from sqlalchemy import select

from grader.contract import Assignment
from scripts.burst.installation import Installation
from scripts.hand_in import Visitor
from server.models import Course, EnrolmentRole, Person
from server.services import accounts, courses, submissions

COURSE = "burst"
PASSWORD = "a-password-of-the-burst"  # noqa: S105 - of a server that lives for a minute


@dataclass(slots=True)
class Planned:
    """A sample that is handed in, and the submission that came of it."""

    kind: str
    file: Path
    submission: int = 0


def prepare(place: Installation, count: int) -> None:
    """A course with `count` students and the assignment. Only over HTTP do they need a password."""
    with place.sessions.begin() as s:
        course = courses.create_course(s, COURSE, "A burst")
        courses.publish(s, course, place.assignment, opens_at=None, due_at=None, points=None, is_visible=True)
        for number in range(count):
            student = accounts.create_person(s, f"s{number:06}")
            courses.enrol(s, course, student, EnrolmentRole.STUDENT)
            if place.address:
                accounts.set_password(s, student, PASSWORD)


def plan(assignment: Assignment, mix: dict[str, int], count: int) -> list[Planned]:
    """`count` samples in shares of `mix`, in an order that is the same every time."""
    planned: list[Planned] = []
    shares = 0
    for kind, share in mix.items():
        files, shares = assignment.submissions(kind), shares + share
        if not files:
            raise click.BadParameter(f"{assignment.id} has no samples of the kind {kind}", param_hint="--mix")
        room = round(count * shares / sum(mix.values())) - len(planned)
        planned += [Planned(kind, files[place % len(files)]) for place in range(room)]
    random.Random("burst").shuffle(planned)  # noqa: S311 - decides nothing that is secret
    return planned


def students(place: Installation) -> list[Person]:
    """Everybody, in the order in which they hand in."""
    with place.sessions() as s:
        return list(s.scalars(select(Person).order_by(Person.id)))


def hand_in(place: Installation, planned: list[Planned]) -> None:
    """Store and send each sample as the pages do: in a transaction of its own."""
    people = students(place)
    for turn, each in enumerate(planned):
        with place.sessions.begin() as s:
            course = s.scalars(select(Course).where(Course.slug == COURSE)).one()
            published = courses.published_as(s, course, place.assignment.id)
            assert published is not None
            person = s.get_one(Person, people[turn % len(people)].id)
            content = each.file.read_bytes()
            each.submission = submissions.submit(s, published, place.assignment, person, each.file.name, content).id


def hand_in_over_http(place: Installation, planned: list[Planned]) -> None:
    """Upload each sample with a browser's requests, one student after the other; signing in takes time as well."""
    visitors: dict[int, Visitor] = {}
    people = students(place)
    for turn, each in enumerate(planned):
        person = people[turn % len(people)]
        if person.id not in visitors:
            visitors[person.id] = Visitor(place.address)
            visitors[person.id].sign_in(person.number, PASSWORD)
        page = visitors[person.id].hand_in(COURSE, place.assignment.id, each.file)
        each.submission = int(page.rstrip("/").rpartition("/")[2])
