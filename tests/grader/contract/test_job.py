"""Jobs and progress messages cross as JSON and are read strictly."""

from __future__ import annotations

import json

import pytest

from grader.contract import CheckResult, ContractError, Job, Progress, Status

JOB = Job(submission=5, attempt=2, assignment="04-conv-forward", files={"conv.py": "x = 1\n"}, seed=9)


def test_job_round_trips_through_json():
    assert Job.from_dict(json.loads(json.dumps(JOB.to_dict()))) == JOB


@pytest.mark.parametrize(
    ("change", "text"),
    [
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
