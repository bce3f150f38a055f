"""`make bench-quiz`: a small class sits a quiz for real, and what would be wrong is found."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
import yaml
from click.testing import CliRunner
from sqlalchemy.orm import Session, sessionmaker

from scripts.bench_quiz import BOUND_MILLISECONDS, largest_fast, main, search, short
from scripts.quiz_load.figures import CLOSING, Latency, Outcome
from scripts.quiz_load.hall import Booked, book, prepare
from scripts.quiz_load.installation import EMBEDDED, PRODUCTION, web
from scripts.quiz_load.pages import questions
from scripts.quiz_load.plan import CLOSING_SECONDS, IN_CLOSING, lives
from scripts.quiz_load.running import Class
from scripts.quiz_load.tally import Change
from scripts.quiz_load.verifying import Findings, verify
from server.commands.up import Address
from server.database import make_engine, make_sessions
from server.models import Participant, QuizAnswer, QuizSession
from server.quiz.bank import Bank
from server.services.quizzes import joining
from server.services.quizzes.joining import Asking

ROOT = Path(__file__).parent.parent.parent


@pytest.mark.slow
@pytest.mark.parametrize("database", [EMBEDDED, PRODUCTION])
def test_a_small_class_loses_nothing(database: str) -> None:
    size = ["--students", "30", "--seconds", "6", "--joining", "2", "--cold"]
    command = [sys.executable, "-m", "scripts.bench_quiz", *size, "--database", database, "--json"]
    kept = {name: value for name, value in os.environ.items() if not name.startswith("STRIDE_")}
    outcome = subprocess.run(command, cwd=ROOT, env=kept, capture_output=True, text=True)

    assert outcome.returncode == 0, outcome.stderr
    (run,) = json.loads(outcome.stdout)
    assert (run["database"], run["students"], run["lost"], run["accepted_late"]) == (database, 30, [], [])
    assert run["errors"] == {}
    assert run["stored"] <= 300
    assert run["acknowledged"] >= run["stored"] > 0
    times = run["milliseconds"]
    assert {"form", "join", "page", "file", "state", "sheet", "answer", "desk", "projector", CLOSING} <= set(times)
    assert times["sheet"]["count"] >= times["join"]["count"] == 30
    assert times["answer"]["p50"] <= times["answer"]["p95"] <= times["answer"]["p99"] <= times["answer"]["max"]
    assert run["cpu_seconds"]["web"] > 0
    assert run["cpu_seconds"]["driver"] > 0


def test_a_class_answers_each_question_once_and_mostly_in_the_last_ten_seconds() -> None:
    plans = lives(400, 10, 60.0, 20.0)
    acts = [act for life in plans for act in life.acts]
    assert len({life.number for life in plans}) == 400
    assert all({act.question for act in life.acts} == set(range(1, 11)) for life in plans)
    assert all(0 <= life.joins_at < 20 for life in plans)
    assert all(0 < act.at <= 60 for act in acts)
    first = 4000
    closing = sum(act.at >= 60 - CLOSING_SECONDS for act in acts)
    assert closing / first > IN_CLOSING - 0.05
    assert 400 < len(acts) - first < 700, "some change their mind"
    assert 100 < sum(act.is_sent_twice for act in acts) < 300
    assert 5 < sum(life.too_late is not None for life in plans) < 50
    assert lives(400, 10, 60.0, 20.0) == plans


class Sat:
    """One student in a session that is over, with two answers stored and acknowledged."""

    def __init__(self, sessions: sessionmaker[Session]) -> None:
        self.sessions = sessions
        quiz = prepare(sessions, Bank(ROOT / "assignments"), ["s00000"], 4)
        opens_at = (datetime.now(UTC) + timedelta(minutes=5)).timestamp()
        self.booked: Booked = book(sessions, quiz, opens_at, 60.0)
        self.last = self.booked.closes_at + self.booked.grace
        self.changes = [self._given(question) for question in (1, 2)]
        with sessions.begin() as s:
            session = s.get_one(QuizSession, self.booked.id)
            now = datetime.now(UTC)
            participant = joining.join(s, session, Asking("s00000", joining.new_device()), now)
            for change in self.changes:
                s.add(self._row(participant, change))

    def findings(self) -> Findings:
        return verify(self.sessions, self.booked.id, {"s00000": self.changes})

    def rows(self, s: Session) -> list[QuizAnswer]:
        return sorted(s.query(QuizAnswer).all(), key=lambda row: row.sequence)

    def _given(self, question: int) -> Change:
        put_at = self.booked.closes_at - 5
        token = f"token-of-{question}"
        return Change(question, (), "", question, token, put_at, put_at, 1, "saved", is_acknowledged=True)

    def _row(self, participant: Participant, change: Change) -> QuizAnswer:
        item = participant.paper[change.question - 1]["item"]
        at = datetime.fromtimestamp(change.put_at, UTC)
        columns = {"picked": [], "text": "", "sequence": change.sequence, "token": change.token, "answered_at": at}
        return QuizAnswer(participant_id=participant.id, item_id=item, **columns)


@pytest.fixture
def sat(sqlite_sessions: sessionmaker[Session]) -> Sat:
    return Sat(sqlite_sessions)


@pytest.fixture
def sqlite_sessions(sqlite_template: Path, tmp_path: Path) -> Iterator[sessionmaker[Session]]:
    engine = make_engine(f"sqlite:///{shutil.copy(sqlite_template, tmp_path / 'stride.db')}")
    yield make_sessions(engine)
    engine.dispose()


def test_what_is_all_there_is_not_lost(sat: Sat) -> None:
    found = sat.findings()
    assert (found.lost, found.late, found.acknowledged, found.stored) == ((), (), 2, 2)


def test_an_acknowledged_answer_that_is_not_there_is_lost(sat: Sat) -> None:
    with sat.sessions.begin() as s:
        s.delete(sat.rows(s)[0])
    assert sat.findings().lost == ("s00000, question 1: acknowledged with sequence 1, and not there",)


def test_an_older_answer_in_place_of_an_acknowledged_one_is_a_loss(sat: Sat) -> None:
    sat.changes.append(replace(sat.changes[0], sequence=9, token="the-newer-one"))
    assert sat.findings().lost == ("s00000, question 1: sequence 9 acknowledged, 1 stored",)


def test_an_answer_that_says_something_else_is_a_loss(sat: Sat) -> None:
    with sat.sessions.begin() as s:
        sat.rows(s)[1].text = "7"
    assert sat.findings().lost == ("s00000, question 2: what is stored is not what was sent",)


def test_an_answer_without_a_receipt_may_be_there_or_not(sat: Sat) -> None:
    sat.changes[0].is_acknowledged, sat.changes[0].outcome = False, ""
    assert (sat.findings().lost, sat.findings().unanswered) == ((), 1)
    with sat.sessions.begin() as s:
        s.delete(sat.rows(s)[0])
    assert sat.findings().lost == ()


def test_an_answer_that_arrived_after_the_grace_is_late(sat: Sat) -> None:
    with sat.sessions.begin() as s:
        sat.rows(s)[0].answered_at = datetime.fromtimestamp(sat.last + 0.01, UTC)
    (late,) = sat.findings().late
    assert "stored as arrived at" in late


def test_an_answer_that_was_given_after_the_grace_is_late_whatever_its_row_says(sat: Sat) -> None:
    sat.changes[1].put_at = sat.last + 0.01
    assert sat.findings().late == ("s00000, question 2: given after the last moment, and accepted",)


def outcome(students: int, p99: float, **changes: object) -> Outcome:
    found = Findings(lost=(), late=(), acknowledged=1, stored=1, in_grace=0, missed=0, unanswered=0)
    times = {CLOSING: Latency(1, p99, p99, p99, p99)}
    fields = {"database": EMBEDDED, "students": students, "findings": found, "errors": {}, "latencies": times}
    return Outcome(**fields | {"requests_per_second": 1.0, "cpu_seconds": {}, "closing_cores": {}} | changes)


@pytest.mark.parametrize(("first", "tried"), [(1000, [1000, 1100, 1200, 1300]), (1500, [1500, 1400, 1300, 1200])])
def test_a_search_goes_on_until_the_bound_is_passed(first: int, tried: list[int]) -> None:
    outcomes = search(lambda students: outcome(students, BOUND_MILLISECONDS * students / 1250), first, 4000)
    assert [each.students for each in outcomes] == tried
    assert largest_fast(outcomes) == 1200


def test_a_class_with_errors_or_losses_was_not_served(sat: Sat) -> None:
    lost = replace(sat.findings(), lost=("one",))
    outcomes = [outcome(10, 1.0), outcome(20, 1.0, errors={"answer: 503": 1}), outcome(30, 1.0, findings=lost)]
    assert largest_fast(outcomes) == 10
    assert [each.is_kept for each in outcomes] == [True, True, False]


def test_a_larger_class_joins_at_the_same_rate_and_has_the_same_last_seconds() -> None:
    sizes = [short(Class(1000, 10, 300.0, 60.0), students) for students in (500, 2000)]
    assert [each.students / each.joining for each in sizes] == [50, 50]
    assert all(each.seconds > CLOSING_SECONDS for each in sizes)


def test_production_is_started_as_compose_starts_it() -> None:
    compose = yaml.safe_load((ROOT / "docker-compose.yml").read_text())["services"]["web"]
    command, settings = web(PRODUCTION, Address("0.0.0.0", 8000), 2, 64)
    assert command[1:] == ["-m", *compose["command"].split()]
    wanted = compose["environment"]["GUNICORN_CMD_ARGS"].replace("${WEB_WORKERS:-2}", "2")
    assert settings["GUNICORN_CMD_ARGS"] == wanted.replace("${WEB_THREADS:-64}", "64")


def test_questions_are_read_from_the_page_with_what_is_answered() -> None:
    page = (
        '<section class="sit-question" id="question-1" data-question="1" data-kind="single">'
        '<input type="radio" name="q1" value="0"  ><input type="radio" name="q1" value="1" checked></section>'
        '<section class="sit-question" id="question-2" data-question="2" data-kind="numeric">'
        '<input class="sit-number" id="text-2" name="q2-text" value="&lt;3"></section>'
    )
    first, second = questions(page)
    assert (first.number, first.kind, first.options, first.picked, first.text) == (1, "single", 2, (1,), "")
    assert (second.number, second.options, second.text) == (2, 0, "<3")


@pytest.mark.parametrize("arguments", [("--students", "0"), ("--seconds", "1"), ("--database", "oracle")])
def test_what_cannot_be_run_is_refused(arguments: tuple[str, str]) -> None:
    refused = CliRunner().invoke(main, arguments)
    assert refused.exit_code == 2
    assert arguments[0] in refused.output
