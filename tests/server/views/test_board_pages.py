"""Boards and timings as each sees them: speed on a submission's page, ranks, names, audits, and what stays secret."""

from __future__ import annotations

import csv
import io
import json
import re
from datetime import timedelta

import pytest
from sqlalchemy import select

from grader.contract import Outcome
from server.models import BoardName, CourseAssignment, Person, Submission, TimingReason, TimingRun, utcnow
from server.services import accounts, board, courses, grading, timing
from server.services.courses import EnrolmentRole
from tests.server import board_parts as parts

ASSIGNMENT = "/courses/cnn-2026/assignments/04-conv-forward/"
BOARD = f"{ASSIGNMENT}board/"
REASON = "Two people handed in the same file."
SEED = "987654321"


@pytest.fixture(scope="session")
def assignments_root(tmp_path_factory):
    root = tmp_path_factory.mktemp("assignments-of-boards")
    parts.write_timed(root)
    plain = parts.write_timed(root, "05-untimed", "Untimed") / "assignment.toml"
    plain.write_text(plain.read_text().split("[benchmark]")[0])
    return root


@pytest.fixture
def stand(s, published, conv, people):
    """Somebody with a timing of that speed, under their alias: the run's number."""

    def stand(name: str, ratio: float, alias: str | None = None, **more) -> int:
        person = s.get(Person, people[name].id)
        run = parts.stand(s, s.get(CourseAssignment, published.id), conv, person, ratio, **more)
        if alias:
            board.set_alias(s, published.course, person, alias)
        s.commit()
        return run.id

    return stand


@pytest.fixture
def waiting(s, published, conv, people) -> Submission:
    """Ada's submission, which has passed its checks and waits to be timed."""
    submission = parts.solve(s, published, conv, s.get(Person, people["ada"].id))
    s.commit()
    return submission


@pytest.fixture
def finish(s):
    """Records a timing for the newest run of a submission."""

    def finish(submission: Submission, result) -> None:
        parts.finish(s, timing.for_submission(s, submission)[0], result)
        s.commit()

    return finish


def page_of(submission: Submission) -> str:
    return f"/submissions/{submission.id}/"


def state(visitor, submission: Submission, seen: str = "") -> dict:
    return visitor.get(f"{page_of(submission)}state", query_string={"seen": seen}).json


def rows(page: str) -> list[list[str]]:
    """The texts of the board's rows, without their pictures."""
    found = re.findall(r"<tr role=\"row\"(.*?)</tr>", page.split("<tbody", 1)[1].split("</tbody>", 1)[0], re.DOTALL)
    return [texts(row.split(">", 1)[1]) for row in found]


def texts(html: str) -> list[str]:
    words = re.sub(r"<svg.*?</svg>", " ", html, flags=re.DOTALL)
    return [text for text in (part.strip() for part in re.sub(r"<[^>]+>", "\n", words).split("\n")) if text]


def names(page: str) -> list[str]:
    return re.findall(r'class="board-name"><bdi>([^<]*)', page)


# A submission's page


def test_a_solution_waits_to_be_timed_and_the_page_goes_on_asking(ada, waiting, people, s, published, conv):
    page = ada.text(page_of(waiting))
    assert 'data-done="true" data-settled="false"' in page
    assert "Being timed" in page
    assert "Every check passed" in page
    assert "It is the next one." in page
    second = parts.solve(s, published, conv, s.get(Person, people["ada"].id))
    s.commit()
    assert "It is 2nd in the queue" in ada.text(page_of(second))


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
    for text in ("one training 16.7 ms", "91.3% to 95.1%, 90% asked for", "Parameters 61,706", "an image 416,520"):
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


# The board


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
    assert second[-1] == "+50 %"
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


# Names


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


# The staff


def test_staff_see_who_stands_behind_a_name(teacher, stand):
    run = stand("ada", 1.8, "keen fox")
    page = teacher.text(BOARD)
    assert "Ada (100001)" in page
    assert f"{BOARD}timings/{run}/" in page


def test_a_hidden_entry_is_seen_by_its_person_and_the_staff_alone(ada, signed_in, teacher, stand):
    run = stand("ada", 1.8, "keen fox")
    stand("grace", 1.0, "calm owl")
    audit = f"{BOARD}timings/{run}/"
    empty = teacher.post(f"{audit}hide", {"reason": ""}, page=audit)
    assert empty.status_code == 422
    assert "Say why" in empty.text
    assert (
        "Taken off the board"
        in teacher.post(f"{audit}hide", {"reason": REASON}, page=audit, follow_redirects=True).text
    )
    own, other = ada.text(BOARD), signed_in("grace").text(BOARD)
    assert REASON in own
    assert "keen fox" in names(own)
    assert REASON not in other
    assert "keen fox" not in other
    assert f"Hidden: {REASON}" in teacher.text(BOARD)
    teacher.post(f"{audit}show", page=audit)
    assert "keen fox" in signed_in("grace").text(BOARD)
    assert REASON not in ada.text(BOARD)


def test_the_top_is_verified_again_and_the_intervals_are_compared(teacher, stand, s, conv):
    stand("ada", 1.8)
    stand("grace", 1.0)
    response = teacher.post(f"{BOARD}verify", page=BOARD, follow_redirects=True)
    assert "Verified again: 2 of the top ten." in response.text
    assert response.text.count("To come") == 2
    runs = list(
        s.scalars(select(TimingRun).where(TimingRun.reason == TimingReason.VERIFICATION).order_by(TimingRun.id))
    )
    parts.finish(s, runs[0], parts.make_timing(conv, 1.79))
    parts.finish(s, runs[1], parts.make_timing(conv, 0.2))
    s.commit()
    page = teacher.text(BOARD)
    assert page.count("They agree") == 1
    assert page.count("They differ") == 1
    assert "0.19 to 0.21 ×" in page
    again = teacher.post(f"{BOARD}verify", page=BOARD, follow_redirects=True)
    assert "Verified again: 2" in again.text
    assert "They wait to be timed already." in teacher.post(f"{BOARD}verify", page=BOARD, follow_redirects=True).text


def test_the_known_methods_are_measured_at_a_click(teacher, s, published):
    response = teacher.post(f"{BOARD}methods", page=BOARD, follow_redirects=True)
    assert "To be measured: 3 known methods." in response.text
    assert "3 timings wait or run" in response.text
    assert set(s.scalars(select(TimingRun.method))) == {"offsets", "loops", "im2col"}


def test_an_audit_has_every_sample_and_what_it_ran_on(teacher, stand, s):
    run = stand("ada", 1.8)
    told = " ".join(texts(teacher.text(f"{BOARD}timings/{run}/")))
    assert "of Ada (100001)" in told
    assert f"Pair Calls Submission Reference Median ratio 1 {parts.CALLS}" in told
    assert "94.0 GFLOP/s" in told
    assert "timer-1" in told
    assert parts.VERSION in told
    kept = s.get(TimingRun, run).result["samples"][0]["submission"][0]
    assert f"{kept:.4g}" in told


def test_an_audit_has_the_flags_which_students_never_see(ada, teacher, waiting, finish, conv, s):
    finish(waiting, parts.make_timing(conv, 1.8, flags=("It <slept> between calls.",)))
    (run,) = timing.for_submission(s, waiting)
    assert "It &lt;slept&gt; between calls." in teacher.text(f"{BOARD}timings/{run.id}/")
    assert "slept" not in ada.text(page_of(waiting))
    assert "slept" not in str(state(ada, waiting))


def test_the_seed_is_told_once_the_assignment_is_closed(teacher, stand, s, republish):
    run = stand("ada", 1.8)
    seed = str(s.get(TimingRun, run).seed)
    audit = f"{BOARD}timings/{run}/"
    for due in (None, 1):
        republish(due=due)
        for path in (audit, f"{audit}timing.json", f"{audit}timing.csv"):
            assert seed not in teacher.text(path)
            assert SEED not in teacher.text(path)
    republish(due=-1)
    assert seed in teacher.text(audit)
    assert json.loads(teacher.text(f"{audit}timing.json"))["timing"]["seed"] == int(SEED)


def test_the_files_of_an_audit_have_every_call(teacher, stand, s):
    run = stand("ada", 1.8)
    answer = teacher.get(f"{BOARD}timings/{run}/timing.csv")
    table = list(csv.DictReader(io.StringIO(answer.text)))
    assert len(table) == parts.PAIRS * parts.CALLS
    assert float(table[0]["submission_ms"]) == s.get(TimingRun, run).result["samples"][0]["submission"][0]
    assert "attachment" in answer.headers["Content-Disposition"]
    told = teacher.get(f"{BOARD}timings/{run}/timing.json").json
    assert (told["run"], told["reason"], told["timing"]["ratio"]) == (run, "submission", 1.8)


def test_an_audit_lists_all_timings_of_the_submission(teacher, stand, s):
    run = stand("ada", 1.8)
    other = stand("grace", 1.0)
    teacher.post(f"{BOARD}verify", page=BOARD)
    listed = teacher.text(f"{BOARD}timings/{run}/").split("All timings of this submission")[1]
    newest = s.scalar(select(TimingRun.id).where(TimingRun.submission_id == 1).order_by(TimingRun.id.desc()))
    assert re.findall(r">Timing (\d+)<", listed) == [str(newest), str(run)]
    assert f">Timing {other}<" not in listed


# Secrecy


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
