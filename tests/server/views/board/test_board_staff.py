"""What the staff see and do: people behind names, verifications, known methods, audits and their files."""

from __future__ import annotations

import csv
import io
import json
import re

from sqlalchemy import select
from sqlalchemy.orm import object_session

from grader.contract import Device, ProcessPair
from server.models import TimingReason, TimingRun
from server.services import timing
from tests.server import board_parts as parts
from tests.server.seeds import KNOWN_SEED
from tests.server.views.board.reading import BOARD, names, page_of, state, texts

REASON = "Two people handed in the same file."
SEED = str(KNOWN_SEED)


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
    assert "3 timings of this assignment to come" in response.text
    assert "Queue <code>time.cpu</code>: 3 wait" in response.text
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


def test_an_audit_has_the_events_beside_the_judges_clock(teacher, waiting, finish, conv):
    pair = ProcessPair((9.0, 11.0), (4.0, 6.0), (2.0, None), (3.0, 5.0))
    gpu = {"device": Device("gpu", "H200"), "machine": {"sm_mhz": 1980.0, "library_ms": 3.5}}
    finish(waiting, parts.make_timing(conv, 1.8, samples=(pair,), **gpu))
    (run,) = timing.for_submission(object_session(waiting), waiting)
    audit = f"{BOARD}timings/{run.id}/"
    told = " ".join(texts(teacher.text(audit)))
    assert "CUDA’s events beside the judge’s clock" in told
    assert "Submission 9.00 ms 2.00 ms 7.00 ms 1 of 2 Reference 5.00 ms 4.00 ms 1.00 ms 2 of 2" in told
    assert "The GPU’s clock after calls, median 1,980 MHz" in told
    assert "A call of the library’s own 3.50 ms" in told
    first, second = csv.DictReader(io.StringIO(teacher.text(f"{audit}timing.csv")))
    assert (first["submission_events_ms"], second["submission_events_ms"]) == ("2.0", "")
    assert (first["reference_events_ms"], second["reference_events_ms"]) == ("3.0", "5.0")


def test_an_audit_of_a_processor_has_no_events(teacher, stand):
    run = stand("ada", 1.8)
    assert "beside the judge’s clock" not in teacher.text(f"{BOARD}timings/{run}/")
    assert teacher.text(f"{BOARD}timings/{run}/timing.csv").startswith("pair,call,submission_ms,reference_ms\r\n")


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
