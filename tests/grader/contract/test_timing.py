"""Timings cross as JSON and are read strictly."""

from __future__ import annotations

import dataclasses
import json

import pytest

from grader.contract import Comparison, ContractError, Device, Outcome, ProcessPair, Timing, TimingJob

JOB = TimingJob(run=7, attempt=2, assignment="04-conv-forward", files={"conv.py": "x = 1\n"}, seed=9)
TIMING = Timing(
    assignment="04-conv-forward",
    version="0123456789abcdef",
    seed=9,
    outcome=Outcome.TIMED,
    device=Device("cpu", "A processor"),
    max_points=2.0,
    ratio=1.5,
    interval=(1.4, 1.6),
    verdict=Comparison.FASTER,
    milliseconds=6.1,
    reference_milliseconds=9.2,
    null_milliseconds=0.1,
    gflops=12.5,
    percent_of_limit=40.0,
    limited_by="arithmetic",
    machine={"gflops": 31.0, "gbytes": 20.0},
    tier="gold",
    points=2.0,
    samples=(ProcessPair((6.1, 6.0), (9.1, 9.3)),),
    flags=("looks odd",),
    seconds=12.0,
)


def test_timing_job_round_trips_through_json():
    assert TimingJob.from_dict(json.loads(json.dumps(JOB.to_dict()))) == JOB


def test_timing_round_trips_through_json():
    assert Timing.from_dict(json.loads(json.dumps(TIMING.to_dict()))) == TIMING


def test_refused_timing_has_no_figures():
    refused = Timing("04", "v", 1, Outcome.REFUSED, Device("cpu", "A processor"), 2.0, message="wrong output")
    read = Timing.from_dict(json.loads(json.dumps(refused.to_dict())))
    assert read == refused
    assert (read.ratio, read.interval, read.points) == (None, None, 0.0)


@pytest.mark.parametrize(
    ("change", "text"),
    [
        ({"files": {}}, "at least one name"),
        ({"run": "7"}, "run must be int"),
        ({"seed": None}, "seed must be int"),
        ({"weights": ""}, "unknown weights"),
    ],
)
def test_timing_job_of_another_form_is_refused_by_the_field(change, text):
    with pytest.raises(ContractError, match=text):
        TimingJob.from_dict(JOB.to_dict() | change)


@pytest.mark.parametrize(
    ("change", "text"),
    [
        ({"outcome": "fast"}, "outcome 'fast' is none of timed, refused"),
        ({"verdict": "best"}, "verdict 'best' is none of same, faster, slower"),
        ({"device": {"kind": "tpu", "name": "x"}}, "kind 'tpu' is none of cpu, gpu"),
        ({"interval": [1.6, 1.4]}, "lower end"),
        ({"interval": [1.6, "x"]}, "must be numbers"),
        ({"ratio": None}, "has a ratio and an interval"),
        ({"interval": None}, "has a ratio and an interval"),
        ({"samples": [{"submission": [1.0], "reference": []}]}, "one of the reference"),
        ({"samples": None}, "samples must be a list"),
        ({"schema": 2}, "schema 2"),
        ({"rank": 1}, "unknown rank"),
    ],
)
def test_timing_of_another_form_is_refused_by_the_field(change, text):
    with pytest.raises(ContractError, match=text):
        Timing.from_dict(TIMING.to_dict() | change)


def test_every_field_of_a_timing_is_needed_but_its_figures():
    optional = {f.name for f in dataclasses.fields(Timing) if getattr(TIMING, f.name) is None} | {
        *("ratio", "interval", "verdict", "milliseconds", "reference_milliseconds", "null_milliseconds"),
        *("gflops", "percent_of_limit", "machine", "worker", "training"),
    }
    for name in set(TIMING.to_dict()) - optional:
        with pytest.raises(ContractError):
            Timing.from_dict({key: value for key, value in TIMING.to_dict().items() if key != name})
