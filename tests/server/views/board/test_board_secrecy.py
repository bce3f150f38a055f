"""What a board tells nobody: other people, seeds, and acts of the staff."""

from __future__ import annotations

from datetime import timedelta

from server.models import Person, TimingRun, utcnow
from server.services import accounts, courses
from server.services.courses import EnrolmentRole
from tests.server.seeds import KNOWN_SEED
from tests.server.views.board.reading import BOARD

SEED = str(KNOWN_SEED)


def test_a_board_tells_a_student_nothing_that_leads_to_another(ada, stand, s, people):
    grace = s.get(Person, people["grace"].id)
    grace.name, grace.email = "Grace Hopper", "grace@example.org"
    s.commit()
    other = stand("grace", 1.8, "calm owl")
    own = stand("ada", 1.2, "keen fox")
    page = ada.text(BOARD)
    found = s.get(TimingRun, other)
    for secret in (
        "Hopper",
        "100002",
        "grace@",
        f"/submissions/{found.submission_id}/",
        str(found.seed),
        SEED,
        "timings/",
    ):
        assert secret not in page
    assert f"/submissions/{s.get(TimingRun, own).submission_id}/" in page


def test_no_student_reaches_an_audit_or_an_act_of_the_staff(ada, stand):
    own, other = stand("ada", 1.2), stand("grace", 1.8)
    for run in (own, other):
        audit = f"{BOARD}timings/{run}/"
        for path in (audit, f"{audit}timing.json", f"{audit}timing.csv"):
            assert ada.get(path).status_code == 404
        for act in ("hide", "show", "again"):
            assert ada.post(f"{audit}{act}", {"reason": "no"}, page=BOARD).status_code == 404
    for act in ("verify", "methods"):
        assert ada.post(f"{BOARD}{act}", page=BOARD).status_code == 404
    assert "For staff" not in ada.text(BOARD)


def test_an_act_needs_the_token_of_its_page(ada, teacher, stand):
    run = stand("ada", 1.2)
    for visitor, path in (
        (ada, "name"),
        (ada, "listing"),
        (teacher, "verify"),
        (teacher, "methods"),
        (teacher, f"timings/{run}/hide"),
        (teacher, f"timings/{run}/show"),
        (teacher, f"timings/{run}/again"),
    ):
        assert visitor.client.post(f"{BOARD}{path}", data={"alias": "x y", "reason": "x"}).status_code == 400


def test_a_lecturer_sees_the_boards_of_their_own_courses_alone(teacher, stand, s, assignments):
    run = stand("ada", 1.8)
    other = courses.create_course(s, "third-2026", "A third course")
    courses.publish(s, other, assignments["04-conv-forward"], opens_at=None, due_at=None, points=None)
    courses.enrol(s, other, accounts.person_by_number(s, "lecturer"), EnrolmentRole.LECTURER)
    s.commit()
    elsewhere = f"/courses/third-2026/assignments/04-conv-forward/board/timings/{run}/"
    assert teacher.get(elsewhere).status_code == 404
    assert teacher.get(f"{BOARD}timings/{2**40}/").status_code == 404


def test_times_are_the_readers(ada, stand, s):
    run = s.get(TimingRun, stand("ada", 1.8))
    run.finished_at = utcnow() - timedelta(hours=3)
    s.commit()
    assert "3 hours ago" in ada.text(BOARD)
