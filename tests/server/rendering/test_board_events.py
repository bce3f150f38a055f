"""The table of events beside the judge's clock, as texts."""

from __future__ import annotations

from grader.contract import ProcessPair
from server.rendering.board_events import EventRow, event_rows
from tests.server.timing_parts import make_timing


def rows(*pairs: ProcessPair) -> list[EventRow]:
    return event_rows(make_timing(samples=pairs))


def test_medians_are_over_the_calls_of_all_pairs_that_told_a_time():
    one = ProcessPair((10.0, 99.0), (5.0, 5.0), (8.0, None), (4.0, 4.0))
    two = ProcessPair((12.0, 14.0), (5.0, 5.0), (9.0, 9.0), (4.0, 4.0))
    own, other = rows(one, two)
    assert own == EventRow("Submission", "12.0 ms", "9.00 ms", "3.00 ms", "3 of 4")
    assert other == EventRow("Reference", "5.00 ms", "4.00 ms", "1.00 ms", "4 of 4")


def test_events_that_tell_of_more_time_than_passed_give_a_negative_difference():
    own, _ = rows(ProcessPair((10.0,), (5.0,), (12.5,), (4.0,)))
    assert own.outside == "−2.50 ms"


def test_a_side_that_told_nothing_has_dashes():
    own, _ = rows(ProcessPair((10.0,), (5.0,), (None,), (4.0,)))
    assert (own.judged, own.events, own.outside, own.told) == ("–", "–", "–", "0 of 1")


def test_without_events_there_is_no_table():
    assert rows(ProcessPair((10.0,), (5.0,))) == []
