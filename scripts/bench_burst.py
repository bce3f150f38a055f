"""Hand in a burst of submissions and measure the whole way: broker, graders, sandboxes, database.

python -m scripts.bench_burst [--count N] [--mix accepted=60,wrong=30,crash=10] [--json]: starts PostgreSQL, Redis, the
grader's and the server's workers as processes of its own, hands in what an assignment's folder has as samples, waits
until all are recorded, and checks that none was lost, none graded twice, and each has its score.
"""

from __future__ import annotations

import json
import logging
import os
import random
import re
import subprocess
import tempfile
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import click
import numpy as np
import structlog
from sqlalchemy import func, select
from sqlalchemy.orm import Session, sessionmaker

from grader.contract import GRADE_CPU, RESULTS, Assignment, AssignmentError, Job, load_assignment
from grader.judge.grade import grade
from grader.sandbox.bubblewrap import Bubblewrap
from grader.settings import ASSIGNMENTS
from scripts.hand_in import Visitor
from scripts.private_servers import free_port, postgresql, redis_server
from scripts.process_meter import GRADER, Meter
from server.broker import make_celery, send_after_commit
from server.commands.up import Address, answers, celery, gunicorn
from server.database import make_engine, make_sessions, migrate
from server.models import Attempt, Course, EnrolmentRole, Person, State, Submission
from server.services import accounts, courses, submissions
from server.services.submissions import MOST_WAITING, WAITING
from server.settings import Settings

COURSE = "burst"
PASSWORD = "a-password-of-the-burst"  # noqa: S105 - of a server that lives for a minute
SILENCE_SECONDS = 120.0
READY_SECONDS = 60.0
WARM_UP = 4
GRADED_LINE = re.compile(r"\bgraded\b.*\battempt=(\d+)\b.*\bsubmission=(\d+)\b")
RECORDED_LINE = re.compile(r"result (?:recorded|kept).*\battempt=(\d+)\b.*\bsubmission=(\d+)\b")
COLOURS = re.compile(r"\x1b\[[0-9;]*m")
ROLES = ("judge", "sandbox", GRADER, "server worker", "web", "postgresql", "redis")


class Failed(click.ClickException):
    """Something was lost, graded twice or graded wrongly, or a process did not do its work."""

    exit_code = 3


@dataclass(slots=True)
class Planned:
    """A sample that is handed in, and the submission that came of it."""

    kind: str
    file: Path
    submission: int = 0


@dataclass(slots=True)
class Burst:
    """What one burst gave. Seconds of processor time by role, milliseconds by submission."""

    title: str
    count: int
    seconds: float
    hand_in_seconds: float
    cpu_seconds: dict[str, float]
    milliseconds: dict[str, list[float]]
    graded_twice: int
    memory_mib: dict[str, tuple[float, float]] = field(default_factory=dict)
    """by role the mean of its processes together, in the first and the last tenth of the time"""

    @property
    def rate(self) -> float:
        """Submissions a second."""
        return self.count / self.seconds

    def to_dict(self) -> dict[str, Any]:
        """The burst as JSON-ready values."""
        return {
            "title": self.title,
            "count": self.count,
            "seconds": round(self.seconds, 3),
            "hand_in_seconds": round(self.hand_in_seconds, 3),
            "submissions_per_second": round(self.rate, 2),
            "cpu_seconds_per_submission": {
                role: round(seconds / self.count, 5) for role, seconds in self.cpu_seconds.items()
            },
            "milliseconds": {
                name: dict(zip(("p50", "p90", "p99"), percentiles(values), strict=True))
                for name, values in self.milliseconds.items()
            },
            "memory_mib": self.memory_mib,
            "graded_twice": self.graded_twice,
        }


@dataclass(frozen=True, slots=True)
class Installation:
    """Everything that runs for a burst."""

    assignment: Assignment
    sessions: sessionmaker[Session]
    logs: Path
    roots: dict[str, int]
    address: str = ""


@contextmanager
def installation(folder: Path, assignment: Assignment, concurrency: int, *, web: bool) -> Iterator[Installation]:
    """PostgreSQL, Redis, migrated tables, a grader's worker and the server's worker, ready. Raises Failed."""
    with ExitStack() as stack:
        database_url, postgres = stack.enter_context(postgresql(folder))
        broker_url, redis = stack.enter_context(redis_server(folder))
        broker = {"BROKER_URL": broker_url, "STRIDE_DATA": str(folder / "data")}
        settings = Settings.from_environment(broker | {"DATABASE_URL": database_url})
        engine = make_engine(settings.database_url)
        stack.callback(engine.dispose)
        migrate(engine)
        sessions = make_sessions(engine)
        send_after_commit(sessions, make_celery(settings))
        server = broker | {"DATABASE_URL": database_url}
        grading = celery("grader.worker", GRADE_CPU, "--concurrency", str(concurrency))
        roots = {
            GRADER: stack.enter_context(process(grading, broker, folder / "grader.log")),
            "server worker": stack.enter_context(
                process(celery("server.worker", RESULTS), server, folder / "worker.log")
            ),
            "postgresql": postgres,
            "redis": redis,
        }
        address = Address("127.0.0.1", free_port())
        if web:
            roots["web"] = stack.enter_context(process(gunicorn(address, 2), server, folder / "web.log"))
            until(lambda: answers(address), READY_SECONDS, "the web process does not answer")
        until(lambda: is_ready(folder), READY_SECONDS, "the workers do not start")
        yield Installation(assignment, sessions, folder, roots, address.url if web else "")


@contextmanager
def process(command: list[str], environment: dict[str, str], log: Path) -> Iterator[int]:
    """A process of the installation, with only its own settings; its number."""
    kept = {
        name: value for name, value in os.environ.items() if not name.startswith(("STRIDE_", "DATABASE_", "BROKER_"))
    }
    with log.open("w") as out:
        started = subprocess.Popen(
            ["/usr/bin/setpriv", "--pdeathsig", "TERM", *command], env=kept | environment, stdout=out, stderr=out
        )
    try:
        yield started.pid
        if started.poll() is not None:
            raise Failed(f"{log.stem} ended by itself.\n{end_of(log)}")
    finally:
        started.terminate()
        started.wait()


def end_of(log: Path) -> str:
    """The last lines of a log, under its name."""
    return f"{log.name}:\n{log.read_text()[-3000:]}"


def is_ready(folder: Path) -> bool:
    """Whether both workers have said that they take messages."""
    return all(" ready." in (folder / f"{name}.log").read_text() for name in ("grader", "worker"))


def until(condition: Any, seconds: float, message: str) -> None:
    """Wait for a condition. Raises Failed with the message."""
    deadline = time.monotonic() + seconds
    while not condition():
        if time.monotonic() > deadline:
            raise Failed(f"After {seconds:.0f} s {message}.")
        time.sleep(0.05)


def prepare(place: Installation, count: int) -> None:
    """A course with `count` students and the assignment. Only over HTTP do they need a password."""
    with place.sessions.begin() as s:
        course = courses.create_course(s, COURSE, "A burst")
        courses.publish(s, course, place.assignment, opens_at=None, due_at=None, points=None, is_visible=True)
        for number in range(count):
            student = accounts.create_person(s, f"s{number:06}")
            courses.enrol(s, course, student, EnrolmentRole.STUDENT)
            if place.address:
                accounts.set_password(s, student, PASSWORD)


def plan(assignment: Assignment, mix: dict[str, int], count: int) -> list[Planned]:
    """`count` samples in shares of `mix`, in an order that is the same every time."""
    planned: list[Planned] = []
    shares = 0
    for kind, share in mix.items():
        files, shares = assignment.submissions(kind), shares + share
        if not files:
            raise click.BadParameter(f"{assignment.id} has no samples of the kind {kind}", param_hint="--mix")
        room = round(count * shares / sum(mix.values())) - len(planned)
        planned += [Planned(kind, files[place % len(files)]) for place in range(room)]
    random.Random("burst").shuffle(planned)  # noqa: S311 - decides nothing that is secret
    return planned


def run(place: Installation, title: str, planned: list[Planned]) -> Burst:
    """Hand everything in at once, and wait until the last is recorded. Raises Failed."""
    meter = Meter(place.roots)
    before = meter.seconds_used()
    with meter:
        began = time.time()
        (hand_in_over_http if place.address else hand_in)(place, planned)
        handed_in = time.time()
        wait(place, planned)
    after = meter.seconds_used()
    ended, milliseconds = read_times(place, planned)
    return Burst(
        title=title,
        count=len(planned),
        seconds=ended - began,
        hand_in_seconds=handed_in - began,
        cpu_seconds={role: after[role] - before.get(role, 0.0) for role in ROLES if role in after},
        milliseconds=milliseconds,
        graded_twice=verify(place, planned),
        memory_mib=memory(meter.samples),
    )


def students(place: Installation) -> list[Person]:
    """Everybody, in the order in which they hand in."""
    with place.sessions() as s:
        return list(s.scalars(select(Person).order_by(Person.id)))


def hand_in(place: Installation, planned: list[Planned]) -> None:
    """Store and send each sample as the pages do: in a transaction of its own."""
    people = students(place)
    for turn, each in enumerate(planned):
        with place.sessions.begin() as s:
            course = s.scalars(select(Course).where(Course.slug == COURSE)).one()
            published = courses.published_as(s, course, place.assignment.id)
            assert published is not None
            person = s.get_one(Person, people[turn % len(people)].id)
            content = each.file.read_bytes()
            each.submission = submissions.submit(s, published, place.assignment, person, each.file.name, content).id


def hand_in_over_http(place: Installation, planned: list[Planned]) -> None:
    """Upload each sample with a browser's requests, one student after the other; signing in takes time as well."""
    visitors: dict[int, Visitor] = {}
    people = students(place)
    for turn, each in enumerate(planned):
        person = people[turn % len(people)]
        if person.id not in visitors:
            visitors[person.id] = Visitor(place.address)
            visitors[person.id].sign_in(person.number, PASSWORD)
        page = visitors[person.id].hand_in(COURSE, place.assignment.id, each.file)
        each.submission = int(page.rstrip("/").rpartition("/")[2])


def wait(place: Installation, planned: list[Planned]) -> None:
    """Wait until nothing waits. Raises Failed when nothing has changed for a long time."""
    last, changed_at = -1, time.monotonic()
    while (left := waiting(place)) > 0:
        if left != last:
            last, changed_at = left, time.monotonic()
        if time.monotonic() - changed_at > SILENCE_SECONDS:
            ends = (end_of(place.logs / f"{name}.log") for name in ("grader", "worker"))
            raise Failed("\n\n".join((f"{left} of {len(planned)} submissions got no result.", *ends)))
        time.sleep(0.25)


def waiting(place: Installation) -> int:
    """How many submissions have no outcome yet."""
    with place.sessions() as s:
        return s.scalar(select(func.count()).where(Submission.state.in_(WAITING))) or 0


def read_times(place: Installation, planned: list[Planned]) -> tuple[float, dict[str, list[float]]]:
    """When the last was recorded, in seconds since the epoch; and milliseconds by submission and step."""
    numbers = {each.submission for each in planned}
    with place.sessions() as s:
        rows = s.execute(
            select(Submission.created_at, Submission.graded_at, Attempt.started_at, Attempt.result)
            .join(Attempt, Attempt.submission_id == Submission.id)
            .where(Submission.id.in_(numbers), Attempt.number == Submission.attempt)
        ).all()
    times: dict[str, list[float]] = {"wait in the queue": [], "hand-in to score": []}
    for created_at, graded_at, started_at, result in rows:
        times["wait in the queue"].append((started_at - created_at).total_seconds() * 1000)
        times["hand-in to score"].append((graded_at - created_at).total_seconds() * 1000)
        for name, milliseconds in result["timings"].items():
            times.setdefault(name, []).append(milliseconds)
    return max(row.graded_at for row in rows).timestamp(), times


def verify(place: Installation, planned: list[Planned]) -> int:
    """Check that each submission has one result and the right score; how many were graded more than once.

    Raises Failed. A second grading changes no score (the first result of an attempt is the one that counts), but is
    work for nothing, so it is counted from the workers' logs.
    """
    numbers = [each.submission for each in planned]
    if len(set(numbers)) != len(planned):
        raise Failed("Two submissions have the same number.")
    with place.sessions() as s:
        found = {row.id: row for row in s.scalars(select(Submission).where(Submission.id.in_(numbers)))}
        finished = Counter(
            s.scalars(
                select(Attempt.submission_id).where(
                    Attempt.submission_id.in_(numbers), Attempt.finished_at.is_not(None)
                )
            )
        )
    lost = [number for number in numbers if number not in found or finished[number] != 1]
    if lost:
        raise Failed(f"{len(lost)} submissions have no result, or two: {lost[:10]}")
    check_scores(place, planned, found)
    graded, recorded = (
        lines(place.logs / name, pattern)
        for name, pattern in (("grader.log", GRADED_LINE), ("worker.log", RECORDED_LINE))
    )
    missing = [number for number in numbers if (number, 1) not in graded or (number, 1) not in recorded]
    if missing:
        raise Failed(f"The logs do not say that these were graded and recorded: {missing[:10]}")
    return sum(max(graded[number, 1], recorded[number, 1]) > 1 for number in numbers)


def check_scores(place: Installation, planned: list[Planned], found: dict[int, Submission]) -> None:
    """Accepted samples have all points of the checks and no other has; one of each is graded again. Raises Failed."""
    first = {each.file: each for each in reversed(planned)}
    with Bubblewrap() as launcher:
        for file, each in first.items():
            job = Job(
                each.submission, 1, place.assignment.id, {file.name: file.read_text()}, found[each.submission].seed
            )
            result = grade(job, place.assignment, launcher)
            if result.score != found[each.submission].score:
                raise Failed(f"{file.name} has {found[each.submission].score}, graded alone it has {result.score}.")
    for each in planned:
        row = found[each.submission]
        is_full = row.score == place.assignment.check_points and row.state is State.GRADED
        if row.state not in (State.GRADED, State.REJECTED) or is_full is not (each.kind == "accepted"):
            raise Failed(f"submission {row.id}, {each.kind}/{each.file.name}: {row.state}, {row.score} points")


def lines(log: Path, pattern: re.Pattern[str]) -> Counter[tuple[int, int]]:
    """How often a log names each (submission, attempt)."""
    text = COLOURS.sub("", log.read_text())
    return Counter((int(submission), int(attempt)) for attempt, submission in pattern.findall(text))


def memory(samples: list[dict[str, dict[int, float]]]) -> dict[str, tuple[float, float]]:
    """By role, the mean resident MiB of its lasting processes in the first and in the last tenth of the samples."""
    tenth = max(1, len(samples) // 10)
    lasting = {role: set(samples[0].get(role, ())) & set(samples[-1].get(role, ())) for role in ROLES}
    return {
        role: (_mean(samples[:tenth], role, pids), _mean(samples[-tenth:], role, pids))
        for role, pids in lasting.items()
        if pids
    }


def _mean(samples: list[dict[str, dict[int, float]]], role: str, pids: set[int]) -> float:
    totals = [sum(sample[role].get(pid, 0.0) for pid in pids) for sample in samples if role in sample]
    return round(sum(totals) / len(totals), 1)


def percentiles(values: list[float]) -> list[float]:
    """The 50th, 90th and 99th."""
    return [round(float(value), 1) for value in np.percentile(values, (50, 90, 99))]


def table(burst: Burst) -> str:
    """What a burst gave, for people."""
    cores, cpu = os.cpu_count() or 1, sum(burst.cpu_seconds.values())
    rows = [
        f"{burst.title}: {burst.count} submissions, handed in within {burst.hand_in_seconds:.1f} s",
        f"recorded within {burst.seconds:.1f} s: {burst.rate:.1f} a second, {burst.rate / cores:.1f} a second and core",
        f"none lost, every score as expected, {burst.graded_twice or 'none'} graded twice",
        "",
        f"{'processor time a submission (ms)':34}{1000 * cpu / burst.count:9.1f}",
        *(f"  {role:32}{1000 * seconds / burst.count:9.1f}" for role, seconds in burst.cpu_seconds.items()),
        "",
        f"{'milliseconds':34}{'p50':>9}{'p90':>9}{'p99':>9}",
    ]
    for name, values in burst.milliseconds.items():
        rows.append(f"  {name:32}" + "".join(f"{value:9.1f}" for value in percentiles(values)))
    rows += ["", f"{'memory (MiB)':34}{'first':>9}{'last':>9}   tenth of the time"]
    rows += [f"  {role:32}{first:9.1f}{last:9.1f}" for role, (first, last) in burst.memory_mib.items()]
    return "\n".join(rows)


def read_assignment(_context: click.Context, _parameter: click.Parameter, name: str) -> Assignment:
    """The assignment of this name."""
    try:
        return load_assignment(ASSIGNMENTS / name)
    except AssignmentError as error:
        raise click.BadParameter(str(error)) from None


def read_mix(_context: click.Context, _parameter: click.Parameter, text: str) -> dict[str, int]:
    """`accepted=60,wrong=30` as shares by kind."""
    pairs = [part.partition("=") for part in text.split(",")]
    if not all(name.strip() and share.strip().isdecimal() for name, _, share in pairs) or not text.strip():
        raise click.BadParameter("write the shares as accepted=60,wrong=30,crash=10")
    mix = {name.strip(): int(share) for name, _, share in pairs if int(share)}
    if not mix:
        raise click.BadParameter("at least one share must be more than 0")
    return mix


@click.command()
@click.option("--count", default=500, show_default=True, type=click.IntRange(1, 100_000))
@click.option(
    "--accepted",
    default=200,
    show_default=True,
    type=click.IntRange(0, 100_000),
    help="Submissions of a second burst, of accepted solutions alone; 0 for none.",
)
@click.option(
    "--mix",
    default="accepted=60,wrong=30,crash=10",
    show_default=True,
    callback=read_mix,
    help="Shares by kind of sample; time_limit takes an assignment's total_seconds each.",
)
@click.option("--assignment", default="04-conv-forward", show_default=True, callback=read_assignment)
@click.option("--concurrency", default=2, show_default=True, type=click.IntRange(1, 256), help="Graded at once.")
@click.option("--through-web", is_flag=True, help="Upload over HTTP instead of calling the service.")
@click.option("--json", "as_json", is_flag=True, help="Print JSON instead of tables.")
def main(
    count: int,
    accepted: int,
    mix: dict[str, int],
    assignment: Assignment,
    concurrency: int,
    through_web: bool,
    as_json: bool,
) -> None:
    """Hand in COUNT samples of an assignment at once, and measure until the last is recorded."""
    structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(logging.WARNING))
    with (
        tempfile.TemporaryDirectory(prefix="stride-burst-") as name,
        installation(Path(name), assignment, concurrency, web=through_web) as place,
    ):
        prepare(place, -(-max(count, accepted, WARM_UP * concurrency) // MOST_WAITING))
        run(place, "warming up", plan(place.assignment, mix, WARM_UP * concurrency))
        title = ", ".join(f"{share} {kind}" for kind, share in mix.items())
        bursts = [run(place, title, plan(place.assignment, mix, count))]
        if accepted:
            bursts.append(run(place, "accepted alone", plan(place.assignment, {"accepted": 1}, accepted)))
    if as_json:
        click.echo(json.dumps([burst.to_dict() for burst in bursts], indent=2))
    else:
        click.echo(f"{assignment.id}, {concurrency} graded at once, {os.cpu_count()} cores\n")
        click.echo("\n\n".join(map(table, bursts)))


if __name__ == "__main__":
    main()
