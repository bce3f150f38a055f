from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session, sessionmaker

from server.models import BoardName, Course, Person, Submission
from server.services import aliases, board, courses
from server.services.errors import Refused


def alias(s: Session, course: Course, person: Person) -> str:
    return aliases.of(s, course.id, person.id).alias


def test_everybody_has_a_name_of_two_words_that_stays(s: Session, people, course: Course):
    names = [alias(s, course, person) for person in people]

    assert len(set(names)) == len(people)
    assert all(len(name.split()) == 2 for name in names)
    assert names == [alias(s, course, person) for person in people]


def test_one_is_drawn_when_something_is_timed(s: Session, people, passed: Callable[..., Submission]):
    passed(people[0])

    assert list(s.scalars(select(BoardName.person_id))) == [people[0].id]


def test_when_all_words_are_taken_a_number_is_added(
    s: Session, people, course: Course, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr(aliases, "ADJECTIVES", ("calm",))
    monkeypatch.setattr(aliases, "NOUNS", ("owl",))

    names = [alias(s, course, person) for person in people]
    assert names[0] == "calm owl"
    assert len(set(names)) == len(people)


def test_two_at_once_draw_one_name(people, course: Course, sessions: sessionmaker[Session]):
    def draw(_: int) -> str:
        with sessions.begin() as own:
            return aliases.of(own, course.id, people[0].id).alias

    with ThreadPoolExecutor(4) as pool:
        assert len(set(pool.map(draw, range(8)))) == 1


def test_one_chooses_another(s: Session, people, course: Course):
    board.set_alias(s, course, people[0], "  Wino  grad ")

    assert alias(s, course, people[0]) == "Wino grad"


def test_one_may_keep_ones_own_in_other_letters(s: Session, people, course: Course):
    board.set_alias(s, course, people[0], "winograd")
    board.set_alias(s, course, people[0], "Winograd")

    assert alias(s, course, people[0]) == "Winograd"


@pytest.mark.parametrize("text", ["", "x", "y" * 41, "a\x00b", "a\u202eb"])
def test_what_cannot_be_shown_is_refused(s: Session, people, course: Course, text: str):
    with pytest.raises(Refused, match="2 to 40 printable characters"):
        board.set_alias(s, course, people[0], text)


@pytest.mark.parametrize("text", ["ADA", "100001"])
def test_what_tells_who_one_is_is_refused(s: Session, people, course: Course, text: str):
    with pytest.raises(Refused, match="your own name or number"):
        board.set_alias(s, course, people[0], text)


def test_anothers_is_refused_in_any_letters_but_not_in_another_course(s: Session, people, course: Course):
    board.set_alias(s, course, people[0], "Winograd")
    with pytest.raises(Refused, match="winograd is taken"):
        board.set_alias(s, course, people[1], "winograd")

    other = courses.create_course(s, "cnn-2027", "Next year")
    board.set_alias(s, other, people[1], "Winograd")
