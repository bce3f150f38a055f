"""Speed on a submission's page: while it waits, when it has come, refused, failed or no longer counting."""

from __future__ import annotations

from grader.contract import Outcome
from server.models import Person
from server.services import courses, grading, timing
from tests.server import board_parts as parts
from tests.server.views.board.reading import ASSIGNMENT, BOARD, page_of, state, texts


def test_a_solution_waits_to_be_timed_and_the_page_goes_on_asking(ada, waiting, people, s, published, conv):
    page = ada.text(page_of(waiting))
    assert 'data-done="true" data-settled="false"' in page
    assert "Being timed" in page
    assert "Every check passed" in page
    assert "It is the next one." in page
    second = parts.solve(s, published, conv, s.get(Person, people["ada"].id))
    s.commit()
    assert "1 timing comes first." in ada.text(page_of(second))


def test_the_state_says_when_the_timing_has_come(ada, waiting, finish, conv):
    before = state(ada, waiting)
    assert (before["done"], before["settled"]) == (True, False)
    assert before["timing"]["state"] == "queued"
    assert before["announcement"].endswith("It is being timed.")
    assert "html" not in state(ada, waiting, before["version"])
    finish(waiting, parts.make_timing(conv, 1.8))
    after = state(ada, waiting, before["version"])
    assert after["settled"]
    assert "1.8 times as fast as the reference" in after["html"]
    assert "Full marks" in after["html"]
    assert after["announcement"].endswith("Timed: 1.8 times as fast as the reference, 1.7 to 1.9. Gold.")
    assert after["title"] == "12/12"
    assert {name: after["timing"][name] for name in ("ratio", "tier", "points", "device_kind")} == {
        "ratio": 1.8,
        "tier": "gold",
        "points": 2.0,
        "device_kind": "cpu",
    }


def test_a_timed_page_says_how_fast_and_what_the_next_tier_asks(ada, waiting, finish, conv):
    finish(waiting, parts.make_timing(conv, 0.4))
    told = " ".join(texts(ada.text(page_of(waiting))))
    assert "2.5 times the reference’s time , 2.4 to 2.6 times as long" in told
    assert "Bronze 1 / 2 points for speed" in told
    assert "Next: Silver asks for at most 2 times the reference’s time, for 1.5 points" in told
    assert "that is 1.2 times as fast as now" in told
    for figure in ("75.0 ms", "30.0 ms", "8.00 GFLOP/s", "Of what this machine’s arithmetic allows 10 %", "70 µs"):
        assert figure in told
    assert "Xeon 8480" in told


def test_a_timed_training_says_what_it_reached(ada, teacher, waiting, finish, conv, s):
    reached = {"target": 0.9, "accuracies": [0.913, 0.951], "reference_accuracies": [0.94, 0.93]}
    figures = reached | {"parameters": 61706, "mult_adds": 416520, "seeds": 2}
    finish(waiting, parts.make_timing(conv, 1.8, training=figures, gflops=None, percent_of_limit=None, limited_by=""))
    told = " ".join(texts(ada.text(page_of(waiting))))
    for text in (
        "one training 16.7 ms",
        "An empty training 70 µs",
        "The empty training is",
        "91.3% to 95.1%, 90% asked for",
        "Parameters 61,706",
        "an image 416,520",
    ):
        assert text in told
    assert "GFLOP" not in told
    (run,) = timing.for_submission(s, waiting)
    assert "milliseconds for one training" in teacher.text(f"{BOARD}timings/{run.id}/")


def test_points_for_speed_are_those_of_the_course(ada, waiting, finish, conv, republish):
    republish(points=24)
    finish(waiting, parts.make_timing(conv, 0.4))
    told = " ".join(texts(ada.text(page_of(waiting))))
    assert "22 / 24 points" in told
    assert "2 / 4 points for speed" in told
    assert "for 3 points" in told


def test_a_refused_timing_says_why_and_what_to_do(ada, waiting, finish, conv):
    finish(waiting, parts.refused(conv, "A <thread> was started, line 4 of conv.py."))
    page = ada.text(page_of(waiting))
    assert "The timing was refused." in page
    assert "A &lt;thread&gt; was started" in page
    assert '<a href="#line-4">line 4</a>' in page
    assert "Mend this and hand in again" in page
    assert "10/12" in state(ada, waiting)["title"]


def test_a_failure_of_ours_is_said_to_be_ours(ada, teacher, waiting, s, conv):
    (run,) = timing.for_submission(s, waiting)
    broken = parts.refused(conv, "The clock <stood> still.")
    for attempt in range(1, 4):
        timing.record(s, run.id, attempt, parts.replace(broken, outcome=Outcome.INTERNAL_ERROR))
    s.commit()
    page = ada.text(page_of(waiting))
    assert "Our timing failed, not your code." in page
    assert "stood" not in page
    assert 'data-settled="true"' in page
    audit = f"{BOARD}timings/{run.id}/"
    assert "The clock &lt;stood&gt; still." in teacher.text(audit)
    assert f"timing {run.id}" in teacher.text(BOARD)
    response = teacher.post(f"{audit}again", page=audit, follow_redirects=True)
    assert "It is timed again." in response.text
    assert "Only a timing that failed" in teacher.post(f"{audit}again", page=audit, follow_redirects=True).text


def test_what_has_not_passed_every_check_is_told_what_speed_takes(ada, s, published, conv, people):
    submission = parts.solve(s, published, conv, s.get(Person, people["ada"].id), score=7.0)
    s.commit()
    page = ada.text(page_of(submission))
    assert "Speed is timed once every check passes, and earns up to 2 points more." in page
    assert 'data-settled="true"' in page


def test_timings_count_no_longer_when_a_regrade_finds_a_mistake(ada, teacher, stand, s, conv):
    stand("ada", 1.8)
    teacher.post("/submissions/1/regrade", page="/submissions/1/")
    s.expire_all()
    assert grading.record(s, parts.passed(conv, 7.0), 1, 2, assignment=conv)
    s.commit()
    page = ada.text("/submissions/1/")
    assert "<strong>7</strong>" in page
    assert "Every check passed" not in page
    assert "as fast as the reference" not in page
    assert "Speed is timed once every check passes" in page


def test_a_timing_that_is_repeated_keeps_the_figures_in_sight(ada, teacher, stand, s):
    stand("ada", 1.8)
    teacher.post(f"{BOARD}verify", page=BOARD)
    told = " ".join(texts(ada.text("/submissions/1/")))
    assert "Being timed again" in told
    assert "1.8 times as fast as the reference" in told


def test_the_assignment_says_what_speed_earns_and_leads_to_the_board(ada, people, published):
    page = ada.text(ASSIGNMENT)
    assert f'href="{BOARD}"' in page
    assert "Gold from 1.5 × 2" in " ".join(texts(page))


def test_an_assignment_that_is_not_timed_has_no_board_and_says_nothing_of_speed(ada, teacher, s, course, assignments):
    courses.publish(s, course, assignments["05-untimed"], opens_at=None, due_at=None, points=None)
    s.commit()
    untimed = "/courses/cnn-2026/assignments/05-untimed/"
    assert "Speed" not in ada.text(untimed)
    assert ada.get(f"{untimed}board/").status_code == 404
    assert teacher.post(f"{untimed}board/verify", page=BOARD).status_code == 404


def test_a_lucky_timing_says_why_not_all_of_its_points_count(ada, people, s, published, conv):
    person = s.get(Person, people["ada"].id)
    for ratio in (1.5, 1.5):
        parts.stand(s, published, conv, person, ratio)
    lucky = parts.stand(s, published, conv, person, 1.6)
    s.commit()

    told = " ".join(texts(ada.text(page_of(lucky.submission))))

    assert "Gold 2 / 2 points for speed Of these points, 1.5 count:" in told
    assert lucky.submission.score == 11.5
