"""`stride check`: says which wrong solution each check caught, and fails where an assignment breaks its promise."""

from __future__ import annotations

import json
import os
import subprocess
import time
from collections.abc import Callable

import pytest

from scripts.process_meter import below, everything
from tests.grader.commands.conftest import STRIDE

PATIENCE = 60.0


def test_sound_assignment_passes_with_a_table(stride):
    done = stride("check", "--all")
    assert done.returncode == 0, done.stdout + done.stderr
    assert "named by the first hint: 3 of 3 (100%)" in done.stdout
    assert "survivors: none" in done.stdout
    assert "every sample came out as it should" in done.stdout


def test_json_has_every_sample_with_what_caught_it(stride):
    document = json.loads(stride("check", "90", "--json").stdout)
    samples = {sample["name"]: sample for sample in document["samples"]}
    assert set(samples) == {"starter", "plain", "in_place", "raises", "triples"}
    assert samples["in_place"]["caught_by"] == ["test_pure"]
    assert document["problems"] == []


def test_mutation_table_says_what_each_check_catches_and_what_it_alone_catches(stride):
    document = json.loads(stride("check", "90", "--json").stdout)
    (table,) = document["mutation"]
    rows = {row["check"]: (row["catches"], row["alone"]) for row in table["checks"]}
    assert rows == {
        "test_values[two]": (2, []),
        "test_values[three]": (2, []),
        "test_pure": (3, ["in_place"]),
        "test_cache_comes_back": (1, []),
    }
    assert (table["wrong"], table["survivors"], table["unnamed"], table["named_share"]) == (3, [], [], 1.0)
    honest = {s["name"]: s["seconds"] for s in document["samples"] if s["kind"] in ("accepted", "starter", "wrong")}
    assert honest[table["slowest"]] == table["slowest_seconds"] == max(honest.values()) > 0


def test_survivor_is_in_the_table_and_ends_with_2(stride, folder):
    right = (folder / "90-doubling" / "submissions" / "accepted" / "plain.py").read_text()
    (folder / "90-doubling" / "submissions" / "wrong" / "harmless.py").write_text(right.replace("Right.", "You do."))
    done = stride("check", "90")
    assert done.returncode == 2
    assert "survivors: harmless" in done.stdout
    assert "wrong/harmless: survives" in done.stdout


def test_a_hint_that_only_a_later_check_gives_does_not_count_as_the_first(stride, folder):
    checks = folder / "90-doubling" / "checks.py"
    marked = checks.read_text().replace(
        "@pytest.mark.parametrize", "@pytest.mark.undiagnosed\n@pytest.mark.parametrize"
    )
    checks.write_text(marked)
    done = stride("check", "90", "--json")
    document = json.loads(done.stdout)
    named = {s["name"]: (s["named"], s["named_first"]) for s in document["samples"] if s["kind"] == "wrong"}
    assert named == {"in_place": (True, True), "raises": (True, False), "triples": (True, False)}
    assert document["mutation"][0]["unnamed"] == ["raises", "triples"]
    assert "the first hint names 1 of 3 wrong solutions; not raises, triples" in document["problems"][0]
    assert done.returncode == 2


@pytest.mark.parametrize("columns", ["50", "200"])
def test_tables_keep_every_name_at_any_width(stride, columns):
    done = stride("check", "90", COLUMNS=columns)
    text = done.stdout.partition("wrong solutions by check")[2]
    assert all(name in text for name in ("values[two]", "values[three]", "pure", "cache_comes_back", "in_place"))


UNTOLD = """
import pytest
from grader.authoring import expect


@pytest.mark.points(5)
def test_all(student):
    expect(student.double([1], 2)[0] == [1, 1], "")
"""


@pytest.mark.parametrize(
    ("path", "text", "problem"),
    [
        ("submissions/accepted/bad.py", "def double(x, f): return x, (x,)\ndef back(c): return c[0]\n", "loses points"),
        ("submissions/wrong/right.py", "def double(x, f): return f * x, (x,)\ndef back(c): return c[0]\n", "survives"),
        ("submissions/hostile/odd.py", "def double(x, f): return f * x, (x,)\ndef back(c): return c[0]\n", "survives"),
        (
            "checks.py",
            UNTOLD,
            "fails all without a message",
        ),
        ("starter.py", "def double(x, f): return f * x, (x,)\ndef back(c): return c[0]\n", "instead of 0"),
        ("submissions/accepted/bad.py", "def double(:\n", "not valid Python"),
        ("checks.py", "1 / 0\n", "internal error"),
        (
            "submissions/accepted/bad.py",
            "import os\ndef double(x, f): return f * x, (x,)\ndef back(c): return c[0]\n",
            "is flagged, though it is honest: line 1",
        ),
    ],
)
def test_broken_promise_exits_with_2_and_names_the_sample(stride, folder, path, text, problem):
    file = folder / "90-doubling" / path
    file.parent.mkdir(exist_ok=True)
    file.write_text(text)
    done = stride("check", "90", "--json")
    assert done.returncode == 2
    assert any(problem in line for line in json.loads(done.stdout)["problems"])


def test_wrong_solutions_that_the_diagnosis_cannot_tell_apart_are_reported(stride, folder):
    twin = (folder / "90-doubling" / "submissions" / "wrong" / "triples.py").read_text()
    for name in ("a_twin", "b_twin"):
        text = twin.replace("by three", f"by three, says {name}")
        (folder / "90-doubling" / "submissions" / "wrong" / f"{name}.py").write_text(text)
    done = stride("check", "90", "--json")
    assert done.returncode == 2
    assert "the first hint names 3 of 5 wrong solutions; not a_twin, b_twin" in json.loads(done.stdout)["problems"][0]


def test_no_assignment_named_exits_with_2(stride):
    assert stride("check").returncode == 2


@pytest.mark.parametrize("name", ["16-residual-networks", "16"])
def test_a_folder_of_quiz_questions_alone_is_left_out_and_named(stride, folder, name):
    (folder / "16-residual-networks").mkdir()
    (folder / "16-residual-networks" / "quiz.toml").write_text("")
    done = stride("check", name)
    assert done.returncode == 2
    assert f"It has questions alone: stride quiz check {name}" in " ".join(done.stderr.split())
    every = json.loads(stride("check", "--all", "--json").stdout)
    assert {sample["assignment"] for sample in every["samples"]} == {"90-doubling"}


def test_a_killed_check_leaves_no_process(folder, tmp_path, bubblewrap):
    (folder / "90-doubling" / "submissions" / "wrong" / "endless.py").write_text("while True: pass\n")
    check = subprocess.Popen(
        [STRIDE, "check", "90", "--jobs", "1"],
        env=os.environ | {"STRIDE_ASSIGNMENTS": str(folder), "STRIDE_DATA": str(tmp_path / "data")},
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    until(lambda: "bwrap" in started_by(check).values(), "a sandbox")
    left = set(started_by(check))
    check.kill()
    check.wait()
    until(lambda: not left & set(everything()), f"the end of {left}")


def started_by(process: subprocess.Popen) -> dict[int, str]:
    """The names of the processes that a process started, and of those that these did, by number."""
    seen = everything()
    return {pid: seen[pid].name for pid in below(seen, {process.pid})}


def until(holds: Callable[[], object], what: str) -> None:
    deadline = time.monotonic() + PATIENCE
    while not holds():
        assert time.monotonic() < deadline, f"in vain waited for {what}"
        time.sleep(0.05)
