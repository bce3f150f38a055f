"""A quiz session on the running platform, and the parts of the page that a student sits it on."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Locator, Page
from sqlalchemy import select

from server.models import Participant, Person, QuizAnswer, QuizSession
from server.quiz.question import Response

PHONE = 390
BROKEN = "net::ERR_FAILED"
LONG = 20_000
"""Milliseconds: a page asks how it stands every ten seconds."""


@dataclass
class Sitting:
    """A session on the running platform, and a way to do what its lecturer does."""

    installation: object
    id: int
    code: str

    def change(self, do: Callable, *arguments: object, **more: object) -> None:
        with self.installation.sessions.begin() as s:
            lecturer = s.scalars(select(Person).where(Person.number == "lecturer")).one()
            do(s, s.get_one(QuizSession, self.id), *arguments, lecturer, **more)

    def set(self, **columns: object) -> None:
        with self.installation.sessions.begin() as s:
            session = s.get_one(QuizSession, self.id)
            for name, value in columns.items():
                setattr(session, name, value)

    def stored(self, number: str) -> dict[int, Response]:
        """What is stored for a number, by the question's number in its paper; options by the order it saw."""
        with self.installation.sessions() as s:
            own = (Participant.session_id == self.id, Participant.number == number)
            participant = s.scalars(select(Participant).where(*own)).one()
            places = {entry["item"]: n for n, entry in enumerate(participant.paper)}
            found = {}
            for each in s.scalars(select(QuizAnswer).where(QuizAnswer.participant_id == participant.id)):
                order = participant.paper[places[each.item_id]]["order"]
                picked = tuple(sorted(order.index(place) for place in each.picked))
                found[places[each.item_id] + 1] = Response(picked, each.text)
            return found

    def takeovers(self) -> int:
        with self.installation.sessions() as s:
            return sum(s.scalars(select(Participant.takeovers).where(Participant.session_id == self.id)))


def question(page: Page, number: int) -> Locator:
    return page.locator(f"#question-{number}")


def option(page: Page, number: int, index: int) -> Locator:
    return question(page, number).locator("input[type=radio], input[type=checkbox]").nth(index)


def mark(page: Page, number: int) -> Locator:
    return page.locator(f"#mark-{number}")


def serious(page: Page) -> list[str]:
    found = Axe().run(page).response["violations"]
    return [f"{each['id']}: {each['nodes'][0]['html']}" for each in found if each["impact"] in ("serious", "critical")]


def seconds_of(text: str) -> int:
    minutes, seconds = text.split(":")
    return 60 * int(minutes) + int(seconds)
