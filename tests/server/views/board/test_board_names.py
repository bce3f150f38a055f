"""Names on boards, and leaving them."""

from __future__ import annotations

import pytest
from sqlalchemy import select

from server.models import BoardName
from tests.server.views.board.reading import BOARD, names, rows


def test_a_name_is_drawn_that_tells_nothing_and_can_be_chosen(ada, stand, s, people):
    stand("ada", 1.0)
    drawn = s.scalar(select(BoardName.alias))
    assert drawn in ada.text(BOARD)
    response = ada.post(f"{BOARD}name", {"alias": "keen  fox"}, page=BOARD, follow_redirects=True)
    assert "Your name on the boards is saved." in response.text
    assert sorted(names(response.text)) == ["keen fox", "offsets"]
    assert drawn not in response.text


@pytest.mark.parametrize(
    ("alias", "reason"), [("Calm Owl", "is taken"), ("100001", "your own name or number"), ("", "")]
)
def test_a_name_that_is_refused_stays_in_its_field(ada, stand, alias, reason):
    stand("grace", 1.0, "calm owl")
    stand("ada", 0.5)
    response = ada.post(f"{BOARD}name", {"alias": alias}, page=BOARD)
    assert response.status_code == 422
    assert reason in response.text
    assert f'value="{alias}"' in response.text
    assert 'aria-invalid="true"' in response.text


def test_a_name_can_be_chosen_before_the_first_timing(ada, s, people, published):
    assert "a neutral name is drawn for you" in ada.text(BOARD)
    assert s.scalar(select(BoardName)) is None, "looking draws no name"
    ada.post(f"{BOARD}name", {"alias": "keen fox"}, page=BOARD)
    assert s.scalar(select(BoardName.alias)) == "keen fox"


def test_hostile_names_are_text(signed_in, stand):
    stand("ada", 1.0, "<script>alert(1)</script>")
    page = signed_in("grace").text(BOARD)
    assert "<script>alert" not in page
    assert "&lt;script&gt;alert" in page


def test_whoever_leaves_the_boards_is_on_nobody_elses(ada, signed_in, teacher, stand):
    stand("ada", 1.8, "keen fox")
    stand("grace", 1.0, "calm owl")
    left = ada.post(f"{BOARD}listing", {"listed": "no"}, page=BOARD, follow_redirects=True).text
    assert "keen fox" in names(left), "one's own row stays in sight"
    assert "You have left the boards of this course" in left
    grace = signed_in("grace").text(BOARD)
    assert "keen fox" not in grace
    assert rows(grace)[0][:2] == ["1", "calm owl"]
    assert "Has left the boards" in teacher.text(BOARD)
    ada.post(f"{BOARD}listing", {"listed": "yes"}, page=BOARD)
    assert "keen fox" in signed_in("grace").text(BOARD)
    assert ada.post(f"{BOARD}listing", {"listed": "perhaps"}, page=BOARD).status_code == 400
