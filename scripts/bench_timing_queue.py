"""A deadline's night in small: people hand in at once, some again and again, and all wait to be timed.

python -m scripts.bench_timing_queue [--people N] [--greedy N] [--repeats N] [--timers N] [--json]: embedded, with real
graders and timers; timings are cut short, and begin when everything is graded. Ends with 1 where more second timings
were begun before everybody's first than had been sent ahead.
"""

from __future__ import annotations

import json
import logging
import os
import random
import re
import shutil
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Callable, Sequence
from pathlib import Path

import click
import structlog
from sqlalchemy import func, select
from sqlalchemy.orm import Session, sessionmaker

from grader.contract import GRADE_CPU, RESULTS, TIME_CPU, load_assignment
from grader.settings import ASSIGNMENTS
from server.broker import make_celery, send_after_commit
from server.commands.up import celery, say
from server.database import make_engine, make_sessions, migrate
from server.models import CourseAssignment, EnrolmentRole, Person, Submission, TimingRun, TimingState
from server.processes import Supervisor
from server.services import accounts, courses, submissions
from server.services.errors import SubmissionRefused
from server.services.timing_queue import AHEAD
from server.settings import Settings

NAME, FILE = "04-conv-forward", "offset_products.py"
PATIENCE = 600.0


def plan(people: int, greedy: int, repeats: int) -> list[str]:
    """Who hands in, in order: everybody once, and some `repeats` times, in between the others."""
    numbers = [str(100001 + place) for place in range(people)]
    turns = numbers + numbers[:greedy] * (repeats - 1)
    random.Random("deadline").shuffle(turns)  # noqa: S311 - decides nothing that is secret
    return turns


def too_early(order: Sequence[str]) -> int:
    """How many second timings were begun before the last person's first; `order` has the person of each timing."""
    last_first = max(order.index(person) for person in set(order))
    return sum(count - 1 for count in Counter(order[:last_first]).values())


def write_assignment(folder: Path, seconds: float) -> None:
    """The convolution, with a smaller call and fewer seconds: as many process pairs as a timing has at least."""
    shutil.copytree(ASSIGNMENTS / NAME, folder / NAME)
    changes = {
        "assignment.toml": (r"^seconds = .*$", f"seconds = {seconds:g}"),
        "benchmark.py": (r'"graded": \(\(.*?\), \d+', '"graded": ((1, 16, 14, 14), 16'),
    }
    for name, (old, new) in changes.items():
        text, count = re.subn(old, new, (folder / NAME / name).read_text(), flags=re.MULTILINE)
        assert count == 1, name
        (folder / NAME / name).write_text(text)


def hand_in_all(sessions: sessionmaker[Session], assignments: Path, turns: Sequence[str]) -> None:
    """Hand in as the pages do; who has too many waiting tries again later."""
    assignment = load_assignment(assignments / NAME)
    content = (assignment.folder / "submissions" / "accepted" / FILE).read_bytes()
    with sessions.begin() as s:
        course = courses.create_course(s, "night", "The night before")
        courses.publish(s, course, assignment, opens_at=None, due_at=None, points=None)
        for number in dict.fromkeys(turns):
            courses.enrol(s, course, accounts.create_person(s, number), EnrolmentRole.STUDENT)
    waiting = list(turns)
    while waiting:
        number = waiting.pop(0)
        try:
            with sessions.begin() as s:
                published, person = s.scalars(select(CourseAssignment)).one(), accounts.person_by_number(s, number)
                assert person is not None
                submissions.submit(s, published, assignment, person, "conv.py", content)
        except SubmissionRefused:
            waiting.append(number)
            time.sleep(0.2)


def measure(supervisor: Supervisor, turns: Sequence[str], timers: int) -> list[tuple[str, float]]:
    """Run it all; by when each was begun, whose timing it was, and how many seconds after the hand-in."""
    settings = Settings.from_environment()
    engine = make_engine(settings.database_url)
    migrate(engine)
    sessions = make_sessions(engine)
    send_after_commit(sessions, make_celery(settings))

    def until(holds: Callable[[Session], bool], what: str) -> None:
        def looked() -> bool:
            with sessions() as s:
                return holds(s)

        if not supervisor.wait(looked, PATIENCE):
            raise click.ClickException(f"In vain waited for {what}. {supervisor.children[-1].last_words()}")

    runs = select(func.count(TimingRun.id))
    supervisor.start("grader", celery("grader.worker", GRADE_CPU, "--concurrency", "2"))
    supervisor.start("worker", celery("server.worker", RESULTS))
    hand_in_all(sessions, settings.assignments, turns)
    until(lambda s: s.scalar(runs) == len(turns), "the gradings")
    supervisor.start("timer", celery("grader.worker", TIME_CPU, "--concurrency", str(timers)))
    until(lambda s: s.scalar(runs.where(TimingRun.state == TimingState.DONE)) == len(turns), "the timings")
    query = select(Person.number, Submission.created_at, TimingRun.begun_at)
    query = query.join(TimingRun.submission).join(Submission.person).order_by(TimingRun.begun_at)
    with sessions() as s:
        return [(number, (begun - at).total_seconds()) for number, at, begun in s.execute(query)]


@click.command()
@click.option("--people", type=click.IntRange(1), default=8, show_default=True)
@click.option("--greedy", type=click.IntRange(0), default=2, show_default=True, help="How many hand in repeatedly.")
@click.option("--repeats", type=click.IntRange(1), default=4, show_default=True, help="How often those hand in.")
@click.option("--timers", type=click.IntRange(1), default=1, show_default=True, help="How many are timed at once.")
@click.option("--seconds", type=click.FloatRange(0.1), default=1.0, show_default=True, help="Bound of one timing.")
@click.option("--json", "as_json", is_flag=True, help="Print the figures as JSON on standard output.")
def main(people: int, greedy: int, repeats: int, timers: int, seconds: float, as_json: bool) -> None:
    """Let people hand in at once, and say when each was timed."""
    structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(logging.WARNING))
    with tempfile.TemporaryDirectory(prefix="stride-night-") as name:
        folder = Path(name)
        write_assignment(folder / "assignments", seconds)
        os.environ |= {"STRIDE_DATA": str(folder), "STRIDE_ASSIGNMENTS": str(folder / "assignments")}
        os.environ |= {"DATABASE_URL": "", "BROKER_URL": "", "STRIDE_ENV": "testing"}
        with Supervisor(folder / "logs", say) as supervisor:
            timed = measure(supervisor, plan(people, greedy, repeats), timers)
    order = [number for number, _ in timed]
    waits = {number: [round(waited, 1) for each, waited in timed if each == number] for number in sorted(set(order))}
    early = too_early(order)
    if as_json:
        click.echo(json.dumps({"order": order, "seconds_waited": waits, "second_before_last_first": early}, indent=2))
    else:
        click.echo(f"the order: {' '.join(order)}")
        for number, waited in waits.items():
            click.echo(f"{number} was timed {', '.join(f'{each:.0f}' for each in waited)} s after handing in")
        click.echo(f"second timings before everybody had a first: {early} (at most {AHEAD} were sent ahead)")
    if early > AHEAD:
        sys.exit(1)


if __name__ == "__main__":
    main()
