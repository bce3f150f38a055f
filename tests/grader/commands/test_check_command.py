"""`stride check`: says which wrong solution each check caught, and fails where an assignment breaks its promise."""

from __future__ import annotations

import json

import pytest


def test_sound_assignment_passes_with_a_table(stride):
    done = stride("check", "--all")
    assert done.returncode == 0, done.stdout + done.stderr
    assert "3 of 3 wrong solutions named by the diagnosis" in done.stdout
    assert "every sample came out as it should" in done.stdout


def test_json_has_every_sample_with_what_caught_it(stride):
    document = json.loads(stride("check", "90", "--json").stdout)
    samples = {sample["name"]: sample for sample in document["samples"]}
    assert set(samples) == {"starter", "plain", "in_place", "raises", "triples"}
    assert samples["in_place"]["caught_by"] == ["test_pure"]
    assert document["problems"] == []


@pytest.mark.parametrize(
    ("path", "text", "problem"),
    [
        ("submissions/accepted/bad.py", "def double(x, f): return x, (x,)\ndef back(c): return c[0]\n", "loses points"),
        ("submissions/wrong/right.py", "def double(x, f): return f * x, (x,)\ndef back(c): return c[0]\n", "survives"),
        ("submissions/hostile/odd.py", "def double(x, f): return f * x, (x,)\ndef back(c): return c[0]\n", "survives"),
        ("starter.py", "def double(x, f): return f * x, (x,)\ndef back(c): return c[0]\n", "instead of 0"),
        ("submissions/accepted/bad.py", "def double(:\n", "not valid Python"),
        ("checks.py", "1 / 0\n", "internal error"),
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
    assert "names 3 of 5 wrong solutions" in json.loads(done.stdout)["problems"][0]


def test_no_assignment_named_exits_with_2(stride):
    assert stride("check").returncode == 2
