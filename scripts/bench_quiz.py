"""A class sits a quiz: how many students at once, how fast, and whether anything that was acknowledged is lost.

python -m scripts.bench_quiz [--students N] [--database postgresql|sqlite|both] [--search] [--json]: starts the pages as
production and as `stride up` run them, and a driver that does what the browsers of a class and of its lecturer do. Exit
code 1 where an acknowledged answer was lost or one was accepted after the deadline.
"""

from __future__ import annotations

import json
import logging
import os
import sys
import tempfile
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import click
import structlog

from scripts.quiz_load.figures import Outcome, table
from scripts.quiz_load.hall import prepare
from scripts.quiz_load.installation import EMBEDDED, PRODUCTION, cores, installation
from scripts.quiz_load.plan import lives
from scripts.quiz_load.running import Class, run
from server.commands.up import THREADS, allow_open_files

BOUND_MILLISECONDS = 500.0
JOINING_SECONDS = 20.0
SHORT_SECONDS = 20.0
STEP = 100
WARM_UP = Class(students=20, questions=10, seconds=5.0, joining=1.0)


def bench(database: str, size: Class, workers: int, threads: int, *, warm_up: bool, searches: bool) -> list[Outcome]:
    """The runs on one installation: one, or those of a search."""
    with (
        tempfile.TemporaryDirectory(prefix="stride-quiz-") as name,
        installation(Path(name), database, workers, threads) as place,
    ):
        largest = max(size.students, WARM_UP.students) * (4 if searches else 1)
        numbers = [life.number for life in lives(largest, 1, SHORT_SECONDS, 1.0)]
        quiz = prepare(place.sessions, place.bank, numbers, size.questions)
        if warm_up:
            run(place, quiz, replace(WARM_UP, questions=size.questions))
        if not searches:
            return [run(place, quiz, size)]
        return search(lambda students: run(place, quiz, short(size, students)), size.students, largest)


def short(size: Class, students: int) -> Class:
    """A class of another size, at the same rates: as many join a second, and the last ten seconds stay ten."""
    joining = students * JOINING_SECONDS / 1000
    return replace(size, students=students, seconds=SHORT_SECONDS, joining=max(joining, 1.0))


def search(sit: Callable[[int], Outcome], first: int, largest: int) -> list[Outcome]:
    """Runs with more students while the answers of the last ten seconds come fast enough, or with fewer until they do.

    The step is a tenth of `first`, and at least 100; a size is tried once.
    """
    step = max(STEP, first // 10 // STEP * STEP)
    outcomes = [_told(sit(first))]
    is_growing = is_fast(outcomes[0])
    students = first
    while True:
        students += step if is_growing else -step
        if not 0 < students <= largest:
            return outcomes
        outcomes.append(_told(sit(students)))
        if is_fast(outcomes[-1]) is not is_growing:
            return outcomes


def is_fast(outcome: Outcome) -> bool:
    """Whether a run kept the bound, without an error, and kept every answer."""
    return outcome.is_kept and not outcome.errors and outcome.p99 < BOUND_MILLISECONDS


def largest_fast(outcomes: list[Outcome]) -> int:
    """The largest class of a search that was served fast enough; 0 for none."""
    return max((each.students for each in outcomes if is_fast(each)), default=0)


def _told(outcome: Outcome) -> Outcome:
    click.echo(f"{outcome.database}: {outcome.students} students, p99 {outcome.p99:.0f} ms", err=True)
    return outcome


@click.command()
@click.option("--students", default=1000, show_default=True, type=click.IntRange(1, 20_000))
@click.option("--questions", default=10, show_default=True, type=click.IntRange(1, 50))
@click.option("--seconds", default=30.0, show_default=True, type=click.FloatRange(5, 3600), help="From open to close.")
@click.option("--joining", default=JOINING_SECONDS, show_default=True, type=click.FloatRange(0.1, 600))
@click.option("--database", default="both", show_default=True, type=click.Choice([PRODUCTION, EMBEDDED, "both"]))
@click.option("--search", "searches", is_flag=True, help="Find the largest class with a p99 of answers under 500 ms.")
@click.option("--workers", default=2, show_default=True, type=click.IntRange(1, 64), help="Web processes.")
@click.option("--threads", default=THREADS, show_default=True, type=click.IntRange(1, 512), help="Of each of them.")
@click.option("--cached", is_flag=True, help="Browsers that have the scripts and styles already.")
@click.option("--at-once", is_flag=True, help="Ask for the questions in the same instant; pages spread it over 2 s.")
@click.option("--warm-up/--cold", default=True, help="Whether 20 students sit a first quiz that is not measured.")
@click.option("--json", "as_json", is_flag=True, help="Print JSON instead of tables.")
def main(
    students: int,
    questions: int,
    seconds: float,
    joining: float,
    database: str,
    workers: int,
    threads: int,
    *,
    searches: bool,
    cached: bool,
    at_once: bool,
    warm_up: bool,
    as_json: bool,
) -> None:
    """Let STUDENTS join within --joining seconds and answer all QUESTIONS, most of them in the last ten seconds."""
    structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(logging.WARNING))
    allow_open_files()
    size = Class(students, questions, seconds, joining, fetches_files=not cached, spreads=not at_once)
    outcomes = {
        each: bench(each, size, workers, threads, warm_up=warm_up, searches=searches)
        for each in ([PRODUCTION, EMBEDDED] if database == "both" else [database])
    }
    everything = [outcome for runs in outcomes.values() for outcome in runs]
    if as_json:
        click.echo(json.dumps([outcome.to_dict() for outcome in everything], indent=2))
    else:
        load = os.getloadavg()[0]
        click.echo(f"{cores()} cores, load {load:.1f}, {workers} web processes with {threads} threads\n")
        click.echo("\n\n".join(map(table, everything)))
        for name, runs in outcomes.items() if searches else ():
            click.echo(
                f"\n{name}: {largest_fast(runs)} students with a p99 of answers under {BOUND_MILLISECONDS:.0f} ms"
            )
    sys.exit(0 if all(outcome.is_kept for outcome in everything) else 1)


if __name__ == "__main__":
    main()
