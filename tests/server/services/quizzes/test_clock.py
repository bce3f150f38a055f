"""What the times of a session mean, in every mode. All moments are seconds after nine o'clock."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from server.models import Mode, Stage
from server.services.quizzes import clock
from server.services.quizzes.clock import Phase

NINE = datetime(2026, 3, 31, 9, tzinfo=UTC)


def at(seconds: float) -> datetime:
    return NINE + timedelta(seconds=seconds)


TEN_PAST = at(600)
EARLY = at(-120)


@dataclass(frozen=True)
class Times:
    """Ten minutes from nine o'clock, with two seconds of grace."""

    mode: Mode = Mode.TIMED
    opens_at: datetime | None = NINE
    closes_at: datetime | None = TEN_PAST
    limit_seconds: int | None = None
    grace_seconds: float = 2.0
    paused_at: datetime | None = None
    ended_at: datetime | None = None
    stage: Stage = Stage.LOBBY
    stage_at: datetime | None = None
    current: int | None = None


@dataclass(frozen=True)
class Own:
    """Somebody who came early."""

    joined_at: datetime = EARLY
    extra_seconds: int = 0
    paused_seconds: float = 0.0


TIMED = Times()
WINDOW = Times(mode=Mode.WINDOW, closes_at=at(3600), limit_seconds=600)
PACED = Times(mode=Mode.PACED, closes_at=None, stage=Stage.OPEN, stage_at=at(60), current=3)


# A common start and close


def test_timed_opens_and_closes_to_the_moment():
    assert clock.phase(TIMED, Own(), at(-0.001)) is Phase.WAITING
    assert clock.phase(TIMED, Own(), at(0)) is Phase.OPEN
    assert clock.phase(TIMED, Own(), at(599.999)) is Phase.OPEN
    assert clock.phase(TIMED, Own(), at(600)) is Phase.CLOSED


def test_who_comes_late_has_the_time_that_is_left():
    late = Own(joined_at=at(420))
    assert clock.closes_at(TIMED, late) == at(600)
    assert clock.left(TIMED, late, at(420)) == timedelta(seconds=180)


def test_extra_time_moves_ones_own_close_alone():
    slow = Own(extra_seconds=150)
    assert clock.closes_at(TIMED, slow) == at(750)
    assert clock.phase(TIMED, slow, at(749)) is Phase.OPEN
    assert clock.phase(TIMED, Own(), at(700)) is Phase.CLOSED
    assert clock.phase(TIMED, None, at(700)) is Phase.CLOSED
    assert clock.everybody_is_done_at(TIMED, 150) == at(750)


def test_without_a_time_it_waits_for_the_lecturer():
    waiting = Times(opens_at=None, closes_at=None)
    assert clock.phase(waiting, Own(), at(99_999)) is Phase.WAITING
    assert not clock.accepts(waiting, Own(), 0, at(99_999))


@pytest.mark.parametrize(
    ("arrived", "accepted"), [(-0.001, False), (0, True), (600, True), (601.999, True), (602, False), (9999, False)]
)
def test_an_answer_counts_from_the_opening_to_the_close_and_the_grace(arrived, accepted):
    assert clock.accepts(TIMED, Own(), 0, at(arrived)) is accepted


def test_the_grace_follows_extra_time():
    slow = Own(extra_seconds=150)
    assert clock.accepts(TIMED, slow, 0, at(751.9))
    assert not clock.accepts(TIMED, slow, 0, at(752))


def test_without_grace_the_close_is_sharp():
    sharp = replace(TIMED, grace_seconds=0)
    assert clock.accepts(sharp, Own(), 0, at(599.999))
    assert not clock.accepts(sharp, Own(), 0, at(600))


# A window with a limit of one's own


def test_a_personal_limit_begins_on_joining():
    own = Own(joined_at=at(1000))
    assert clock.closes_at(WINDOW, own) == at(1600)
    assert clock.phase(WINDOW, own, at(1599)) is Phase.OPEN
    assert clock.phase(WINDOW, own, at(1600)) is Phase.CLOSED
    assert clock.phase(WINDOW, None, at(1600)) is Phase.OPEN


def test_who_waits_in_the_lobby_loses_nothing():
    assert clock.closes_at(WINDOW, Own(joined_at=at(-120))) == at(600)


def test_the_window_cuts_a_late_limit_short():
    assert clock.closes_at(WINDOW, Own(joined_at=at(3300))) == at(3600)


def test_extra_time_moves_the_limit_and_the_windows_end():
    assert clock.closes_at(WINDOW, Own(joined_at=at(1000), extra_seconds=60)) == at(1660)
    assert clock.closes_at(WINDOW, Own(joined_at=at(3300), extra_seconds=60)) == at(3660)


# Pauses


def test_a_pause_holds_the_clock_and_refuses_answers_after_the_grace():
    paused = replace(TIMED, paused_at=at(300))
    assert clock.phase(paused, Own(), at(5000)) is Phase.PAUSED
    assert clock.left(paused, Own(), at(5000)) == timedelta(seconds=300)
    assert clock.accepts(paused, Own(), 0, at(301.9)), "sent before the pause"
    assert not clock.accepts(paused, Own(), 0, at(302))
    assert clock.moved_by_pause(paused, at(420)) == timedelta(seconds=120)


def test_after_a_pause_everybody_has_what_was_left():
    paused = replace(WINDOW, paused_at=at(1200))
    own = Own(joined_at=at(1000))
    held = clock.stood_still(paused, own, at(1500))
    assert held == 300
    resumed = replace(WINDOW, closes_at=at(3900))
    assert clock.closes_at(resumed, replace(own, paused_seconds=held)) == at(1900)


def test_who_joins_during_a_pause_has_the_whole_limit_from_the_resume():
    paused = replace(WINDOW, paused_at=at(1200))
    own = Own(joined_at=at(1400))
    assert clock.phase(paused, own, at(1450)) is Phase.PAUSED
    held = clock.stood_still(paused, own, at(1500))
    assert held == 100
    assert clock.closes_at(replace(WINDOW, closes_at=at(3900)), replace(own, paused_seconds=held)) == at(2100)


def test_a_pause_before_the_opening_holds_the_opening_and_nothing_else():
    paused = replace(WINDOW, paused_at=at(-60))
    assert clock.phase(paused, Own(), at(30)) is Phase.WAITING, "the opening will move, so nothing is shown yet"
    assert clock.stood_still(paused, Own(), at(60)) == 0
    moved = clock.moved_by_pause(paused, at(60))
    resumed = replace(WINDOW, opens_at=NINE + moved, closes_at=at(3600) + moved)
    assert clock.closes_at(resumed, Own()) == at(120 + 600)


def test_no_pause_holds_nothing():
    assert clock.stood_still(TIMED, Own(), at(100)) == 0
    assert clock.moved_by_pause(TIMED, at(100)) == timedelta(0)


def test_a_close_that_passed_before_a_pause_stays_passed():
    paused = replace(TIMED, paused_at=at(650))
    assert clock.phase(paused, Own(), at(700)) is Phase.CLOSED
    assert clock.phase(paused, Own(extra_seconds=150), at(700)) is Phase.PAUSED


# Ending early


def test_an_end_closes_for_everybody_extra_time_or_not():
    ended = replace(TIMED, ended_at=at(200))
    for own in (Own(), Own(extra_seconds=300)):
        assert clock.phase(ended, own, at(199)) is Phase.OPEN
        assert clock.phase(ended, own, at(200)) is Phase.CLOSED
        assert clock.closes_at(ended, own) == at(200)
        assert clock.accepts(ended, own, 0, at(201.9)), "sent before the end"
        assert not clock.accepts(ended, own, 0, at(202))
    assert clock.everybody_is_done_at(ended, 300) == at(200)


def test_an_end_during_a_pause_and_before_the_opening_closes():
    assert clock.phase(replace(TIMED, paused_at=at(100), ended_at=at(200)), Own(), at(201)) is Phase.CLOSED
    assert clock.phase(replace(TIMED, ended_at=at(-100)), Own(), at(-50)) is Phase.CLOSED


# One question at a time


def test_a_paced_session_takes_answers_to_the_question_on_show_alone():
    assert clock.accepts(PACED, Own(), 3, at(70))
    assert not clock.accepts(PACED, Own(), 2, at(70))
    assert not clock.accepts(replace(PACED, stage=Stage.LOBBY, current=None), Own(), 3, at(70))


def test_a_paced_session_has_no_close_of_its_own():
    assert clock.phase(PACED, Own(), at(99_999)) is Phase.OPEN
    assert clock.left(PACED, Own(), at(99_999)) is None
    assert clock.paced_closes_at(PACED) is None


def test_a_question_with_a_limit_closes_by_itself():
    limited = replace(PACED, limit_seconds=30)
    assert clock.paced_closes_at(limited) == at(90)
    assert clock.accepts(limited, Own(), 3, at(91.9))
    assert not clock.accepts(limited, Own(), 3, at(92))
    assert clock.accepts(limited, Own(extra_seconds=15), 3, at(106.9))


def test_a_reveal_takes_what_was_on_its_way_and_shows_the_key_only_then():
    revealed = replace(PACED, stage=Stage.REVEALED, stage_at=clock.stopped_at(PACED, at(100)))
    assert clock.accepts(revealed, Own(), 3, at(101.9))
    assert clock.shows_key_at(revealed) == at(102)
    assert not clock.accepts(revealed, Own(), 3, at(102)), "nobody answers with the key in sight"
    assert clock.shows_key_at(PACED) is None


def test_a_reveal_long_after_the_limit_opens_no_second_grace():
    limited = replace(PACED, limit_seconds=30)
    revealed = replace(limited, stage=Stage.REVEALED, stage_at=clock.stopped_at(limited, at(500)))
    assert revealed.stage_at == at(90)
    assert not clock.accepts(revealed, Own(), 3, at(500.5))


# Practice


def test_practice_is_open_without_an_opening_and_stores_no_answers():
    practice = Times(mode=Mode.PRACTICE, opens_at=None, closes_at=None)
    assert clock.phase(practice, None, at(0)) is Phase.OPEN
    assert not clock.accepts(practice, Own(), 0, at(0))


# Zones


@pytest.mark.parametrize("day", ["2026-03-31", "2026-10-27"])
def test_nine_oclock_local_is_nine_oclock_local_after_the_clocks_changed(day):
    amsterdam = ZoneInfo("Europe/Amsterdam")
    tuesday = datetime.fromisoformat(f"{day}T09:00").replace(tzinfo=amsterdam)
    a_week_before = tuesday - timedelta(days=7)
    assert tuesday.utcoffset() != a_week_before.utcoffset(), "the clocks change in between"
    session = Times(opens_at=tuesday.astimezone(UTC), closes_at=(tuesday + timedelta(minutes=10)).astimezone(UTC))
    assert clock.phase(session, Own(), tuesday - timedelta(microseconds=1)) is Phase.WAITING
    assert clock.phase(session, Own(), tuesday) is Phase.OPEN
    assert clock.left(session, Own(), tuesday.astimezone(ZoneInfo("Asia/Kolkata"))) == timedelta(minutes=10)


@pytest.mark.parametrize(
    ("begins", "minutes"), [("2026-03-29T00:55", 10), ("2026-10-25T00:55", 10), ("2026-10-25T00:30", 120)]
)
def test_a_quiz_across_the_change_itself_lasts_as_long_as_it_was_set(begins, minutes):
    opens_at = datetime.fromisoformat(begins).replace(tzinfo=UTC)
    session = Times(opens_at=opens_at, closes_at=opens_at + timedelta(minutes=minutes))
    amsterdam = ZoneInfo("Europe/Amsterdam")
    wall = session.closes_at.astimezone(amsterdam).replace(tzinfo=None) - opens_at.astimezone(amsterdam).replace(
        tzinfo=None
    )
    assert wall != timedelta(minutes=minutes), "the clocks on the wall jump in between"
    assert clock.phase(session, Own(), opens_at + timedelta(minutes=minutes, microseconds=-1)) is Phase.OPEN
    assert clock.phase(session, Own(), opens_at + timedelta(minutes=minutes)) is Phase.CLOSED
