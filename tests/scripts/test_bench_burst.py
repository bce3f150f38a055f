"""`make bench-burst`: what it hands in, what it counts, and how it reads what processes use."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections import Counter
from pathlib import Path

import pytest
from click.testing import CliRunner

from grader.contract import Assignment, load_assignment
from scripts import process_meter
from scripts.bench_burst import main
from scripts.burst.handing_in import plan
from scripts.burst.outcome import GRADED_LINE, RECORDED_LINE, lines
from scripts.burst.report import memory
from scripts.process_meter import Meter, Usage, below, everything

ROOT = Path(__file__).parent.parent.parent
BURN = "import time\nwhile time.process_time() < 0.3: pass"


def bench(*arguments: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "scripts.bench_burst", *arguments]
    kept = {name: value for name, value in os.environ.items() if not name.startswith("STRIDE_")}
    return subprocess.run(command, cwd=ROOT, env=kept, capture_output=True, text=True)


@pytest.fixture(scope="module")
def convolution() -> Assignment:
    return load_assignment(ROOT / "assignments" / "04-conv-forward")


@pytest.mark.slow
def test_burst_is_graded_once_each_and_says_what_it_used() -> None:
    outcome = bench("--count", "6", "--accepted", "2", "--mix", "accepted=2,wrong=1", "--json")
    assert outcome.returncode == 0, outcome.stderr
    mixture, alone = json.loads(outcome.stdout)
    assert (mixture["count"], alone["count"]) == (6, 2)
    assert mixture["graded_twice"] == alone["graded_twice"] == 0
    assert mixture["submissions_per_second"] == pytest.approx(6 / mixture["seconds"], rel=0.01)
    used = mixture["cpu_seconds_per_submission"]
    assert used["judge"] > used["grader"] > 0
    assert used["sandbox"] > 0
    assert mixture["milliseconds"]["grade_ms"]["p50"] < mixture["milliseconds"]["hand-in to score"]["p50"]


@pytest.mark.slow
def test_burst_over_http_is_graded_too() -> None:
    outcome = bench("--count", "3", "--accepted", "0", "--through-web", "--json")
    assert outcome.returncode == 0, outcome.stderr
    (burst,) = json.loads(outcome.stdout)
    assert burst["count"] == 3
    assert burst["cpu_seconds_per_submission"]["web"] > 0


@pytest.mark.parametrize(
    ("arguments", "named"),
    [
        (("--count", "0"), "--count"),
        (("--mix", "accepted"), "--mix"),
        (("--mix", "accepted=0"), "--mix"),
        (("--assignment", "99-absent"), "--assignment"),
    ],
)
def test_burst_refuses_what_it_cannot_hand_in(arguments: tuple[str, ...], named: str) -> None:
    outcome = CliRunner().invoke(main, arguments)
    assert outcome.exit_code == 2
    assert named in outcome.output


def test_plan_has_the_shares_of_the_mixture_and_every_sample_in_turn(convolution: Assignment) -> None:
    planned = plan(convolution, {"accepted": 60, "wrong": 30, "crash": 10}, 100)
    assert Counter(each.kind for each in planned) == {"accepted": 60, "wrong": 30, "crash": 10}
    assert len({each.file for each in planned if each.kind == "accepted"}) == len(convolution.submissions("accepted"))
    assert [each.file for each in planned] == [
        each.file for each in plan(convolution, {"accepted": 60, "wrong": 30, "crash": 10}, 100)
    ]


@pytest.mark.parametrize("count", [1, 2, 3, 7, 50])
def test_plan_is_as_long_as_was_asked_for(convolution: Assignment, count: int) -> None:
    assert len(plan(convolution, {"accepted": 1, "wrong": 1, "crash": 1}, count)) == count


def test_a_second_grading_of_an_attempt_shows_in_the_logs(tmp_path: Path) -> None:
    log = tmp_path / "log"
    log.write_text(
        "2026 [info] graded  assignment=04 attempt=1 score=10.0 submission=7\n"
        "2026 [\x1b[32minfo\x1b[0m] \x1b[1mgraded\x1b[0m  \x1b[36mattempt\x1b[0m=1 \x1b[36msubmission\x1b[0m=7\n"
        "2026 [info] result recorded  attempt=1 submission=7\n"
        "2026 [info] result kept, it decides nothing  attempt=1 submission=7\n"
    )
    assert lines(log, GRADED_LINE) == {(7, 1): 2}
    assert lines(log, RECORDED_LINE) == {(7, 1): 2}


def test_memory_compares_the_first_and_the_last_tenth_of_processes_that_last() -> None:
    samples = [{"judge": {1: 100.0 + step, 2: 50.0}, "redis": {9: 10.0}} for step in range(20)]
    samples[5]["judge"][3] = 900.0
    assert memory(samples) == {"judge": (150.5, 168.5), "redis": (10.0, 10.0)}


def test_a_process_is_read_whatever_its_name() -> None:
    fields = ["S", "7", *["0"] * 9, "150", "50", "30", "20", *["0"] * 6, "512"]
    usage = process_meter.parse(f"42 (a) (b c) {' '.join(fields)}\n")
    tick, page = process_meter.TICK_SECONDS, process_meter.PAGE_MIB
    assert usage == Usage(42, 7, "a) (b c", 200 * tick, 50 * tick, 512 * page)


def test_descendants_are_found_over_generations() -> None:
    parents = {2: 1, 3: 2, 4: 3, 5: 1}
    processes = {pid: Usage(pid, parent, "", 0.0, 0.0, 0.0) for pid, parent in parents.items()}
    assert below(processes, {2}) == {3, 4}


def test_what_an_ended_child_used_is_counted_for_its_parent() -> None:
    command = (
        f"import subprocess, sys, time\nsubprocess.run([sys.executable, '-c', {BURN!r}])\nprint(flush=True)\ninput()"
    )
    with subprocess.Popen(
        [sys.executable, "-c", command], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    ) as process:
        assert process.stdout is not None
        process.stdout.readline()
        used = Meter({"web": process.pid}).seconds_used()["web"]
        assert everything()[process.pid].ended_seconds >= 0.25
        process.communicate("\n")
    assert used >= 0.25
