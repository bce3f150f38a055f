"""How fast one submission is, ready for its page: in words, on the axis of the tiers, and what the next tier asks."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from markupsafe import Markup

from grader.contract import Benchmark, Outcome, Timing
from server.models import TimingRun, TimingState
from server.rendering import board_words as words
from server.rendering.board_bars import Interval, bar, scale, speed_axis

WAITING = (TimingState.QUEUED, TimingState.RUNNING)
NO_REASON = "The grader gave no reason."
SUMMARY = ("ratio", "low", "high", "milliseconds", "percent_of_limit", "tier", "points", "device_kind", "device_name")
RATES = {
    "gflops": ("The machine’s matrix product", "GFLOP/s"),
    "gbytes": ("The machine’s copy", "GB/s"),
    "library_ms": ("A call of the library’s own", "ms"),
    "cache_mib": ("The GPU’s cache", "MiB"),
    "overwrite_ms": ("Writing over twice that", "ms"),
    "sm_mhz": ("The GPU’s clock after calls, median", "MHz"),
    "least_sm_mhz": ("The GPU’s clock after calls, lowest", "MHz"),
    "most_sm_mhz": ("The GPU’s highest clock", "MHz"),
    "celsius": ("Highest temperature after calls", "°C"),
    "watts": ("Highest power after calls", "W"),
}
"""The names of `Timing.machine` for people, with their units."""


@dataclass(frozen=True, slots=True)
class Measured:
    """A timing as it is shown. `head` and `bounds` say the speed, `told` the other figures by their names.

    `next_word` names the next tier, empty where there is none, and `next_asks` what it takes. `unit` is what is timed:
    a call or a training.
    """

    run: TimingRun
    head: str
    bounds: str
    tier: words.TierLook
    points: float
    next_word: str
    next_asks: str
    scale: Markup
    bar: Markup
    told: list[tuple[str, str]]
    unit: str
    device: str


@dataclass(frozen=True, slots=True)
class Speed:
    """What a submission's page says about speed.

    `newest` is the newest timing (None before the first), `measured` the newest one that ended, unless that was
    refused. `position` is the place in the queue of what waits, 0 where nothing does. `refused` says why the newest
    timing was refused. `given` are the points for speed in the score: fewer than the timing's where others of that
    person cannot be told from it and have fewer.
    """

    newest: TimingRun | None
    measured: Measured | None
    is_waiting: bool
    is_running: bool
    position: int
    refused: str
    has_failed: bool
    most_points: float
    given: float

    @property
    def version(self) -> str:
        """A short word that changes whenever what is shown does."""
        if self.newest is None:
            return "0"
        return f"{self.newest.id}-{self.newest.attempt}-{self.newest.state}-{self.position}"


def speed_of(
    runs: Sequence[TimingRun], benchmark: Benchmark, position: int, factor: float = 1.0, given: float = math.inf
) -> Speed:
    """What the runs of one submission say, the newest first; `factor` turns the grader's points into the course's.

    `given` are the grader's points that the score has for speed.
    """
    newest = runs[0] if runs else None
    finished = next((run for run in runs if run.state is TimingState.DONE), None)
    counting = finished if finished is not None and is_timed(finished) else None
    refused = newest is not None and newest.outcome == Outcome.REFUSED
    failed = newest is not None and (newest.state is TimingState.FAILED or newest.outcome == Outcome.INTERNAL_ERROR)
    return Speed(
        newest=newest,
        measured=None if counting is None else measured(counting, benchmark, factor),
        is_waiting=newest is not None and newest.state in WAITING,
        is_running=newest is not None and newest.state is TimingState.RUNNING,
        position=position,
        refused=str((newest.result or {}).get("message") or NO_REASON) if newest is not None and refused else "",
        has_failed=failed,
        most_points=benchmark.points * factor,
        given=given * factor,
    )


def is_timed(run: TimingRun) -> bool:
    """Whether a run ended with a speed."""
    return run.state is TimingState.DONE and run.outcome == Outcome.TIMED and run.ratio is not None


def interval_of(run: TimingRun, look: str = "") -> Interval:
    """The interval of a run that ended with a speed."""
    assert run.ratio is not None
    return Interval(run.ratio, run.low or run.ratio, run.high or run.ratio, look)


def timing_of(run: TimingRun) -> Timing:
    """What a grader measured in a finished run."""
    return Timing.from_dict(run.result)


def measured(run: TimingRun, benchmark: Benchmark, factor: float = 1.0) -> Measured:
    """One finished timing as it is shown."""
    shown = interval_of(run, "own")
    timing = timing_of(run)
    axis = speed_axis([shown], benchmark.tiers)
    following = words.next_tier(benchmark, shown.low)
    head, bounds = words.comparison(shown.ratio, shown.low, shown.high)
    return Measured(
        run=run,
        head=head,
        bounds=bounds,
        tier=words.tier_look(benchmark, run.tier),
        points=(run.points or 0.0) * factor,
        next_word="" if following is None else words.tier_word(following.name),
        next_asks="" if following is None else words.asks(following, shown.ratio, shown.low, factor),
        scale=scale(axis, benchmark.tiers),
        bar=bar(axis, benchmark.tiers, shown),
        told=_told(timing),
        unit=_unit(timing),
        device=timing.device.name,
    )


def machine_rates(timing: Timing) -> list[tuple[str, str]]:
    """What the machine reached in the same run, by names for people."""
    named = ((RATES.get(name, (name, "")), rate) for name, rate in timing.machine.items())
    return [(name, f"{words.number(rate, 3)} {unit}".strip()) for (name, unit), rate in named]


def summary(speed: Speed | None) -> dict[str, Any] | None:
    """The speed as JSON-ready values, without anything that only the staff may see; None where nothing is timed."""
    if speed is None or speed.newest is None:
        return None
    run = speed.measured.run if speed.measured else None
    counted = {} if run is None else {name: getattr(run, name) for name in SUMMARY}
    return {"state": str(speed.newest.state), "outcome": speed.newest.outcome, "position": speed.position} | counted


def spoken(speed: Speed) -> str:
    """The sentence for a screen reader when the speed is what changed last; empty where there is none to tell."""
    if speed.is_waiting:
        return "It is being timed." if speed.position <= 1 else f"It waits to be timed, number {speed.position}."
    if speed.refused:
        return "Its timing was refused. The page says why."
    if speed.has_failed:
        return "Its timing failed on our side. The course staff can see it."
    if speed.measured is None:
        return ""
    return f"Timed: {speed.measured.head}, {speed.measured.bounds}. {speed.measured.tier.word}."


def _told(timing: Timing) -> list[tuple[str, str]]:
    """The figures beside the speed, by their names; what was not measured is left out."""
    duration, unit = words.duration, _unit(timing)
    told = [
        (f"Time of one {unit}", duration(timing.milliseconds) if timing.milliseconds is not None else ""),
        ("The reference’s time", duration(timing.reference_milliseconds) if timing.reference_milliseconds else ""),
        ("Arithmetic", f"{words.number(timing.gflops, 3)} GFLOP/s" if timing.gflops is not None else ""),
        (_limit_name(timing), words.percent(timing.percent_of_limit) if timing.percent_of_limit is not None else ""),
        (f"An empty {unit}", duration(timing.null_milliseconds) if timing.null_milliseconds is not None else ""),
    ]
    return [(name, text) for name, text in told if text] + _trained(timing.training or {})


def _unit(timing: Timing) -> str:
    return "call" if timing.training is None else "training"


def _trained(figures: dict[str, Any]) -> list[tuple[str, str]]:
    """What the trainings of a training benchmark reached, by names for people."""
    told = []
    if figures.get("accuracies"):
        reached = [f"{end:.1%}" for end in (min(figures["accuracies"]), max(figures["accuracies"]))]
        told.append(("Accuracy reached", f"{' to '.join(dict.fromkeys(reached))}, {figures['target']:.0%} asked for"))
    counts = (("Parameters", "parameters"), ("Mult-adds for an image", "mult_adds"))
    return told + [(name, f"{figures[key]:,}") for name, key in counts if figures.get(key) is not None]


def _limit_name(timing: Timing) -> str:
    limited = words.limit_words(timing.limited_by)
    return f"Of what this machine’s {limited} allows" if limited else "Of what this machine allows"
