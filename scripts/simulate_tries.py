"""What handing the same file in many times would gain, with and without the rule of the middle timing.

    .venv/bin/python -m scripts.simulate_tries

Normal noise with the spread and the width of intervals that docs/benchmarks.md reports; the true speed is 1, and so is
the threshold of the tier.
"""

from __future__ import annotations

from typing import NamedTuple

import click
import numpy as np

from server.services.middle_run import middle

SPREAD, BELOW, ABOVE = 0.006, 0.0155, 0.0165
TRIES = (1, 5, 20, 100)


class Run(NamedTuple):
    """One timing of code whose true speed is 1."""

    ratio: float
    low: float
    high: float


def timings(rng: np.random.Generator, tries: int) -> list[Run]:
    """One person's timings of the same file."""
    return [Run(ratio, ratio * (1 - BELOW), ratio * (1 + ABOVE)) for ratio in rng.normal(1, SPREAD, tries)]


@click.command()
@click.option("--people", default=4000, show_default=True, help="How many hand in, for each number of tries.")
@click.option("--seed", default=0, show_default=True)
def main(people: int, seed: int) -> None:
    """Print the speed that is shown and how many reach the tier: by the fastest run, and by the middle one."""
    rng = np.random.default_rng(seed)
    for tries in TRIES:
        fastest, shown, any_run, by_rule = [], [], 0, 0
        for runs in (timings(rng, tries) for _ in range(people)):
            best = max(runs)
            fastest.append(best.ratio)
            shown.append(middle(runs, best).ratio)
            lucky = [run for run in runs if run.low >= 1]
            any_run += bool(lucky)
            by_rule += any(middle(runs, run).low >= 1 for run in lucky)
        click.echo(
            f"{tries:4} tries: shown {np.mean(fastest) - 1:+.1%} by the fastest run, {np.mean(shown) - 1:+.1%} by the "
            f"middle one; tier {any_run / people:.0%} by any run, {by_rule / people:.0%} by the rule"
        )


if __name__ == "__main__":
    main()
