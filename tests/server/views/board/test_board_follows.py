"""A board while something is to be timed: its page asks for what changed, and the rest is neither drawn nor sent."""

from __future__ import annotations

import re

import pytest

from server.models import EnrolmentRole, Person
from server.rendering import board_rows
from server.services import accounts, board, courses
from tests.server import board_parts as parts
from tests.server.views.board.reading import BOARD, names


def tags(page: str) -> dict[str, str]:
    return dict(re.findall(r'data-part="(\w+)" data-tag="(\w+)"', page))


def follow(visitor, seen: dict[str, str], **more: str) -> dict:
    return visitor.get(f"{BOARD}state", query_string=seen | more).json


def test_a_student_who_waits_is_told_and_the_page_goes_on_asking(ada, waiting):
    page = ada.text(BOARD)
    assert f'href="/submissions/{waiting.id}/#speed">Your submission</a> waits to be timed. It is the next one.' in page
    assert "The points of its checks are safe" in page
    assert "board.js" in page
    answer = follow(ada, tags(page))
    assert (answer["parts"], answer["settled"]) == ({}, False)


def test_a_timing_that_comes_in_changes_the_rows_and_settles_the_page(ada, waiting, finish, conv):
    seen = tags(ada.text(BOARD))
    finish(waiting, parts.make_timing(conv, 1.8))
    answer = follow(ada, seen)
    assert set(answer["parts"]) == {"queue", "results"}
    assert "Your submission" not in answer["parts"]["queue"]["html"]
    assert 'data-spoken="You are 1st and the only one so far. Gold."' in answer["parts"]["results"]["html"]
    assert answer["settled"]
    assert follow(ada, {name: part["tag"] for name, part in answer["parts"].items()})["parts"] == {}


def test_rows_that_have_not_changed_are_not_even_read(ada, waiting, monkeypatch):
    seen = tags(ada.text(BOARD))

    def refuse(*_, **__):
        pytest.fail("the board was read for a page that has its newest state")

    monkeypatch.setattr(board, "entries", refuse)
    monkeypatch.setattr(board_rows, "board_of", refuse)
    assert follow(ada, seen)["parts"] == {}


def test_a_page_with_nothing_to_wait_for_asks_nothing(ada, signed_in, teacher, stand, waiting):
    stand("grace", 1.8)
    assert "board.js" not in signed_in("grace").text(BOARD), "only Ada waits"
    assert "board.js" in teacher.text(BOARD), "the staff wait for everybody"


def test_whoever_leaves_or_is_hidden_changes_the_rows_of_others(ada, signed_in, teacher, stand, waiting):
    run = stand("grace", 1.8, "calm owl")
    before = tags(ada.text(BOARD))["results"]
    signed_in("grace").post(f"{BOARD}listing", {"listed": "no"}, page=BOARD)
    left = follow(ada, {"results": before})["parts"]["results"]
    assert "calm owl" not in left["html"]
    teacher.post(f"{BOARD}timings/{run}/hide", {"reason": "Copied."}, page=BOARD)
    assert follow(ada, {"results": left["tag"]})["parts"]["results"]["tag"] != left["tag"]


def test_the_parts_tell_a_student_no_more_than_the_page(ada, stand, waiting):
    stand("grace", 1.8, "calm owl")
    told = ada.get(f"{BOARD}state").text
    assert "calm owl" in told
    for secret in ("100002", "timings/", "For staff"):
        assert secret not in told


def test_a_long_board_shows_the_first_and_those_around_and_all_at_a_click(ada, s, course, published, conv, people):
    speeds = [2.0 * 0.9**place for place in range(60)]
    for place, speed in enumerate(speeds):
        person = accounts.create_person(s, f"3{place:05}")
        courses.enrol(s, course, person, EnrolmentRole.STUDENT)
        parts.stand(s, published, conv, person, speed, spread=0.001)
        board.set_alias(s, course, person, f"runner {place}")
    parts.stand(s, published, conv, s.get(Person, people["ada"].id), 2.0 * 0.9**29.5, spread=0.001)
    s.commit()
    short = ada.text(BOARD)
    around = {f"runner {place}" for place in (*range(10), *range(27, 33))}
    assert {name for name in names(short) if name.startswith("runner")} == around
    assert "17 of 61 people are shown." in short
    assert [int(count) for count in re.findall(r">(\d+) more people<", short)] == [17, 27]
    assert "Ahead of you is <bdi>runner 29</bdi>" in short
    full = ada.text(f"{BOARD}?rows=all")
    assert len([name for name in names(full) if name.startswith("runner")]) == 60
    assert 'id="filter"' in full
