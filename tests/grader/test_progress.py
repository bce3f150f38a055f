"""Signs of life: at once, together, late, and none after the end."""

from __future__ import annotations

import threading

import pytest

from grader import progress
from grader.contract import CheckResult, Job, Progress, Status
from grader.contract.figure import Chart, Curve
from grader.contract.job import Running
from grader.progress import LEASE_SLACK_SECONDS, Reporter

JOB = Job(5, 2, "90-doubling", {"twice.py": ""}, 7)


class Wire:
    """Keeps what is sent, and says when something was."""

    def __init__(self) -> None:
        self.signs: list[Progress] = []
        self.heard = threading.Event()

    def send(self, sign: Progress) -> None:
        self.signs.append(sign)
        self.heard.set()


@pytest.fixture
def wire() -> Wire:
    return Wire()


def check(name: str) -> CheckResult:
    return CheckResult(name, name.title(), 1.0, 1.0, Status.PASSED)


def running(*losses: float) -> Running:
    return Running("a", "A", (Chart("Training", "epoch", "loss", (Curve.of("loss", losses),)),))


def test_the_start_is_said_at_once_with_the_time_until_the_first_check_ends(wire):
    Reporter(JOB, wire.send).start(4, 19.0)
    assert wire.signs == [Progress(5, 2, 0, 4, LEASE_SLACK_SECONDS + 19.0)]


def test_a_check_that_ends_after_the_pause_is_said_at_once(wire, monkeypatch):
    monkeypatch.setattr(progress, "PAUSE_SECONDS", 0.0)
    reporter = Reporter(JOB, wire.send)
    reporter.start(2, 4.0)
    for name in ("a", "b"):
        reporter.check(check(name), 3.0)
    reporter.end()
    assert [(sign.done, sign.checks) for sign in wire.signs] == [(0, ()), (1, (check("a"),)), (2, (check("b"),))]


def test_checks_that_end_within_the_pause_are_said_together_when_it_is_over(wire, monkeypatch):
    monkeypatch.setattr(progress, "PAUSE_SECONDS", 0.5)
    reporter = Reporter(JOB, wire.send)
    reporter.start(3, 4.0)
    wire.heard.clear()
    reporter.check(check("a"), 4.0)
    reporter.check(check("b"), 9.0)
    assert len(wire.signs) == 1
    assert wire.heard.wait(30)
    assert wire.signs[1] == Progress(5, 2, 2, 3, LEASE_SLACK_SECONDS + 9.0, (check("a"), check("b")))
    reporter.end()


def test_what_still_waits_at_the_end_is_not_sent(wire, monkeypatch):
    monkeypatch.setattr(progress, "PAUSE_SECONDS", 600.0)
    before = threading.active_count()
    reporter = Reporter(JOB, wire.send)
    reporter.start(1, 4.0)
    reporter.check(check("a"), 0.0)
    reporter.end()
    assert len(wire.signs) == 1
    assert threading.active_count() == before


def test_what_a_check_shows_is_said_at_once_after_the_pause(wire, monkeypatch):
    monkeypatch.setattr(progress, "PAUSE_SECONDS", 0.0)
    reporter = Reporter(JOB, wire.send)
    reporter.start(2, 9.0)
    reporter.figure(running(2.3), 7.0)
    reporter.end()
    assert wire.signs[1:] == [Progress(5, 2, 0, 2, LEASE_SLACK_SECONDS + 7.0, (), running(2.3))]


def test_of_many_figures_within_the_pause_the_latest_is_said(wire, monkeypatch):
    monkeypatch.setattr(progress, "PAUSE_SECONDS", 0.5)
    reporter = Reporter(JOB, wire.send)
    reporter.start(2, 9.0)
    wire.heard.clear()
    for count in range(1, 100):
        reporter.figure(running(*range(count)), 9.0 - count / 100)
    assert len(wire.signs) == 1
    assert wire.heard.wait(30)
    reporter.end()
    assert [sign.running for sign in wire.signs[1:]] == [running(*range(99))]
    assert wire.signs[1].lease_seconds == pytest.approx(LEASE_SLACK_SECONDS + 8.01)


def test_a_check_that_ended_shows_nothing_more_as_running(wire, monkeypatch):
    monkeypatch.setattr(progress, "PAUSE_SECONDS", 0.5)
    reporter = Reporter(JOB, wire.send)
    reporter.start(2, 9.0)
    wire.heard.clear()
    reporter.figure(running(2.3), 7.0)
    reporter.check(check("a"), 3.0)
    assert wire.heard.wait(30)
    reporter.end()
    assert (wire.signs[1].running, wire.signs[1].checks) == (None, (check("a"),))


def test_a_figure_that_still_waits_at_the_end_is_not_sent(wire, monkeypatch):
    monkeypatch.setattr(progress, "PAUSE_SECONDS", 600.0)
    reporter = Reporter(JOB, wire.send)
    reporter.start(1, 4.0)
    reporter.figure(running(2.3), 3.0)
    reporter.end()
    assert len(wire.signs) == 1
