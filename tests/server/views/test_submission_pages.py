"""A submission's page: waiting, being graded, graded, and what each viewer is shown of it."""

from __future__ import annotations

import re
from datetime import timedelta

import pytest
from sqlalchemy.orm import Session

from grader.contract import Progress, Status, Verdict, Visibility
from server.models import State, Submission, utcnow
from server.services import grading

PAGE = "/submissions/1/"
STATE = f"{PAGE}state"


@pytest.fixture
def progress(sessions, make_check):
    """Reports from a grader: how many of how many checks are done, and the one that just ended."""

    def progress(done: int, total: int, check=None, submission: int = 1) -> None:
        with sessions.begin() as s:
            assert grading.progress(s, Progress(submission, 1, done, total, 30.0, (check,) if check else ()))

    return progress


def state(visitor, seen: str = "") -> dict:
    return visitor.get(STATE, query_string={"seen": seen}, headers={"Accept": "application/json"}).json


def opened(page: str) -> list[str]:
    """The titles of the checks that are open, in order."""
    found = re.findall(r'<details class="check [^"]*"[^>]* open>.*?class="check-title">([^<]*)', page, re.DOTALL)
    return [title.strip() for title in found]


def test_a_waiting_submission_shows_its_place_in_the_queue(ada, submission, hand_in, people):
    second = hand_in(person=people["grace"])
    third = hand_in()
    assert "Next in the queue" in ada.text(PAGE)
    assert "<strong>3rd</strong> in the queue" in ada.text(f"/submissions/{third.id}/")
    assert ada.get(f"/submissions/{second.id}/").status_code == 404


def test_a_waiting_page_works_without_scripts(ada, submission):
    page = ada.text(PAGE)
    assert '<noscript><meta http-equiv="refresh" content="4"></noscript>' in page
    assert "Reload now" in page


def test_a_finished_page_neither_asks_nor_reloads(ada, submission, record, make_check):
    record(submission, (make_check(),))
    page = ada.text(PAGE)
    assert 'data-done="true"' in page
    assert "refresh" not in page


def test_a_running_submission_shows_what_is_done_and_what_came_in(ada, submission, progress, make_check, wrong_check):
    progress(0, 12)
    assert "<strong>0</strong> of 12 checks" in ada.text(PAGE)
    progress(1, 12, make_check("shapes"))
    progress(2, 12, wrong_check())
    page = ada.text(PAGE)
    assert "<strong>2</strong> of 12 checks" in page
    assert 'value="2" max="12"' in page
    assert "Not right so far" in page
    assert opened(page) == ["A 3×3 kernel, stride 2"]


def test_progress_names_no_hidden_check(ada, teacher, submission, progress, make_check):
    progress(1, 3, make_check("snare", title="The secret snare", message="how", visibility=Visibility.HIDDEN))
    for text in (ada.text(PAGE), str(state(ada))):
        assert "snare" not in text
        assert "1</strong> of 3" in text
    assert "The secret snare" in teacher.text(PAGE)


def test_the_state_is_sent_once_and_again_when_it_changed(ada, submission, progress, record, make_check):
    first = state(ada)
    assert first["announcement"] == "Waiting. It is the next in the queue."
    assert not first["done"]
    assert "html" not in state(ada, seen=first["version"])
    progress(1, 2, make_check())
    running = state(ada, seen=first["version"])
    assert "1</strong> of 2" in running["html"]
    assert running["announcement"] == "Grading has begun."
    record(submission, (make_check(), make_check("values", 0.0)))
    done = state(ada, seen=running["version"])
    assert done["done"]
    assert done["announcement"] == "Graded: 5 of 10 points. 1 of 2 checks did not pass."
    assert done["title"] == "5/10"
    assert "band-2" in done["history"]


def test_a_graded_submission_shows_score_mistakes_and_what_works_in_order(
    ada, submission, record, make_check, wrong_check
):
    record(submission, (make_check("shapes"), wrong_check("one", title="First wrong"), wrong_check("two")), score=5.0)
    page = ada.text(PAGE)
    order = ["<strong>5</strong>", "What is wrong", "First wrong", "What works", "Shapes", "The submitted"]
    places = [page.index(part) for part in order]
    assert places == sorted(places)
    assert opened(page) == ["First wrong"]
    assert "1 of 3 checks passed" in page


def test_a_check_shows_images_as_heat_maps(ada, submission, record, wrong_check):
    rows = [[float(i * j) for j in range(5)] for i in range(4)]
    maps = {"shape": [4, 5], "origin": [0, 0], "expected": rows, "got": rows[::-1], "difference": rows}
    maps["input"] = {"name": "<x>", "origin": [0, 0], "values": rows}
    record(submission, (wrong_check(counterexample={"what": "out", "index": [3, 4], "maps": maps}),))
    page = ada.text("/submissions/1/")
    assert page.count('<image href="data:image/png;base64,') == 4
    assert 'aria-label="Expected, out[0:4, 0:5]: 4 × 5 values, from 0 to 12; 12 at the worst place"' in page
    assert "&lt;x&gt;[0:4, 0:5]" in page
    assert "<x>" not in page


def test_a_check_shows_its_hint_message_and_evidence(ada, submission, record, wrong_check):
    record(submission, (wrong_check(), wrong_check("again")))
    page = ada.text(PAGE)
    assert "Likely cause, here and in 1 more" in page
    assert "The kernel is flipped." in page
    assert '<a href="#line-4">line 4</a>' in page
    assert "conv_forward(float64[1, 1, 4, 4])" in page
    assert '<td class="differs worst"><mark>-2.5</mark></td>' in page
    assert '<td class="differs"><mark>nan</mark></td>' in page
    assert '<td class="">3</td>' in page
    assert "x = np.array([[1.5, np.nan]])" in page


@pytest.mark.parametrize(
    ("status", "word"),
    [
        (Status.FAILED, "Wrong result"),
        (Status.ERROR, "Raised an error"),
        (Status.TIMEOUT, "Out of time"),
        (Status.MEMORY, "Out of memory"),
        (Status.CRASH, "Crashed"),
        (Status.SKIPPED, "Not run"),
        (Status.PASSED, "Passed"),
    ],
)
def test_every_status_has_a_word_beside_its_colour(ada, submission, record, make_check, status, word):
    record(submission, (make_check(status=status),))
    assert f"<span>{word}</span>" in ada.text(PAGE)


def test_hidden_checks_count_but_show_nothing_to_students(ada, teacher, submission, record, make_check, wrong_check):
    snare = wrong_check("snare", title="The secret snare", visibility=Visibility.HIDDEN)
    record(submission, (make_check(), snare))
    page = ada.text(PAGE)
    assert "snare" not in page
    assert "The kernel is flipped" not in page
    assert "1 more check is not shown to you but counts" in page
    assert "of 1 checks did not pass" not in str(state(ada))
    assert "The secret snare" in teacher.text(PAGE)
    assert "hidden from students" in teacher.text(PAGE)


def test_checks_for_after_the_due_date_come_when_it_is_over(ada, submission, record, republish, wrong_check):
    record(submission, (wrong_check("later", title="Shown later", visibility=Visibility.AFTER_DUE_DATE),))
    republish(due=1)
    assert "Shown later" not in ada.text(PAGE)
    republish(due=-1)
    assert "Shown later" in ada.text(PAGE)


def test_points_are_those_of_the_course(ada, submission, record, republish, make_check):
    republish(points=30)
    record(submission, (make_check(points=2.5, status=Status.FAILED),), score=2.5)
    page = ada.text(PAGE)
    assert "<strong>7.5</strong>" in page
    assert "/ 30 points" in page
    assert re.search(r'class="check-points">7.5<span class="of"> / 15', page)


HOSTILE = "<script>alert('x')</script>\x1b[31mred\x1b[0m\x07 \u202egnol"


def test_nothing_that_a_student_made_is_run_or_reorders_the_page(ada, submission, record, wrong_check):
    evidence = {"call": HOSTILE, "what": HOSTILE, "index": [0], "expected": HOSTILE, "got": HOSTILE, HOSTILE: HOSTILE}
    check = wrong_check(title=HOSTILE, message=HOSTILE, diagnosis=HOSTILE, counterexample=evidence)
    record(submission, (check,), stdout=HOSTILE)
    page = ada.text(PAGE)
    assert "<script>alert" not in page
    assert "&lt;script&gt;alert" in page
    assert not re.search("[\x00-\x08\x0b-\x1f\x7f\u202e]", page)
    assert "⟨U+202E⟩" in page


def test_printed_output_is_shown_and_cut_at_a_bound(ada, submission, record, make_check):
    record(submission, (make_check(),), stdout="first line\n" + "x" * 100_000)
    page = ada.text(PAGE)
    assert "first line" in page
    assert "more characters are left out" in page
    assert len(page) < 120_000


def test_the_source_has_line_numbers_and_a_download(ada, submission):
    page = ada.text(PAGE)
    assert '<tr id="line-4"><td class="line-number" data-number="4"></td><td class="line-text">' in page
    assert '<span class="nf">conv_forward</span>' in page
    response = ada.get(f"{PAGE}files/conv.py")
    assert response.headers["Content-Disposition"] == 'attachment; filename="conv.py"'
    assert response.data.startswith(b"import numpy")
    assert ada.get(f"{PAGE}files/other.py").status_code == 404


def test_a_rejected_file_says_why_once(ada, submission, record, make_check):
    message = "Your file could not be loaded. ModuleNotFoundError: No module named 'tensorflow', line 1"
    checks = tuple(make_check(f"c{i}", 0.0, status=Status.ERROR, message=message) for i in range(5))
    record(submission, checks, score=0.0, verdict=Verdict.REJECTED)
    page = ada.text(PAGE)
    assert page.count("No module named") == 1
    assert "Your file could not be graded" in page
    assert '<a href="#line-1">line 1</a>' in page
    assert state(ada)["announcement"].startswith("The file could not be graded")


def fail(sessions, submission: Submission, make_result) -> None:
    for attempt in (1, 2, 3):
        with sessions.begin() as s:
            worker = {"error": "sandbox: <bubblewrap> is gone", "host": "grader-1"}
            result = make_result(0.0, Verdict.INTERNAL_ERROR, checks=(), worker=worker)
            grading.record(s, result, submission.id, attempt)


def test_our_failure_is_said_to_be_ours_and_costs_nothing(ada, submission, sessions, make_result):
    fail(sessions, submission, make_result)
    page = ada.text(PAGE)
    assert "Our grader failed, not your code" in page
    assert "costs you no points" in page
    assert "bubblewrap" not in page
    assert "grader-1" not in page
    assert "Regrade" not in page


def test_the_staff_sees_what_failed_and_can_regrade(teacher, ada, submission, sessions, make_result, s: Session):
    fail(sessions, submission, make_result)
    page = teacher.text(PAGE)
    assert "sandbox: &lt;bubblewrap&gt; is gone" in page
    assert page.count("Internal error") == 3
    response = teacher.post(f"{PAGE}regrade", page=PAGE)
    assert response.location == PAGE
    s.expire_all()
    assert s.get(Submission, submission.id).state is State.QUEUED
    again = teacher.post(f"{PAGE}regrade", page=PAGE, follow_redirects=True)
    assert "is being graded already" in again.text


def test_a_regrade_keeps_the_score_in_sight_until_the_new_one(ada, teacher, submission, record, make_check):
    record(submission, (make_check(),), score=6.0)
    teacher.post(f"{PAGE}regrade", page=PAGE)
    assert "6 points count until then" in ada.text(PAGE)


def test_a_lecturer_sees_whose_submission_it_is(teacher, submission):
    page = teacher.text(PAGE)
    assert "Ada (100001)" in page
    assert "Hand in again" not in page


def test_times_carry_the_moment_for_the_readers_zone(ada, submission, s: Session):
    submission = s.get(Submission, submission.id)
    submission.created_at = utcnow() - timedelta(hours=3)
    s.commit()
    assert re.search(r'<time datetime="[\d-]+T[\d:]+\+00:00" data-form="both"[^>]*>3 hours ago · ', ada.text(PAGE))
