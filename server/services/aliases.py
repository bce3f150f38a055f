"""What people are called on boards: a neutral name that is drawn once, until they choose another."""

from __future__ import annotations

import random

from sqlalchemy import func, select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from server.models import BoardName, Course, Person
from server.services.errors import Refused

LONGEST = 40
DRAWS = 20
ADJECTIVES = (
    *("amber", "azure", "bright", "brisk", "calm", "clear", "copper", "coral", "crimson", "early", "easy", "emerald"),
    *("gentle", "golden", "green", "grey", "indigo", "ivory", "keen", "late", "lilac", "light", "lucid", "mellow"),
    *("merry", "mild", "misty", "neat", "ochre", "olive", "patient", "pearl", "plain", "polar", "prompt", "quiet"),
    *("rapid", "ready", "rosy", "ruby", "rustic", "sage", "scarlet", "serene", "silver", "steady", "sunny", "teal"),
    *("tidy", "tranquil", "umber", "velvet", "violet", "warm", "white", "windy"),
)
NOUNS = (
    *("acorn", "alder", "aspen", "badger", "beech", "birch", "bison", "brook", "cedar", "cloud", "comet", "crane"),
    *("dune", "elm", "falcon", "fern", "finch", "fjord", "gannet", "garnet", "gull", "harbour", "hazel", "heron"),
    *("hill", "ibis", "island", "juniper", "lark", "larch", "linden", "lynx", "maple", "marble", "meadow", "moss"),
    *("oak", "otter", "owl", "pebble", "pine", "plover", "quartz", "rain", "raven", "reed", "river", "robin"),
    *("sparrow", "stone", "swift", "tern", "thrush", "valley", "willow", "wren"),
)

chance = random.SystemRandom()


def of(s: Session, course_id: int, person_id: int) -> BoardName:
    """The name of a person on the boards of a course; where there is none yet, one is drawn and kept."""
    known = _of(s, course_id, person_id)
    for draw in range(DRAWS):
        if known is not None:
            break
        number = "" if draw < DRAWS // 2 else f" {chance.randrange(2, 10_000)}"
        name = f"{chance.choice(ADJECTIVES)} {chance.choice(NOUNS)}{number}"
        known = _added(s, BoardName(course_id=course_id, person_id=person_id, alias=name, is_listed=True))
    if known is None:
        raise Refused("No name for the boards is free. Try again.")
    return known


def set_alias(s: Session, course: Course, person: Person, text: str) -> BoardName:
    """Change what a person is called on the boards of a course. Raises Refused, in words."""
    alias = " ".join(text.split())
    if not 2 <= len(alias) <= LONGEST or not alias.isprintable():
        raise Refused(f"A name on the board has 2 to {LONGEST} printable characters.")
    own = {part.lower() for part in (person.number, person.name, person.email) if part}
    if alias.lower() in own:
        raise Refused("That is your own name or number, and the board is for names that do not tell who you are.")
    name = of(s, course.id, person.id)
    taken = select(BoardName.id).where(
        BoardName.course_id == course.id, BoardName.id != name.id, func.lower(BoardName.alias) == alias.lower()
    )
    if s.scalar(taken.limit(1)) is not None:
        raise Refused(f"{alias} is taken in this course. Choose another name.")
    try:
        with s.begin_nested():
            name.alias = alias
    except IntegrityError:
        s.refresh(name)
        raise Refused(f"{alias} is taken in this course. Choose another name.") from None
    return name


def set_listed(s: Session, course: Course, person: Person, *, is_listed: bool) -> BoardName:
    """Put a person on the boards of a course, or leave them out of what other students see."""
    name = of(s, course.id, person.id)
    name.is_listed = is_listed
    s.flush()
    return name


def _of(s: Session, course_id: int, person_id: int) -> BoardName | None:
    return s.scalar(select(BoardName).where(BoardName.course_id == course_id, BoardName.person_id == person_id))


def _added(s: Session, name: BoardName) -> BoardName | None:
    """The name as it is stored: this one, the one that came first, or None when its alias is taken."""
    try:
        with s.begin_nested():
            s.add(name)
    except IntegrityError:
        return _of(s, name.course_id, name.person_id)
    return name
