"""Nine o'clock of a zone as a moment, on the days too on which its clocks change."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta

import pytest
from sqlalchemy.orm import Session

from server.models import Mode
from server.services.errors import Refused
from server.services.quizzes import clock
from server.services.quizzes.clock import Phase
from server.services.quizzes.local_time import moment, zones
from server.services.quizzes.scheduling import Plan, schedule
from tests.server.quiz_parts import make_quiz

FORWARD, BACK = date(2026, 3, 29), date(2026, 10, 25)


@pytest.mark.parametrize(
    ("day", "zone", "hour"),
    [
        (date(2026, 3, 28), "Europe/Berlin", 8),
        (FORWARD, "Europe/Berlin", 7),
        (BACK, "Europe/Berlin", 8),
        (date(2026, 10, 24), "Europe/Berlin", 7),
        (date(2026, 7, 1), "Asia/Kolkata", 3.5),
        (date(2026, 7, 1), "America/New_York", 13),
        (date(2026, 7, 1), "UTC", 9),
    ],
)
def test_nine_oclock_is_nine_oclock_of_the_zone_on_that_day(day, zone, hour):
    assert moment(day, time(9), zone) == datetime.combine(day, time(), UTC) + timedelta(hours=hour)


def test_a_time_that_the_clocks_skip_is_refused_and_explained():
    with pytest.raises(Refused) as refusal:
        moment(FORWARD, time(2, 30), "Europe/Berlin")
    assert "29 March 2026" in refusal.value.message
    assert "02:30 does not exist" in refusal.value.message
    assert "01:30 or 03:30" in refusal.value.message


def test_a_time_that_comes_twice_is_refused_and_explained():
    with pytest.raises(Refused) as refusal:
        moment(BACK, time(2, 30), "Europe/Berlin")
    assert "02:30 comes twice" in refusal.value.message
    assert "00:30 or 01:30 in UTC" in refusal.value.message


@pytest.mark.parametrize("clock_time", [time(1, 59), time(3, 0)])
def test_the_times_beside_them_are_taken(clock_time):
    assert moment(FORWARD, clock_time, "Europe/Berlin") - moment(FORWARD, time(1, 59), "Europe/Berlin") <= timedelta(
        minutes=1
    )


@pytest.mark.parametrize("zone", ["Mars/Olympus", "", "../../etc/passwd", "europe/berlin", "\x00"])
def test_what_is_no_zone_is_refused(zone):
    with pytest.raises(Refused, match="no time zone"):
        moment(FORWARD, time(9), zone)


def test_the_zones_that_browsers_name_can_be_chosen():
    assert zones()[0] == "UTC"
    assert {"Europe/Berlin", "Asia/Calcutta", "America/Argentina/Buenos_Aires"} <= set(zones())


def test_ten_minutes_across_the_change_are_ten_minutes(s: Session, course, lecturer):
    """From 01:55 of the night in which 02:00 becomes 03:00: it closes at 03:05 on the wall."""
    opens_at = moment(FORWARD, time(1, 55), "Europe/Berlin")
    plan = Plan("At night", Mode.TIMED, opens_at, opens_at + timedelta(minutes=10), 600)
    session = schedule(s, make_quiz(s, course, 1), plan, lecturer, now=opens_at - timedelta(days=1))
    s.commit()
    s.expire_all()
    assert session.closes_at == moment(FORWARD, time(3, 5), "Europe/Berlin")
    phases = [clock.phase(session, None, opens_at + timedelta(minutes=each)) for each in (-1, 0, 9, 10)]
    assert phases == [Phase.WAITING, Phase.OPEN, Phase.OPEN, Phase.CLOSED]


def test_a_session_that_was_scheduled_before_the_change_starts_when_it_should(s: Session, course, lecturer):
    """Scheduled in winter for nine o'clock in summer: nine o'clock then, not when winter's clocks would show it."""
    opens_at = moment(date(2026, 4, 7), time(9), "Europe/Berlin")
    winter = datetime(2026, 3, 20, 12, tzinfo=UTC)
    plan = Plan("In summer", Mode.TIMED, opens_at, opens_at + timedelta(minutes=10), 600)
    session = schedule(s, make_quiz(s, course, 1), plan, lecturer, now=winter)
    assert session.opens_at == datetime(2026, 4, 7, 7, tzinfo=UTC)
