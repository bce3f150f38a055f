"""The Result as JSON is a contract: it round-trips, and anything else is refused by name."""

from __future__ import annotations

import dataclasses
import json

import pytest

from grader.contract import LIMITS, CheckResult, ContractError, Flag, Model, Result, Status, Verdict, Visibility

CHECK = CheckResult(
    name="test_stride",
    title="Stride 2",
    points=0.0,
    max_points=2.0,
    status=Status.FAILED,
    visibility=Visibility.AFTER_DUE_DATE,
    message="3 of 4 values differ.",
    diagnosis="The stride is ignored.",
    counterexample={"index": [0, 1], "expected": 1.5, "got": "nan"},
    seconds=0.25,
)
RESULT = Result(
    assignment="04-conv-forward",
    version="0123456789abcdef",
    seed=123,
    verdict=Verdict.GRADED,
    score=8.0,
    max_score=10.0,
    checks=(CHECK,),
    stdout="hello\n",
    timings={"sandbox_ms": 12.0, "grade_ms": 250.0},
    worker={"host": "a"},
    flags=(Flag(3, "import", "Imports os: a solution needs no files."),),
)
KEYS = [
    "schema", "assignment", "version", "seed", "verdict", "score", "max_score",
    "checks", "benchmark", "stdout", "timings", "worker", "flags", "model",
]  # fmt: skip


def test_result_round_trips_through_json():
    assert Result.from_dict(json.loads(json.dumps(RESULT.to_dict()))) == RESULT


def test_figures_of_a_trained_network_round_trip_and_may_be_missing():
    result = dataclasses.replace(RESULT, model=Model(accuracy=0.95, parameters=2754))
    assert result.to_dict()["model"] == {"accuracy": 0.95, "parameters": 2754, "mult_adds": None}
    assert Result.from_dict(json.loads(json.dumps(result.to_dict()))) == result
    assert Result.from_dict({key: value for key, value in RESULT.to_dict().items() if key != "model"}) == RESULT


def test_result_has_the_keys_that_other_tools_read():
    assert list(RESULT.to_dict()) == KEYS
    assert list(RESULT.to_dict()["checks"][0]) == [
        "name", "title", "points", "max_points", "status", "visibility",
        "message", "diagnosis", "counterexample", "seconds", "limit", "figures",
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("change", "text"),
    [
        ({"schema": 2}, "schema 2"),
        ({"verdict": "fine"}, "'fine' is none of"),
        ({"score": "8"}, "score must be float"),
        ({"score": True}, "score must be float"),
        ({"extra": 1}, "unknown extra"),
        ({"checks": None}, "checks must be list"),
        ({"checks": [{"name": "a"}]}, "title is missing"),
        ({"worker": []}, "worker must be a table"),
        ({"flags": {}}, "flags must be list"),
        ({"model": {"accuracy": "1"}}, "model: accuracy must be float"),
        ({"model": {"accuracy": 1.5}}, "accuracy must lie between 0 and 1"),
        ({"model": {"parameters": -1}}, "no count below 0"),
        ({"model": {"parameters": 2.5}}, "parameters must be int"),
        ({"model": {"speed": 1}}, "unknown speed"),
        ({"flags": [{"line": "3", "rule": "import", "message": ""}]}, "flag: line must be int"),
        ({"flags": [{"line": 3, "rule": "import"}]}, "flag: message is missing"),
        ({"checks": [CHECK.to_dict() | {"limit": "patience"}]}, "'patience' is none of wall_check"),
    ],
)
def test_result_of_another_form_is_refused_by_the_field(change, text):
    with pytest.raises(ContractError, match=text):
        Result.from_dict(RESULT.to_dict() | change)


def test_gradescope_results_carry_score_status_visibility_and_output():
    document = RESULT.to_gradescope()
    (test,) = document["tests"]
    assert (document["score"], document["execution_time"]) == (8.0, 0.25)
    assert (test["status"], test["visibility"], test["max_score"]) == ("failed", "after_due_date", 2.0)
    assert test["output"] == "3 of 4 values differ.\n\nThe stride is ignored."


def test_results_from_before_limits_and_flags_are_read():
    document = RESULT.to_dict()
    del document["flags"], document["checks"][0]["limit"]
    result = Result.from_dict(document)
    assert (result.flags, result.checks[0].limit) == ((), "")


@pytest.mark.parametrize("limit", LIMITS)
def test_every_limit_crosses_and_has_words(limit):
    check = CheckResult.from_dict(CHECK.to_dict() | {"limit": limit})
    assert check.limit == limit
    assert LIMITS[limit]
    assert " ".join(LIMITS[limit].split("_")) == LIMITS[limit]


def test_gradescope_results_have_no_flags():
    assert "Imports os" not in json.dumps(RESULT.to_gradescope())


def test_a_flag_of_an_earlier_version_has_no_file():
    assert Flag.from_dict({"line": 3, "rule": "import", "message": "Imports os."}) == Flag(3, "import", "Imports os.")
