"""`make fuzz-wire`: a clean reader passes, and what gets through a broken one is shown."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest

from scripts import fuzz_wire, hostile_frames

ROOT = Path(__file__).parent.parent.parent


@pytest.mark.slow
def test_the_reader_stands_a_second_of_it() -> None:
    command = [sys.executable, "-m", "scripts.fuzz_wire", "--seconds", "1", "--json"]
    outcome = subprocess.run(command, cwd=ROOT, capture_output=True, text=True)
    assert outcome.returncode == 0, outcome.stderr
    runs = json.loads(outcome.stdout)
    assert all(run["executions"] > 0 and not run["finding"] for run in runs)


def test_an_exception_that_comes_through_is_a_finding(monkeypatch) -> None:
    def broken(data: bytes) -> None:
        raise ZeroDivisionError("in the reader")

    monkeypatch.setattr(hostile_frames, "receive", broken)
    run = fuzz_wire.fuzz_with_hypothesis(1)
    assert "ZeroDivisionError: in the reader" in run.finding
    with pytest.raises(SystemExit) as ended:
        fuzz_wire._report([run], as_json=False)
    assert ended.value.code == 1


def test_text_that_may_not_be_shown_is_a_finding(monkeypatch) -> None:
    monkeypatch.setattr(hostile_frames, "receive", lambda data: hostile_frames.Reply(["\x1b[2J"]))
    with pytest.raises(AssertionError, match="may not be shown"):
        fuzz_wire.try_stream(b"")


def test_what_the_reader_costs_is_measured_for_each_header(monkeypatch) -> None:
    monkeypatch.setattr(hostile_frames, "WORST", {"nothing": lambda: "null", "no JSON": lambda: "{"})
    fair, refused = fuzz_wire.costs()
    assert (fair.name, fair.outcome) == ("nothing", "read")
    assert fair.peak_mib * fuzz_wire.MIB > hostile_frames.BODY_LIMIT
    assert "not JSON" in refused.outcome
