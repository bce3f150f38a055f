"""The board: who is how fast among people and known methods, ranks that are shared, and one's own history."""

from __future__ import annotations

import re

from server.models import Person, TimingRun
from server.services import courses
from tests.server import board_parts as parts
from tests.server.views.board.reading import ASSIGNMENT, BOARD, names, rows


def test_a_student_finds_the_board_wherever_the_assignment_is_spoken_of(ada, stand, s):
    run = s.get(TimingRun, stand("ada", 1.2))
    for page in ("/", ASSIGNMENT, f"/submissions/{run.submission_id}/"):
        assert f'href="{BOARD}"' in ada.text(page), page


def test_the_staff_find_the_board_from_the_course_the_gradebook_and_the_settings(teacher, stand):
    stand("ada", 1.2)
    for page in ("/", "/courses/cnn-2026/gradebook", "/courses/cnn-2026/publishing/", ASSIGNMENT):
        assert f'href="{BOARD}"' in teacher.text(page), page


def test_what_is_not_timed_or_not_open_leads_to_no_board(ada, teacher, s, course, assignments, republish):
    courses.publish(s, course, assignments["05-untimed"], opens_at=None, due_at=None, points=None)
    republish(opens=5)
    for page in ("/", "/courses/cnn-2026/gradebook", "/courses/cnn-2026/publishing/"):
        assert "05-untimed/board/" not in teacher.text(page), page
    for page in ("/", ASSIGNMENT):
        assert "/board/" not in ada.text(page), page


def test_an_empty_board_says_what_to_do(ada, teacher, published):
    page = ada.text(BOARD)
    assert "Nobody stands here yet." in page
    assert f"{ASSIGNMENT}#hand-in" in page
    assert "Measure the known methods first" in teacher.text(BOARD)


def test_a_board_has_the_fastest_first_with_own_row_and_gap(ada, stand):
    stand("grace", 1.8, "calm owl")
    stand("ada", 1.2, "keen fox")
    first, second, reference = rows(ada.text(BOARD))
    assert first[:2] == ["1", "calm owl"]
    assert second[:3] == ["2", "keen fox", "you"]
    assert second[-1] == "+50\N{NO-BREAK SPACE}%"
    assert first[-1] == "–"
    assert {"Gold", "1.8 ×", "45 %", "16.7 ms"} <= set(first)
    assert reference[1:3] == ["offsets", "the reference"]


def test_who_cannot_be_told_apart_shares_a_rank(ada, stand):
    stand("grace", 1.81)
    stand("ada", 1.8)
    page = ada.text(BOARD)
    assert page.count('class="board-equal"') == 2
    assert [row[2] for row in rows(page)[:2]] == ["1", "1"]


def test_methods_and_the_reference_are_no_people(ada, stand, s, published, conv, people):
    stand("ada", 0.5, "keen fox")
    lecturer = s.get(Person, people["lecturer"].id)
    parts.measure_methods(s, published, conv, lecturer, {"offsets": 1.0, "loops": 0.001, "im2col": 0.8})
    s.commit()
    page = ada.text(BOARD)
    assert names(page) == ["offsets", "im2col", "keen fox", "loops"]
    assert "1 person on the board" in page
    assert page.count("known method") == 2
    assert page.count("the reference, against itself") == 1
    assert [row[0] for row in rows(page)] == ["not ranked", "not ranked", "1", "not ranked"]


def test_staff_see_which_method_misses_its_tier(ada, teacher, s, published, conv, people):
    lecturer = s.get(Person, people["lecturer"].id)
    parts.measure_methods(s, published, conv, lecturer, {"offsets": 1.0, "loops": 0.001, "im2col": 0.3})
    s.commit()
    assert "Expected: Silver" in teacher.text(BOARD)
    assert "Expected" not in ada.text(BOARD)


def test_a_board_that_is_not_ones_course_is_not_there(signed_in, stand):
    run = stand("ada", 1.0)
    for path in (BOARD, f"{BOARD}timings/{run}/"):
        assert signed_in("stranger").get(path).status_code == 404
    assert signed_in("ada").get(f"{BOARD}?device=gpu").status_code == 404


def test_a_board_opens_with_its_assignment(ada, teacher, stand, republish):
    republish(opens=1)
    assert ada.get(BOARD).status_code == 404
    assert teacher.get(BOARD).status_code == 200
    republish(opens=-1)
    assert ada.get(BOARD).status_code == 200


def test_the_own_history_has_every_timing_with_the_number_of_its_submission(ada, stand, people):
    for ratio in (0.1, 0.6, 1.8):
        stand("ada", ratio)
    stand("grace", 0.7)
    history = ada.text(BOARD).split("My history")[1]
    assert re.findall(r'href="/submissions/\d+/#speed">(#\d)', history) == ["#3", "#2", "#1"]
    assert 'aria-label="Speed relative to the reference: #1 0.10 ×' in history
    assert "0.70 ×" not in history
