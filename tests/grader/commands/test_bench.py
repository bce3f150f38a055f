"""`stride bench`, `stride grade --bench` and the timed half of `stride check`, as a shell runs them."""

from __future__ import annotations

import dataclasses
import io
import json

import pytest
from rich.console import Console

from grader.commands.bench_plot import Axis, Bar, Mark, row_of, show_plot
from grader.commands.bench_table import events_in_words, in_words, show_timing, tier_in_words
from grader.commands.check_methods import problem_of
from grader.contract import Comparison, Device, Outcome, ProcessPair, Timing, load_assignment
from tests.grader.timed_assignment import (
    EIGHT_TIMES,
    ONCE,
    RAISES_WHERE_LARGE,
    TOML,
    WRONG,
    WRONG_WHERE_LARGE,
    write_timed_assignment,
)


@pytest.fixture
def timed(folder):
    """The folder of an assignment that is timed, beside one that is not."""
    return write_timed_assignment(folder)


@pytest.fixture
def mine(tmp_path, timed):
    """Write a submission."""

    def write(source: str, name: str = "mine.py") -> str:
        (tmp_path / name).write_text(source)
        return name

    return write


def test_json_has_ratio_interval_verdict_percent_samples_and_device_and_nothing_else_is_printed(stride, mine):
    done = stride("bench", "91", mine(EIGHT_TIMES), "--json", "--seconds", "1", "--seed", "5")
    assert done.returncode == 0, done.stderr
    data = json.loads(done.stdout)
    low, high = data["interval"]
    assert low <= data["ratio"] <= high < 1
    assert data["verdict"] == "slower"
    assert 0 < data["percent_of_limit"] < 100
    assert data["device"]["kind"] == "cpu"
    assert (data["seed"], data["case"], data["tier"]) == (5, "graded", "bronze")
    assert all(len(pair["submission"]) == len(pair["reference"]) for pair in data["samples"])
    extra = {"case", "shape"}
    assert Timing.from_dict({key: value for key, value in data.items() if key not in extra}).outcome is Outcome.TIMED


def test_figures_for_people_have_the_verdict_the_tier_the_next_one_and_the_limits(stride, mine):
    done = stride("bench", "91", mine(EIGHT_TIMES), "--seconds", "1", COLUMNS="120")
    assert done.returncode == 0, done.stderr
    for part in (
        "slower: it takes",
        "bronze (1 of 2 points); silver asks for 0.4",
        "% of the machine's limit",
        "a matrix product's rate",
        "a call that does nothing takes",
        "process pairs",
        "384×384, float32",
        "▲ your machine's limit",
        "│ the reference (once) 1",
        "┊ bronze 0.02, silver 0.4",
    ):
        assert part in done.stdout


def test_another_file_takes_the_references_place_and_then_there_is_no_tier(stride, mine):
    mine(EIGHT_TIMES, "other.py")
    done = stride("bench", "91", mine(ONCE), "--against", "other.py", "--seconds", "1", COLUMNS="120")
    assert "faster: other.py takes" in done.stdout
    assert "bronze" not in done.stdout


def test_methods_stand_beside_the_submission_in_order_of_speed(stride, mine):
    done = stride("bench", "91", mine(ONCE), "--methods", "--seconds", "1", "--json")
    data = json.loads(done.stdout)
    assert list(data["methods"]) == ["eight_times", "once"]
    assert data["methods"]["eight_times"]["ratio"] < data["methods"]["once"]["ratio"]


def test_without_a_file_every_accepted_sample_is_timed(stride, timed):
    (timed / "submissions" / "accepted" / "unlisted.py").write_text(ONCE)
    done = stride("bench", "91", "--methods", "--seconds", "1", "--case", "small", COLUMNS="120")
    assert done.returncode == 0, done.stderr
    assert "64×64, float32" in done.stdout
    rows = [line for line in done.stdout.splitlines() if line.startswith("│")]
    assert {row.split()[1] for row in rows} == {"eight_times", "once", "unlisted"}


def test_a_file_that_fails_a_check_is_not_timed_and_the_check_is_named(stride, mine):
    done = stride("bench", "91", mine(WRONG), "--json")
    assert done.returncode == 2
    assert done.stdout == ""
    assert "'The product of two matrices' fails" in done.stderr


def test_no_check_times_at_once_and_a_wrong_output_is_told(stride, mine):
    done = stride("bench", "91", mine(WRONG_WHERE_LARGE), "--no-check", "--json")
    data = json.loads(done.stdout)
    assert (done.returncode, data["outcome"]) == (0, "refused")
    assert "index (1, 2)" in data["message"]
    assert "Not timed: " in stride("bench", "91", mine(RAISES_WHERE_LARGE)).stdout


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        (("90", "mine.py"), "90-doubling is not timed"),
        (("91",), "name a FILE, or give --methods"),
        (("91", "mine.py", "--case", "huge"), "no case 'huge'; it has graded, small"),
        (("91", "nowhere.py"), "nowhere.py"),
        (("91", "mine.py", "--against", "picture.png"), "picture.png"),
        (("92", "mine.py"), "There is no assignment 92."),
        (("91", "mine.py", "--seconds", "0"), "--seconds"),
    ],
)
def test_bad_input_ends_with_2_and_says_what_is_wrong(stride, mine, tmp_path, arguments, told):
    mine(ONCE)
    (tmp_path / "picture.png").write_bytes(b"\x89PNG")
    done = stride("bench", *arguments)
    assert (done.returncode, done.stdout) == (2, "")
    assert told in " ".join(done.stderr.split())


def test_a_reference_that_fails_ends_with_2_and_is_named(stride, mine, timed):
    (timed / "submissions" / "accepted" / "once.py").write_text(RAISES_WHERE_LARGE)
    done = stride("bench", "91", mine(ONCE))
    assert done.returncode == 2
    assert "what submissions are timed against fails" in " ".join(done.stderr.split())


def test_without_a_sandbox_bench_fails_with_3(stride, mine):
    done = stride("bench", "91", mine(ONCE), PATH="/nowhere")
    assert done.returncode == 3
    assert "apt-get install" in done.stderr


def test_grade_says_how_the_points_for_speed_are_got(stride, mine):
    done = stride("grade", "91", mine(ONCE), COLUMNS="120")
    assert "3 of 5 points" in done.stdout
    assert "2 of the 5 points are for speed; to be timed now: stride bench 91-product mine.py" in done.stdout
    assert "once all checks pass" in stride("grade", "91", mine(WRONG), COLUMNS="120").stdout
    assert json.loads(stride("grade", "91", mine(ONCE), "--json").stdout)["benchmark"] is None


def test_grade_with_bench_adds_the_points_for_speed(stride, mine, timed):
    (timed / "assignment.toml").write_text(TOML.replace("seconds = 20\n\n[[bench", "seconds = 1\n\n[[bench"))
    data = json.loads(stride("grade", "91", mine(EIGHT_TIMES), "--json", "--bench").stdout)
    assert (data["score"], data["max_score"], data["benchmark"]["tier"]) == (4.0, 5.0, "bronze")
    wrong = json.loads(stride("grade", "91", mine(WRONG), "--json", "--bench").stdout)
    assert (wrong["score"], wrong["benchmark"]) == (0.0, None)


def test_grade_with_bench_of_what_is_not_timed_ends_with_2(stride, mine):
    done = stride("grade", "90", mine(ONCE), "--bench")
    assert done.returncode == 2
    assert "90-doubling is not timed" in done.stderr


def test_check_holds_methods_to_their_tiers(stride, timed):
    done = stride("check", "91", "--json")
    assert done.returncode == 0, done.stdout
    methods = {method["name"]: method for method in json.loads(done.stdout)["methods"]}
    assert {name: method["tier"] for name, method in methods.items()} == {"eight_times": "bronze", "once": "silver"}


def test_check_names_a_method_that_does_not_reach_its_tier(stride, timed):
    (timed / "assignment.toml").write_text(TOML.replace('eight_times = "bronze"', 'eight_times = "silver"'))
    done = stride("check", "91", "--json")
    assert done.returncode == 2
    (problem,) = json.loads(done.stdout)["problems"]
    assert problem.startswith("91-product eight_times reaches bronze, not silver")


def test_check_without_bench_times_nothing(stride, timed):
    (timed / "assignment.toml").write_text(TOML.replace('eight_times = "bronze"', 'eight_times = "silver"'))
    done = stride("check", "91", "--json", "--no-bench")
    assert done.returncode == 0, done.stdout
    assert json.loads(done.stdout)["methods"] == []


def timing(low: float, ratio: float, high: float, tier: str = "") -> Timing:
    verdict = Comparison.FASTER if low > 1 else Comparison.SLOWER if high < 1 else Comparison.SAME
    device = Device("cpu", "a processor")
    return Timing(
        "91-product", "", 1, Outcome.TIMED, device, 2.0, ratio=ratio, interval=(low, high), verdict=verdict, tier=tier
    )


@pytest.mark.parametrize(
    ("measured", "wanted", "problem"),
    [
        (timing(0.1, 0.12, 0.13, "bronze"), "bronze", ""),
        (timing(0.01, 0.012, 0.013), "", ""),
        (timing(0.35, 0.42, 0.5, "bronze"), "bronze", "is too close to the threshold of silver, 0.4"),
        (timing(0.35, 0.42, 0.5, "bronze"), "silver", "is too close to the threshold of silver, 0.4"),
        (timing(0.5, 0.6, 0.7, "silver"), "bronze", "reaches silver, not bronze"),
        (timing(0.01, 0.012, 0.013), "bronze", "reaches no tier, not bronze"),
        (timing(0.5, 0.6, 0.7, "silver"), "", "reaches silver, not none"),
    ],
)
def test_a_method_must_reach_exactly_its_tier_with_a_gap_to_each_threshold(timed, measured, wanted, problem):
    told = problem_of(measured, load_assignment(timed).benchmark, wanted)
    assert told.startswith(problem)
    assert bool(told) == bool(problem)


def test_the_verdict_is_told_in_words():
    assert in_words(timing(1.9, 2, 2.1), "it") == "faster: it takes 2 times as long"
    assert in_words(timing(0.19, 0.2, 0.21), "mine") == "slower: it takes 5 times as long as mine"
    assert "the same as it" in in_words(timing(0.9, 1, 1.1), "it")


def test_events_are_told_beside_the_judges_clock_where_they_were_recorded():
    pair = ProcessPair((8.0, 9.0), (5.0, 6.0), (7.0, None), (4.0, 5.0))
    measured = dataclasses.replace(timing(0.5, 0.6, 0.7), samples=(pair,))
    assert events_in_words(measured, "it") == "7 of 8 ms of a call; it: 4.5 of 5.5 ms; by the processes’ own word"
    assert events_in_words(timing(0.5, 0.6, 0.7), "it") == ""


@pytest.mark.parametrize(
    ("training", "told"),
    [(None, "a call that does nothing takes 0.12 ms"), ({"seeds": 6}, "a training that learns nothing takes 0.12 ms")],
)
def test_the_protocols_own_cost_is_named_after_what_is_timed(training, told):
    measured = dataclasses.replace(timing(0.5, 0.6, 0.7), null_milliseconds=0.12, training=training)
    shown = io.StringIO()
    show_timing(measured, "it", (), Console(file=shown, width=120))
    assert told in shown.getvalue()


def test_the_highest_tier_asks_for_no_more(timed):
    tiers = load_assignment(timed).benchmark.tiers
    assert "the highest" in tier_in_words(timing(0.5, 0.6, 0.7, "silver"), tiers)
    assert "none yet; bronze asks for 0.02" in tier_in_words(timing(0.01, 0.01, 0.01), tiers)


def test_a_bar_goes_from_the_lower_end_to_the_upper_one_over_the_marks():
    axis = Axis(0.1, 10.0, 41)
    row = row_of(Bar("x", 0.5, 1.0, 2.0), [Mark("│", "reference", 1.0), Mark("┊", "gold", 5.0)], axis).plain
    assert len(row) == 41
    assert (row.index("├"), row.index("●"), row.index("┤")) == (axis.place(0.5), 20, axis.place(2.0))
    assert row.index("┊") == axis.place(5.0)


@pytest.mark.parametrize("columns", [40, 80, 200])
def test_a_plot_fits_the_terminal(columns):
    console = Console(file=io.StringIO(), width=columns)
    bars = [Bar("slow", 0.001, 0.0011, 0.0012), Bar("mine", 0.9, 1.0, 1.1, is_own=True)]
    show_plot(bars, [Mark("│", "reference", 1.0)], console)
    lines = console.file.getvalue().splitlines()
    assert max(map(len, lines)) <= columns
    assert all("●" in line for line in lines[:2])
