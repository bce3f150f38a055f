"""Hand in a burst of submissions and measure the whole way: broker, graders, sandboxes, database.

python -m scripts.bench_burst [--count N] [--mix accepted=60,wrong=30,crash=10] [--json]: starts PostgreSQL, Redis, the
grader's and the server's workers as processes of its own, hands in what an assignment's folder has as samples, waits
until all are recorded, and checks that none was lost, none graded twice, and each has its score.
"""

from __future__ import annotations

import json
import logging
import os
import tempfile
import time
from pathlib import Path

import click
import structlog

from grader.contract import Assignment, AssignmentError, load_assignment
from grader.settings import ASSIGNMENTS
from scripts.burst.handing_in import Planned, hand_in, hand_in_over_http, plan, prepare
from scripts.burst.installation import Installation, installation
from scripts.burst.outcome import read_times, verify, wait
from scripts.burst.report import ROLES, Burst, memory, table
from scripts.process_meter import Meter
from server.services.submissions import MOST_WAITING

WARM_UP = 4


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
