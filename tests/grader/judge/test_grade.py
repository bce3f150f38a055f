"""Grading one submission through the real sandbox: points, statuses, messages, verdicts."""

from __future__ import annotations

import re
from dataclasses import replace

import pytest

from grader.contract import Job, Limits, Status, Verdict, Visibility, load_assignment
from grader.judge import diagnosis
from grader.judge.grade import Listener, grade
from grader.sandbox.errors import SandboxFailure, SandboxUnavailable
from tests.grader.conftest import ACCEPTED, CHECKS, WRONG, by_name, write_assignment

BACK = "\ndef back(cache):\n    return cache[0]\n"


def test_accepted_solution_scores_full_marks(graded):
    result = graded(ACCEPTED)
    assert (result.verdict, result.score, result.max_score) == (Verdict.GRADED, 5.0, 5.0)
    assert set(by_name(result).values()) == {"passed"}
    assert result.worker["sandbox"] == "bubblewrap"
    assert result.timings["grade_ms"] > result.timings["sandbox_ms"] > 0


def test_ctrl_c_in_a_check_ends_the_grading_and_gives_no_result(tmp_path, bubblewrap):
    pressed = "import pytest\n\n@pytest.mark.points(5)\ndef test_pressed(student):\n    raise KeyboardInterrupt\n"
    interrupted = load_assignment(write_assignment(tmp_path, checks=pressed))
    job = Job(1, 1, interrupted.id, {interrupted.filename: ACCEPTED}, 7)
    with pytest.raises(KeyboardInterrupt):
        grade(job, interrupted, bubblewrap)


def test_titles_points_and_visibility_come_from_the_marks(graded):
    first, _, pure, cache = graded(ACCEPTED).checks
    assert (first.name, first.title, first.max_points) == ("test_values[two]", "Twice the input", 1.0)
    assert (cache.title, cache.visibility) == ("cache comes back", Visibility.HIDDEN)
    assert (pure.title, pure.max_points) == ("Inputs stay as they are", 2.0)


def test_same_job_and_seed_give_the_same_result_but_for_timings(graded):
    first, second = graded(WRONG["triples"], seed=3), graded(WRONG["triples"], seed=3)
    assert [(c.name, c.points, c.message, c.counterexample) for c in first.checks] == [
        (c.name, c.points, c.message, c.counterexample) for c in second.checks
    ]
    assert graded(WRONG["triples"], seed=4).checks[0].counterexample != first.checks[0].counterexample


def test_failed_check_shows_call_inputs_worst_index_and_windows(graded):
    check = graded(WRONG["triples"]).checks[0]
    evidence = check.counterexample
    assert check.status is Status.FAILED
    assert evidence["call"] == "double(float64[2, 3], 2)"
    assert len(evidence["inputs"]["x"]) == 2
    row, column = evidence["index"]
    assert evidence["expected"] == pytest.approx(2 * evidence["inputs"]["x"][row][column])
    assert evidence["got"] == pytest.approx(1.5 * evidence["expected"])
    assert "6 of 6 values differ" in check.message


@pytest.mark.parametrize(("name", "lesson"), [(name, text.split('"""')[1]) for name, text in WRONG.items()])
def test_diagnosis_names_the_misconception_of_a_wrong_solution(graded, name, lesson):
    lost = [check for check in graded(WRONG[name]).checks if check.points < check.max_points]
    assert lost
    assert {check.diagnosis for check in lost} == {lesson}


def test_code_that_raises_everywhere_is_not_replayed_on_every_check(graded, monkeypatch):
    replayed = []
    match = diagnosis._match
    monkeypatch.setattr(diagnosis, "_match", lambda sample, trace: replayed.append(len(trace)) or match(sample, trace))
    result = graded("def double(x, factor): raise RecursionError" + BACK)
    assert len([check for check in result.checks if check.points == 0]) == 4
    assert {check.diagnosis for check in result.checks} == {""}
    assert len(replayed) == 2 * (len(WRONG) + 1)  # two checks; each on every wrong solution and on the accepted one


def test_experiments_are_spared_where_that_is_asked_for_and_another_check_has_failed(tmp_path, bubblewrap):
    checks = CHECKS.replace("@pytest.mark.points(2)", "@pytest.mark.points(2)\n@pytest.mark.undiagnosed")
    to = load_assignment(write_assignment(tmp_path, checks=checks))

    def statuses(source, **spares):
        return by_name(grade(Job(1, 1, to.id, {to.filename: source}, 7), to, bubblewrap, **spares))

    assert statuses(ACCEPTED, is_sample=True)["test_pure"] == "passed"
    assert statuses(WRONG["triples"])["test_pure"] == "failed"
    spared = statuses(WRONG["triples"], is_sample=True)
    assert (spared["test_pure"], spared["test_values[two]"]) == ("skipped", "failed")


def test_after_two_time_outs_a_sample_is_spared_the_rest(assignment, bubblewrap):
    to = replace(assignment, limits=replace(assignment.limits, check_seconds=0.3))
    job = Job(1, 1, to.id, {to.filename: "def double(x, factor):\n    while True:\n        pass\n" + BACK}, 7)
    for is_sample, rest in ((False, "timeout"), (True, "skipped")):
        statuses = list(by_name(grade(job, to, bubblewrap, is_sample=is_sample)).values())
        assert statuses == ["timeout", "timeout", rest, rest]


def test_another_mistake_is_not_named_after_a_wrong_solution(graded):
    lost = [check for check in graded("def double(x, factor): return x - 1, (x,)" + BACK).checks if check.points == 0]
    assert lost
    assert {check.diagnosis for check in lost} == {""}


@pytest.mark.parametrize(
    ("body", "text"),
    [
        ("return None, (x,)", "out is None. Is a return missing?"),
        ("return (factor * x).tolist(), (x,)", "out is a list of"),
        ("return factor * x, (x,), 3", "must return 2 values; it returned 3"),
        ("return factor * x", "must return 2 values; it returned one ndarray"),
        ("return (factor * x).astype(object), (x,)", "dtype object"),
        ("return factor * x.T, (x,)", "Height and width are exchanged"),
        ("return factor * x[None], (x,)", "It has 3 dimensions instead of 2"),
        ("return x * np.nan, (x,)", "not finite"),
        ("return np.inf * x, (x,)", "not finite"),
        ("return str(x), (x,)", "out is a str"),
        ("return object(), (x,)", "out is a object, not an array"),
        ("return np.array(['a']), (x,)", "dtype <U1"),
        ("return np.zeros((1 << 14, 1 << 13)), (x,)", "returned 1,024 MiB; at most 64 MiB|out of memory"),
    ],
)
def test_wrong_kind_of_answer_fails_with_a_message_that_says_why(graded, body, text):
    check = graded(f"import numpy as np\ndef double(x, factor): {body}" + BACK).checks[0]
    assert check.status in (Status.FAILED, Status.MEMORY)
    assert re.search(text, check.message), check.message


def test_exception_shows_the_students_own_lines_only(graded):
    source = "def helper(x):\n    return x.nothing\n\ndef double(x, factor):\n    return helper(x)\n" + BACK
    check = graded(source).checks[0]
    assert check.status is Status.ERROR
    assert check.message.splitlines() == [
        "Your code raised AttributeError: 'numpy.ndarray' object has no attribute 'nothing'",
        "  twice.py, line 5, in double",
        "    return helper(x)",
        "  twice.py, line 2, in helper",
        "    return x.nothing",
    ]


@pytest.mark.parametrize(
    ("body", "status"),
    [
        ("while True: pass", Status.TIMEOUT),
        ("import os; os._exit(0)", Status.CRASH),
        ("import numpy as np; np.ones(1 << 33)", Status.MEMORY),
        ("import sys; sys.exit()", Status.ERROR),
    ],
)
def test_a_check_that_is_lost_leaves_the_others_graded(graded, body, status):
    source = f"def double(x, factor):\n    if len(x) == 2:\n        {body}\n    return factor * x, (x,)\n" + BACK
    result = graded(source)
    assert [check.status for check in result.checks] == [status, Status.PASSED, Status.PASSED, Status.PASSED]
    assert result.score == 4.0


def test_time_of_the_whole_submission_is_limited(assignment, bubblewrap, tmp_path):
    toml = (assignment.folder / "assignment.toml").read_text().replace("total_seconds = 20", "total_seconds = 1")
    slow = load_assignment(write_assignment(tmp_path / "slow", toml=toml))
    source = "import time\ndef double(x, factor):\n    time.sleep(0.7)\n    return factor * x, (x,)\n" + BACK
    result = grade(Job(1, 1, slow.id, {"twice.py": source}, 1), slow, bubblewrap)
    statuses = [check.status for check in result.checks]
    assert statuses[0] is Status.PASSED
    assert set(statuses[1:]) == {Status.TIMEOUT}
    assert "whole submission may take" in result.checks[-1].message


@pytest.mark.parametrize(
    ("source", "status", "text"),
    [
        ("import torch\n" + ACCEPTED, Status.ERROR, "No module named 'torch'"),
        ("1 / 0\n" + ACCEPTED, Status.ERROR, "ZeroDivisionError"),
        ("def double(x, factor): pass", Status.ERROR, "does not define back"),
        ("import os; os._exit(3)\n" + ACCEPTED, Status.CRASH, "exit status 3"),
        ("x = [0] * (1 << 40)\n" + ACCEPTED, Status.MEMORY, "ran out of memory"),
    ],
)
def test_file_that_cannot_be_loaded_is_rejected_and_every_check_says_so(graded, source, status, text):
    result = graded(source)
    assert (result.verdict, result.score) == (Verdict.REJECTED, 0.0)
    assert {check.status for check in result.checks} == {status}
    assert all(text in check.message for check in result.checks)


def test_what_is_printed_is_kept(graded):
    assert graded("print('loading')\n" + ACCEPTED).stdout == "loading\n"


def test_what_is_printed_or_remembered_in_a_hidden_check_does_not_come_out(graded):
    source = """
        seen = []

        def double(x, factor):
            if len(x) == 3 and x.shape == (3, 3):
                seen.append(float(x[0, 0]))
            print("shape", x.shape, "seen", len(seen))
            return factor * x, (x,)

        def back(cache):
            print("hidden", cache[0][0, 0])
            return cache[0]
    """
    result = graded(source)
    assert result.score == 5.0
    assert result.stdout.splitlines() == [
        "shape (2, 3) seen 0",
        "shape (3, 4) seen 0",
        "shape (3, 3) seen 1",
    ]


def test_listener_hears_the_total_then_each_check(assignment, bubblewrap):
    heard: list = []
    listener = Listener(lambda total, seconds: heard.append((total, seconds)), lambda c, s: heard.append((c.name, s)))
    grade(Job(1, 1, assignment.id, {"twice.py": ACCEPTED}, 1), assignment, bubblewrap, listener)
    assert heard == [
        (4, 18.0),
        ("test_values[two]", 3.0),
        ("test_values[three]", 3.0),
        ("test_pure", 3.0),
        ("test_cache_comes_back", 0.0),
    ]


class BrokenLauncher:
    name = "broken"

    def __init__(self, error: Exception) -> None:
        self.error = error

    def start(self, profile: str, limits: Limits):
        raise self.error


@pytest.mark.parametrize("error", [SandboxUnavailable("install bubblewrap"), SandboxFailure("no descriptor left")])
def test_sandbox_that_fails_is_our_internal_error_and_never_a_lost_point(assignment, error):
    result = grade(Job(1, 1, assignment.id, {"twice.py": ACCEPTED}, 1), assignment, BrokenLauncher(error))
    assert result.verdict is Verdict.INTERNAL_ERROR
    assert str(error) in result.worker["error"]


@pytest.mark.parametrize(
    ("old", "new", "text"),
    [
        ("import numpy as np", "import numpy as np\n1 / 0", "ZeroDivisionError"),
        ("@pytest.mark.points(2)", "@pytest.mark.points(3)", "worth 6 points together"),
        ("@pytest.mark.points(2)\n", "", "has no @pytest.mark.points"),
        ("@pytest.mark.hidden", "@pytest.mark.hiden", "hiden"),
        ("expect_pure(student", "expect_pur(student", "NameError"),
        ("    expect_pure(student", "    out.nothing\n    expect_pure(student", "has no attribute 'nothing'"),
        ("x = rng.standard_normal((3, 3))\n    out", "x = rng.nothing\n    out", "nothing"),
    ],
)
def test_broken_checks_are_our_internal_error(tmp_path, bubblewrap, old, new, text):
    assert old in CHECKS
    broken = load_assignment(write_assignment(tmp_path, checks=CHECKS.replace(old, new)))
    result = grade(Job(1, 1, broken.id, {"twice.py": ACCEPTED}, 1), broken, bubblewrap)
    assert result.verdict is Verdict.INTERNAL_ERROR
    assert text in result.worker["error"]


def test_check_that_breaks_on_a_students_answer_alone_is_the_students(tmp_path, bubblewrap):
    checks = CHECKS.replace("    expect_pure(student", "    out.sum()\n    expect_pure(student").replace(
        "expect_close(out, 2 * x)\n    out.sum", "out.sum"
    )
    assignment = load_assignment(write_assignment(tmp_path, checks=checks))
    source = "def double(x, factor): return None, (x,)" + BACK
    result = grade(Job(1, 1, assignment.id, {"twice.py": source}, 1), assignment, bubblewrap)
    assert result.verdict is Verdict.GRADED
    (broken,) = [check for check in result.checks if check.name == "test_pure"]
    assert broken.status is Status.ERROR
    assert "could not work with what your code returned" in broken.message


def test_a_failed_comparison_of_images_shows_them_with_the_calls_input(graded, tmp_path):
    checks = CHECKS.replace("(size, size + 1)", "(size, 2 * size, 2 * size + 1)")
    images = load_assignment(write_assignment(tmp_path / "images", checks=checks))
    evidence = graded(WRONG["triples"], to=images).checks[0].counterexample
    maps, plane = evidence["maps"], evidence["index"][0]
    assert maps["origin"] == [plane, 0, 0]
    assert (maps["input"]["name"], maps["input"]["origin"]) == ("x", [plane, 0, 0])
    shown = [[3 * value for value in row] for row in maps["input"]["values"]]
    assert [len(row) for row in maps["got"]] == [5, 5, 5, 5]
    assert [pytest.approx(row, rel=0.02) for row in shown] == maps["got"]
