"""The mutation table of an assignment: what its checks make of its wrong solutions, and what the diagnosis says."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterable, Iterator, Sequence
from typing import Any

from rich.console import Console
from rich.table import Table
from rich.text import Text

from grader.commands.sample import HONEST, Sample

NAMED_SHARE = 0.95
"""How many of the wrong solutions the first hint must name."""


@dataclasses.dataclass(frozen=True, slots=True)
class Catch:
    """One check: how many wrong solutions it catches, and by name those that no other check catches."""

    check: str
    catches: int
    alone: tuple[str, ...]


@dataclasses.dataclass(frozen=True, slots=True)
class Mutation:
    """One assignment's table. `unnamed` are the wrong solutions whose first hint is missing or another's lesson.

    `slowest` is the name of the accepted, wrong or starter file that took longest, `slowest_seconds` how long.
    """

    assignment: str
    wrong: int
    checks: tuple[Catch, ...]
    survivors: tuple[str, ...]
    unnamed: tuple[str, ...]
    slowest: str
    slowest_seconds: float

    @property
    def named_share(self) -> float:
        """The share of wrong solutions that the first hint names; 1 where there are none."""
        return 1 - len(self.unnamed) / self.wrong if self.wrong else 1.0

    def to_dict(self) -> dict[str, Any]:
        """The table as JSON-ready values."""
        return dataclasses.asdict(self) | {"named_share": round(self.named_share, 4)}

    def problems(self) -> Iterator[str]:
        """What an assignment's author must mend. (A survivor is a problem of its own sample.)"""
        if self.named_share < NAMED_SHARE:
            named = self.wrong - len(self.unnamed)
            silent = ", ".join(self.unnamed)
            yield f"{self.assignment}: the first hint names {named} of {self.wrong} wrong solutions; not {silent}"


def mutation_of(assignment: str, samples: Iterable[Sample]) -> Mutation:
    """The table of one assignment from its graded samples."""
    own = [sample for sample in samples if sample.assignment == assignment]
    wrong = [sample for sample in own if sample.kind == "wrong"]
    honest = [sample for sample in own if sample.kind in HONEST]
    slowest = max(honest, key=lambda sample: sample.seconds)
    return Mutation(
        assignment=assignment,
        wrong=len(wrong),
        checks=tuple(_catches(max((sample.checks for sample in own), key=len), wrong)),
        survivors=tuple(sample.name for sample in wrong if sample.score >= sample.max_score),
        unnamed=tuple(sample.name for sample in wrong if not sample.named_first),
        slowest=slowest.name,
        slowest_seconds=slowest.seconds,
    )


def _catches(checks: Sequence[str], wrong: Sequence[Sample]) -> Iterator[Catch]:
    for check in checks:
        caught = [sample for sample in wrong if check in sample.caught_by]
        yield Catch(check, len(caught), tuple(sample.name for sample in caught if len(sample.caught_by) == 1))


def show_mutation(mutation: Mutation, console: Console) -> None:
    """One assignment's table: a line for each check, and what the diagnosis makes of the wrong solutions."""
    if not mutation.wrong:
        return
    table = Table(title=f"{mutation.assignment}: wrong solutions by check", title_justify="left")
    table.add_column("Check", overflow="fold", ratio=3)
    table.add_column("Catches", justify="right")
    table.add_column("Caught by it alone", overflow="fold", ratio=4)
    for row in mutation.checks:
        alone = Text(", ".join(row.alone))
        table.add_row(Text(short(row.check)), str(row.catches), alone, style="" if row.catches else "dim")
    console.print(table)
    survivors = ", ".join(mutation.survivors) or "none"
    console.print(f"survivors: {survivors}", style="red" if mutation.survivors else "", highlight=False)
    named = mutation.wrong - len(mutation.unnamed)
    share = f"{named} of {mutation.wrong} ({mutation.named_share:.0%})"
    console.print(f"named by the first hint: {share}", highlight=False)
    if mutation.unnamed:
        console.print(f"not named by it: {', '.join(mutation.unnamed)}", highlight=False)
    console.print(f"slowest: {mutation.slowest}, {mutation.slowest_seconds:.2f} s\n", highlight=False)


def show_overview(mutations: Sequence[Mutation], console: Console) -> None:
    """All assignments, a line each."""
    table = Table(title="All assignments", title_justify="left")
    table.add_column("Assignment", overflow="fold")
    for heading in ("Wrong", "Survive", "Named", "Slowest"):
        table.add_column(heading, justify="right")
    for mutation in mutations:
        is_good = not mutation.survivors and mutation.named_share >= NAMED_SHARE
        cells = (str(mutation.wrong), str(len(mutation.survivors)), f"{mutation.named_share:.0%}")
        seconds = f"{mutation.slowest_seconds:.2f} s"
        table.add_row(mutation.assignment, *cells, seconds, style="" if is_good else "red")
    console.print(table)


def short(check: str) -> str:
    """A check's name as one reads it: without `test_`."""
    return check.removeprefix("test_")
