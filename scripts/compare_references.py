"""Hold every NumPy reference against its independent oracle over random cases, and show the worst case of each.

python -m scripts.compare_references [--cases N] [--seed N] [--json]: in float64, an error above 1e-10 (relative where
the right value is larger than 1), or a case that one refuses and the other answers, ends it with 1. A reference refuses
by ValueError; torch's operators do so by RuntimeError.
"""

from __future__ import annotations

import json
import math
import secrets
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, fields
from typing import Any

import click
import numpy as np
from rich.console import Console
from rich.progress import track
from rich.text import Text

from scripts.reference_cases.pairs import PAIRS
from scripts.reference_cases.trial import FEATURES, Pair, Trial

LIMIT = 1e-10


@dataclass(slots=True)
class Agreement:
    """One pair's cases so far: the largest absolute and relative errors, the worst case, and what went wrong."""

    reference: str
    oracle: str
    cases: int = 0
    refused: int = 0
    absolute: float = 0.0
    relative: float = 0.0
    worst: str = ""
    features: Counter[str] = field(default_factory=Counter)
    failures: list[str] = field(default_factory=list)

    def to_dict(self) -> dict[str, Any]:
        """The figures as JSON-ready values."""
        return {one.name: getattr(self, one.name) for one in fields(self)}

    def add(self, trial: Trial) -> None:
        """Ask both, and keep what is worse than anything before."""
        self.cases += 1
        self.features.update(trial.features)
        got, expected = answer(trial.reference, ValueError), answer(trial.oracle, (ValueError, RuntimeError))
        if got is None and expected is None:
            self.refused += 1
            return
        if got is None or expected is None:
            who = "the reference" if got is None else "the oracle"
            self.failures.append(f"{who} alone refuses {trial.shown}")
            return
        absolute, relative = errors(got, expected)
        self.absolute = max(self.absolute, absolute)
        if relative > self.relative:
            self.relative, self.worst = relative, trial.shown
        if not relative <= LIMIT:
            self.failures.append(f"an error of {relative:.1e} for {trial.shown}")


def answer(ask: Callable[[], Any], refusals: Any) -> tuple[np.ndarray, ...] | None:
    """What was answered, as arrays, or None for a refusal."""
    try:
        given = ask()
    except refusals:
        return None
    return tuple(np.asarray(part) for part in (given if isinstance(given, tuple) else (given,)))


def errors(got: Sequence[np.ndarray], expected: Sequence[np.ndarray]) -> tuple[float, float]:
    """The largest absolute error, and the largest in units of the right value or 1, whichever is larger.

    Infinite where shapes differ, or where a value is not finite.
    """
    if [part.shape for part in got] != [part.shape for part in expected]:
        return math.inf, math.inf
    absolute, relative = 0.0, 0.0
    for part, right in zip(got, expected, strict=True):
        if not np.isfinite(part).all():
            return math.inf, math.inf
        difference = abs(part.astype(float) - right.astype(float))
        absolute = max(absolute, difference.max(initial=0.0))
        relative = max(relative, (difference / np.maximum(1, abs(right.astype(float)))).max(initial=0.0))
    return float(absolute), float(relative)


def compare(cases: int, seed: int, pairs: Sequence[Pair] = PAIRS, *, console: Console | None = None) -> list[Agreement]:
    """Hold `pairs` against each other over `cases` cases in total, or one more for some pairs."""
    rng = np.random.default_rng(seed)
    found = [Agreement(pair.name, pair.oracle) for pair in pairs]
    rounds = range(math.ceil(cases / len(pairs)))
    for _ in track(rounds, "Comparing", console=console, transient=True, disable=console is None):
        for pair, agreement in zip(pairs, found, strict=True):
            agreement.add(pair.draw(rng, pair.reference))
    return found


def show(found: Sequence[Agreement], console: Console) -> None:
    """The worst case of each reference, and how often each feature occurred."""
    for one in found:
        console.print(Text.assemble((one.reference, "bold"), f" against {one.oracle}"))
        counts = f"{one.cases:,} cases, {one.refused:,} of them refused by both"
        error = f"{one.absolute:.1e} absolute, {one.relative:.1e} relative: {one.worst}" if one.worst else "none"
        console.print(Text(f"  {counts}; largest error {error}", style="red" if one.failures else ""))
    totals = sum((one.features for one in found), Counter())
    console.print(", ".join(f"{name}: {totals[name]:,}" for name in FEATURES), highlight=False)
    worst = max(found, key=lambda one: one.relative)
    total = sum(one.cases for one in found)
    console.print(f"{total:,} cases; the largest error is {worst.relative:.1e}, of {worst.reference}", highlight=False)


@click.command()
@click.option("--cases", default=12_000, show_default=True, type=click.IntRange(1), help="In total.")
@click.option("--seed", type=click.IntRange(0), help="Draw the cases from it. [default: another every time]")
@click.option("--json", "as_json", is_flag=True, help="Print the figures as JSON.")
def main(cases: int, seed: int | None, as_json: bool) -> None:
    """Hold every NumPy reference against its oracle over random cases."""
    import torch

    torch.set_num_threads(1)
    seed = secrets.randbelow(2**32) if seed is None else seed
    found = compare(cases, seed, console=Console(stderr=True))
    failures = [f"{one.reference} against {one.oracle}: {text}" for one in found for text in one.failures]
    if as_json:
        click.echo(json.dumps({"seed": seed, "limit": LIMIT, "references": [one.to_dict() for one in found]}, indent=2))
    else:
        show(found, Console())
    if failures:
        more = f"\n… and {len(failures) - 20} more" if len(failures) > 20 else ""
        raise click.ClickException("\n".join(failures[:20]) + f"{more}\nRepeat it with --seed {seed}.")


if __name__ == "__main__":
    main()
