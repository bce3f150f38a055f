"""`stride demo`: a course to look at, and proof that a submission is graded on this machine."""

from __future__ import annotations

import json
import logging
import os
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import asdict, dataclass

import click
from sqlalchemy.exc import OperationalError
from sqlalchemy.orm import Session, sessionmaker

from grader.contract import Assignment
from server import demo as course_to_look_at
from server import demo_quizzes
from server.broker import make_celery, send_after_commit
from server.commands.installation import Failed, InputRefused, database, read_assignments, read_settings
from server.commands.up import Address, failure, say, serve, start_timers, supervised, until_served
from server.database import make_engine, make_sessions
from server.demo import LECTURER, LECTURER_PASSWORD, STUDENT_PASSWORD, STUDENTS, Feeder
from server.logging import configure_logging
from server.models import Course, State, Submission
from server.processes import Supervisor
from server.quiz.bank import Bank
from server.services import accounts, grading, submissions
from server.services.errors import Refused
from server.services.submissions import WAITING

GRADE_SECONDS = 120.0
FEED_SECONDS = 1.0
WEB_WORKERS = 2
CHANGED = "(changed since)"
PREFERRED = "04-conv-forward"
SIGNS = {"passed": "✔", "skipped": "-"}


@click.command()
@click.option("--host", default="127.0.0.1", show_default=True, help="The address to serve on; 0.0.0.0 for all.")
@click.option("--port", default=8000, show_default=True, type=click.IntRange(1, 65535))
@click.option("--graders", default=os.cpu_count() or 1, type=click.IntRange(1, 256), help="How many grade at once.")
@click.option("--exit", "leave", is_flag=True, help="Stop once the score is printed.")
@click.option("--json", "as_json", is_flag=True, help="Print address, accounts and result as JSON.")
def demo(host: str, port: int, graders: int, leave: bool, as_json: bool) -> None:
    """Run everything with a course to look at, and grade one real submission. Ctrl-C ends it; the course stays."""
    settings, address = read_settings(), Address(host, port)
    configure_logging(settings, logging.WARNING)
    if settings.is_production:
        raise InputRefused("The demonstration has known passwords, so it does not run with STRIDE_ENV=production.")
    assignments = read_assignments(settings)
    sample = choose_sample(assignments)
    sessions = make_sessions(make_engine(settings.database_url))
    send_after_commit(sessions, make_celery(settings))
    with supervised(settings, address, graders) as supervisor:
        with database(settings) as s:
            course = course_to_look_at.seed(s, assignments)
            demo_quizzes.seed(s, course, Bank(settings.assignments), LECTURER[0], STUDENTS)
        serve(supervisor, address, WEB_WORKERS)
        number = hand_in_sample(sessions, course, sample)
        until_served(supervisor, address)
        until_graded(supervisor, sessions, number)
        if supervisor.stopping:
            return
        with sessions() as s:
            report = Report.of(s, address, number)
        click.echo(json.dumps(asdict(report), indent=2, ensure_ascii=False) if as_json else report.text())
        if not leave:
            say("Ctrl-C ends it; the course stays for the next start.")
            start_timers(supervisor)
            with sessions.begin() as s:
                course_to_look_at.request_methods(s, course, sample)
            keep_running(supervisor, Feeder(sessions, course, assignments))


def choose_sample(assignments: Mapping[str, Assignment]) -> Assignment:
    """The assignment that the printed submission is for: the first convolution, or whatever has a solution."""
    ordered = sorted(assignments.values(), key=lambda each: each.id != PREFERRED)
    for assignment in ordered:
        if assignment.submissions("accepted"):
            return assignment
    raise InputRefused("No assignment has a sample solution, so there is nothing to show.")


def hand_in_sample(sessions: sessionmaker[Session], course: Course, sample: Assignment) -> int:
    """Hand in a solution for the first student who has room for one: earlier starts may have left some waiting."""
    for student in STUDENTS:
        with suppress(Refused), sessions.begin() as s:
            return course_to_look_at.hand_in(s, course, sample, student, sample.submissions("accepted")[0]).id
    raise Failed("Every student of the demonstration has submissions that wait for a grader.")


def until_graded(supervisor: Supervisor, sessions: sessionmaker[Session], number: int) -> None:
    """Wait for the result of a submission. Raises Failed, with the end of the grader's log, when none comes."""

    def has_ended() -> bool:
        with sessions() as s:
            return s.get_one(Submission, number).state not in WAITING

    grader = next(child for child in supervisor.children if child.name == "grader")
    supervisor.wait(lambda: has_ended() or grader.falls > 1, GRADE_SECONDS)
    if not supervisor.stopping and not has_ended():
        raise failure(grader, "The submission was not graded.")


def keep_running(supervisor: Supervisor, feeder: Feeder) -> None:
    """Tend the processes until Ctrl-C, and let the students of the demonstration hand in meanwhile."""
    while not supervisor.stopping:
        # What cannot be handed in now (somebody changed the course, the database restarts) comes at the next start.
        with suppress(Refused, OperationalError):
            feeder.step()
        supervisor.wait(lambda: False, FEED_SECONDS)


@dataclass(frozen=True, slots=True)
class Line:
    """One check as it is printed."""

    title: str
    status: str
    points: float
    max_points: float

    def text(self) -> str:
        """The check for a terminal."""
        return f"    {SIGNS.get(self.status, '✘')} {self.title:<60.60} {self.points:g}/{self.max_points:g}"


@dataclass(frozen=True, slots=True)
class Report:
    """What the demonstration shows: where it is, who can sign in, and how the submission fared.

    `score` and `max_score` are those of the checks; `points_for_speed` can be had besides, once it is timed.
    """

    address: str
    accounts: list[dict[str, str]]
    submission: int
    assignment: str
    student: str
    file: str
    state: str
    score: float
    max_score: float
    points_for_speed: float
    seconds: float
    checks: list[Line]

    @classmethod
    def of(cls, s: Session, address: Address, number: int) -> Report:
        """Read it from the database. Raises Failed when grading failed."""
        submission = s.get_one(Submission, number)
        attempt = submissions.current_attempt(s, submission)
        if submission.state is State.FAILED or attempt is None:
            raise Failed(f"Grading failed: {grading.staff_note(attempt) if attempt else 'there is no attempt'}")
        checks = submissions.visible_checks(s, submission, viewer_is_lecturer=True)
        of_checks = sum(check.max_points for check in checks)
        return cls(
            address=address.url,
            accounts=_accounts(s),
            submission=submission.id,
            assignment=submission.course_assignment.assignment,
            student=submission.person.number,
            file=submission.files[0].name,
            state=submission.state.value,
            score=attempt.score or 0.0,
            max_score=of_checks,
            points_for_speed=round((submission.max_score or of_checks) - of_checks, 6),
            seconds=round((submission.graded_at - submission.created_at).total_seconds(), 2),
            checks=[Line(check.title, check.status, check.points, check.max_points) for check in checks],
        )

    def text(self) -> str:
        """The report for a terminal."""
        lecturer, first, *_, last = self.accounts
        return "\n".join(
            [
                "",
                f"  Stride is at {self.address}",
                "",
                f"  lecturer   {lecturer['number']:<20}      password {lecturer['password']}",
                f"  students   {first['number']} to {last['number']:<10}      password {first['password']}",
                "",
                f"  {self.file} of student {self.student} went through the queue and the sandbox as {self.assignment}:",
                *(line.text() for line in self.checks),
                f"  {self.score:g} of {self.max_score:g} points, {self.seconds:.1f} s after it was handed in.",
                *(
                    [f"  Up to {self.points_for_speed:g} for speed follow when it is timed."]
                    * bool(self.points_for_speed)
                ),
                "",
            ]
        )


def _accounts(s: Session) -> list[dict[str, str]]:
    """Who can sign in. Passwords that somebody changed since are not told; of the students, the first is tried."""
    known = [("lecturer", LECTURER[0], LECTURER_PASSWORD)]
    known += [("student", number, STUDENT_PASSWORD) for number in STUDENTS]
    changed = {number for _, number, password in known[:2] if accounts.authenticate(s, number, password) is None}
    return [
        {"role": role, "number": number, "password": CHANGED if number in changed else password}
        for role, number, password in known
    ]
