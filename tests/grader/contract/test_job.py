"""Jobs and progress messages cross as JSON and are read strictly."""

from __future__ import annotations

import dataclasses
import json

import pytest

from grader.contract import CheckResult, ContractError, Job, Progress, Status

JOB = Job(submission=5, attempt=2, assignment="04-conv-forward", files={"conv.py": "x = 1\n"}, seed=9)


def test_job_round_trips_through_json():
    assert Job.from_dict(json.loads(json.dumps(JOB.to_dict()))) == JOB


def test_weights_cross_as_base64_and_may_be_missing():
    job = dataclasses.replace(JOB, weights=bytes(range(256)))
    assert Job.from_dict(json.loads(json.dumps(job.to_dict()))) == job
    assert Job.from_dict({key: value for key, value in JOB.to_dict().items() if key != "weights"}) == JOB


@pytest.mark.parametrize(
    ("change", "text"),
    [
        ({"weights": "no base64!"}, "weights must be base64"),
        ({"weights": None}, "weights must be str"),
        ({"files": {}}, "at least one"),
        ({"files": {"a.py": 3}}, "to its text"),
        ({"files": None}, "table of named fields"),
        ({"submission": "5"}, "submission must be int"),
        ({"attempt": True}, "attempt must be int"),
        ({"password": "x"}, "unknown password"),
    ],
)
def test_job_of_another_form_is_refused_by_the_field(change, text):
    with pytest.raises(ContractError, match=text):
        Job.from_dict(JOB.to_dict() | change)


@pytest.mark.parametrize("checks", [(), (CheckResult("a", "A", 1.0, 1.0, Status.PASSED),)])
def test_progress_round_trips_with_and_without_a_check(checks):
    progress = Progress(submission=5, attempt=1, done=1, total=4, lease_seconds=25.0, checks=checks)
    assert Progress.from_dict(json.loads(json.dumps(progress.to_dict()))) == progress
