"""What a timing gave, for people: one submission as a list of figures, several as a table."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from rich.console import Console
from rich.table import Table
from rich.text import Text

from grader.commands.bench_plot import Bar, Mark, show_plot
from grader.contract import Comparison, Outcome, Tier, Timing, event_times

COLOURS = {Comparison.FASTER: "green", Comparison.SAME: "", Comparison.SLOWER: "yellow"}
LIMITS = {"arithmetic": "a matrix product's rate", "memory": "a copy's rate"}


def show_timing(timing: Timing, base: str, tiers: Sequence[Tier], console: Console, shape: str = "") -> None:
    """One submission's figures. `base` says what it was timed against, `shape` on what where that is known.

    `tiers` are empty where the speed is not that to the assignment's reference.
    """
    if timing.outcome is not Outcome.TIMED or timing.interval is None:
        console.print(Text(f"Not timed: {timing.message}", style="red"))
        return
    table = Table(box=None, show_header=False, pad_edge=False)
    table.add_column(style="dim", no_wrap=True)
    table.add_column(overflow="fold")
    low, high = timing.interval
    calls = sum(len(pair.submission) for pair in timing.samples)
    verdict = COLOURS[timing.verdict] if timing.verdict else ""
    table.add_row("Verdict", Text(in_words(timing, base), style=verdict))
    table.add_row("Speed", f"{_figure(timing.ratio)} times {base} ({_figure(low)} to {_figure(high)}, 95 % interval)")
    table.add_row("Time", f"{_figure(timing.milliseconds)} ms; {base}: {_figure(timing.reference_milliseconds)} ms")
    if timing.gflops is not None and timing.percent_of_limit is not None:
        limit = LIMITS[timing.limited_by]
        rates = f"{timing.machine['gflops']:.4g} GFLOP/s, {timing.machine['gbytes']:.4g} GB/s"
        table.add_row("Rate", f"{timing.gflops:.3g} GFLOP/s, {timing.percent_of_limit:.3g} % of the machine's limit")
        table.add_row("Limit", f"{limit}; this machine has {rates}")
    if tiers:
        table.add_row("Tier", tier_in_words(timing, tiers))
    if timing.null_milliseconds is not None:
        nothing = "a call that does nothing" if timing.training is None else "a training that learns nothing"
        table.add_row("Protocol", f"{nothing} takes {_figure(timing.null_milliseconds)} ms")
    if events := events_in_words(timing, base):
        table.add_row("Events", events)
    if "library_ms" in timing.machine:
        table.add_row("Library", f"its own operator takes {_figure(timing.machine['library_ms'])} ms")
    table.add_row("Measured", f"{len(timing.samples)} process pairs, {calls} calls each side, {timing.seconds:.0f} s")
    table.add_row("Device", timing.device.name)
    if shape:
        table.add_row("Work", shape)
    console.print(table)
    for flag in timing.flags:
        console.print(Text.assemble(("Worth a look ", "bold"), flag))


def in_words(timing: Timing, base: str) -> str:
    """The verdict as a sentence."""
    ratio = timing.ratio or 0.0
    if timing.verdict is Comparison.FASTER:
        return f"faster: {base} takes {_figure(ratio)} times as long"
    if timing.verdict is Comparison.SLOWER:
        return f"slower: it takes {_figure(1 / ratio)} times as long as {base}"
    return f"the same as {base}, as far as this can tell: the interval holds 1"


def events_in_words(timing: Timing, base: str) -> str:
    """How much of a call lies within the events of the process itself; empty where none were recorded."""
    own, other = event_times(timing.samples, "submission"), event_times(timing.samples, "reference")
    if own is None or other is None:
        return ""
    told, others = (f"{_figure(found.events)} of {_figure(found.judged)} ms" for found in (own, other))
    return f"{told} of a call; {base}: {others}; by the processes’ own word"


def tier_in_words(timing: Timing, tiers: Sequence[Tier]) -> str:
    """The tier that was reached with its points, and what the next one asks for."""
    assert timing.interval is not None
    low = timing.interval[0]
    reached = f"{timing.tier} ({timing.points:g} of {timing.max_points:g} points)" if timing.tier else "none yet"
    after = next((tier for tier in tiers if tier.at_least > low), None)
    if after is None:
        return f"{reached}, the highest"
    return f"{reached}; {after.name} asks for {after.at_least:g} at the interval's lower end, which is {_figure(low)}"


def show_methods(timings: Mapping[str, Timing], own: str, console: Console) -> None:
    """Several submissions, the slowest first; `own` is the name of the person's own."""
    table = Table(title_justify="left")
    table.add_column("Method", overflow="fold")
    for heading in ("ms", "Speed", "95 % interval", "GFLOP/s", "% of limit", "Tier"):
        table.add_column(heading, justify="left" if heading == "Tier" else "right")
    for name, timing in in_order(timings).items():
        style = "bold" if name == own else ""
        if timing.interval is None:
            table.add_row(name, *["-"] * 5, Text(timing.message, style="red"), style=style)
            continue
        low, high = timing.interval
        percent = "-" if timing.percent_of_limit is None else f"{timing.percent_of_limit:.1f}"
        cells = (_figure(timing.milliseconds), _figure(timing.ratio), f"{_figure(low)} to {_figure(high)}")
        table.add_row(name, *cells, _figure(timing.gflops), percent, timing.tier or "-", style=style)
    console.print(table)


def in_order(timings: Mapping[str, Timing]) -> dict[str, Timing]:
    """What was not timed, then the slowest first."""
    return dict(sorted(timings.items(), key=lambda item: item[1].ratio or 0.0))


def show_bars(timings: Mapping[str, Timing], own: str, base: str, tiers: Sequence[Tier], console: Console) -> None:
    """The intervals, and as marks what they were timed against, the tiers and the machine's limit."""
    timed = {name: timing for name, timing in in_order(timings).items() if timing.interval and timing.ratio}
    bars = [
        Bar(name, timing.interval[0], timing.ratio, timing.interval[1], is_own=name == own)
        for name, timing in timed.items()
        if timing.interval and timing.ratio
    ]
    if not bars:
        return
    bars = sorted([*bars, Bar(base, 1.0, 1.0, 1.0)], key=lambda bar: bar.ratio)
    marks = [Mark("┊", tier.name, tier.at_least) for tier in tiers] + [Mark("│", base, 1.0)]
    limits = [limit for limit in map(limit_ratio, timed.values()) if limit is not None]
    if limits:
        marks.append(Mark("▲", "your machine's limit", max(limits)))
    console.print()
    show_plot(bars, marks, console)


def limit_ratio(timing: Timing) -> float | None:
    """The speed of a call that takes no longer than the machine's rates allow, relative to the reference."""
    if timing.percent_of_limit is None or timing.milliseconds is None or timing.reference_milliseconds is None:
        return None
    return timing.reference_milliseconds / (timing.milliseconds * timing.percent_of_limit / 100)


def _figure(value: float | None) -> str:
    return "-" if value is None else f"{value:.3g}" if value < 1000 else f"{value:.0f}"
