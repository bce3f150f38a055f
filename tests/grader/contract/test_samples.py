"""The times of calls, and what events tell of them: read strictly, and set side by side."""

from __future__ import annotations

import dataclasses
import json

import pytest

from grader.contract import ContractError, EventTimes, ProcessPair, event_times

PLAIN = ProcessPair((6.0, 8.0), (9.0, 9.5))
PAIR = ProcessPair((6.0, 8.0), (9.0, 9.5), (5.0, None), (8.0, 8.5))


@pytest.mark.parametrize("pair", [PLAIN, PAIR])
def test_a_pair_round_trips_through_json(pair):
    assert ProcessPair.from_dict(json.loads(json.dumps(dataclasses.asdict(pair)))) == pair


def test_a_pair_from_before_events_were_recorded_is_read():
    assert ProcessPair.from_dict({"submission": [6.0, 8.0], "reference": [9.0, 9.5]}) == PLAIN


@pytest.mark.parametrize(
    ("change", "text"),
    [
        ({"submission_events": [5.0]}, "an item for every call, or none at all"),
        ({"reference_events": [5.0, "x"]}, "reference_events must be numbers"),
        ({"reference_events": [5.0, True]}, "reference_events must be numbers"),
        ({"submission_events": 5.0}, "submission_events must be a list"),
        ({"submission": [5.0, None]}, "submission must be numbers"),
        ({"events": []}, "unknown events"),
    ],
)
def test_a_pair_of_another_form_is_refused_by_the_field(change, text):
    with pytest.raises(ContractError, match=text):
        ProcessPair.from_dict(dataclasses.asdict(PAIR) | change)


def test_events_stand_beside_the_judges_clock_over_the_calls_that_told_a_time():
    assert event_times([PAIR, PAIR], "submission") == EventTimes(4, 2, 0, judged=6.0, events=5.0, outside=1.0)
    assert event_times([PAIR], "reference") == EventTimes(2, 2, 0, judged=9.25, events=8.25, outside=1.0)


def test_a_side_whose_events_tell_nothing_has_no_medians():
    silent = ProcessPair((6.0,), (9.0,), (None,), (8.0,))
    assert event_times([silent], "submission") == EventTimes(1, 0, 0, judged=None, events=None, outside=None)


def test_without_events_there_is_nothing_to_tell():
    assert event_times([PLAIN], "submission") is None
    assert event_times([], "submission") is None


def test_clocks_may_differ_a_little_and_no_more():
    pair = ProcessPair((10.0, 10.0, 10.0), (10.0,) * 3, (10.0, 10.14, 10.16), (9.0,) * 3)
    assert event_times([pair], "submission").impossible == 1
