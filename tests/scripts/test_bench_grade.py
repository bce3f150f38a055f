"""`make bench-grade`, which also hands in over HTTP as `make compose-demo` does (scripts/hand_in.py)."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent.parent


def bench(*arguments: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "scripts.bench_grade", *arguments]
    kept = {name: value for name, value in os.environ.items() if not name.startswith("STRIDE_")}
    return subprocess.run(command, cwd=ROOT, env=kept, capture_output=True, text=True)


@pytest.mark.slow
def test_bench_says_where_the_time_of_a_submission_goes() -> None:
    outcome = bench("--count", "1", "--json")
    assert outcome.returncode == 0, outcome.stderr
    (timing,) = json.loads(outcome.stdout)
    assert timing["total"] == pytest.approx(timing["upload"] + timing["grading"] + timing["queues"])
    assert 0 < timing["sandbox"] < timing["grading"] < timing["total"]


def test_bench_refuses_a_count_of_nothing() -> None:
    outcome = bench("--count", "0")
    assert outcome.returncode == 2
    assert "--count" in outcome.stderr


def test_handing_in_where_nothing_answers_says_so(tmp_path: Path) -> None:
    file = tmp_path / "conv.py"
    file.write_text("")
    command = [sys.executable, "-m", "scripts.hand_in", "http://127.0.0.1:1/", "demo", "04-conv-forward", str(file)]
    outcome = subprocess.run(
        [*command, "--number", "s1", "--password", "secret"], cwd=ROOT, capture_output=True, text=True
    )
    assert outcome.returncode == 3
    assert "http://127.0.0.1:1/sign-in" in outcome.stderr
