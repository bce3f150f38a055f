"""The rows of a board as a page shows them: people, known methods, and the reference, on one axis."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

from markupsafe import Markup

from grader.contract import Benchmark, Outcome
from server.models import Person, TimingRun
from server.rendering import board_words as words
from server.rendering.board_bars import Interval, bar, scale, speed_axis
from server.rendering.board_excerpt import LeftOut, excerpt
from server.rendering.board_history import DrawnHistory, drawn_history
from server.rendering.board_speed import interval_of
from server.rendering.outcome import Look
from server.services.board import Entry
from server.services.board_audit import Repeated


@dataclass(frozen=True, slots=True)
class Row:
    """One row. `kind` says what is no person, `notes` are for the staff, `person` and `run` as in Entry."""

    rank: int | None
    is_shared: bool
    name: str
    kind: str
    look: str
    is_own: bool
    is_public: bool
    bar: Markup
    interval: str
    speed: str
    tier: words.TierLook
    percent: str
    duration: str
    gap: str
    notes: tuple[str, ...]
    person: Person | None
    run: TimingRun | None


@dataclass(frozen=True, slots=True)
class Board:
    """The rows, people who are left out among them, with the head of their bars' column.

    `left_out` is how many people are not shown.
    """

    scale: Markup
    rows: list[Row | LeftOut]
    left_out: int


@dataclass(frozen=True, slots=True)
class Step:
    """One timing of one's own; `number` is that of the submission."""

    submission_id: int
    number: int
    speed: str
    interval: str
    tier: words.TierLook
    duration: str
    run: TimingRun


@dataclass(frozen=True, slots=True)
class Verified:
    """A timing beside its repetition, in words."""

    pair: Repeated
    before: str
    again: str
    look: Look


AGREEMENT = {
    True: Look("They agree", "check-circle-fill", "good"),
    False: Look("They differ", "exclamation-triangle-fill", "warn"),
    None: Look("No speed", "slash-circle-fill", "bad"),
}
AWAITED = Look("To come", "hourglass-split", "busy")


def board_of(entries: Sequence[Entry], benchmark: Benchmark, *, in_full: bool = False) -> Board:
    """The entries as they are shown, with a row for the reference where none was measured.

    A long board leaves people out unless it is asked for in full; its axis is the same in both.
    """
    axis = speed_axis([_interval(entry, benchmark) for entry in entries], benchmark.tiers)
    ranks = Counter(entry.rank for entry in entries if entry.is_public)

    def row(entry: Entry | LeftOut | None) -> Row | LeftOut:
        if isinstance(entry, LeftOut):
            return entry
        if entry is None:
            return _reference(benchmark, bar(axis, benchmark.tiers, Interval(1.0, 1.0, 1.0, "reference")))
        drawn = bar(axis, benchmark.tiers, _interval(entry, benchmark))
        return _row(entry, benchmark, drawn, is_shared=ranks[entry.rank] + (not entry.is_public) > 1)

    everybody = _with_reference(entries, benchmark)
    rows = [row(entry) for entry in (everybody if in_full else excerpt(everybody))]
    return Board(scale(axis, benchmark.tiers), rows, sum(each.count for each in rows if isinstance(each, LeftOut)))


def history_of(
    runs: Sequence[TimingRun], numbers: dict[int, int], benchmark: Benchmark
) -> tuple[list[Step], DrawnHistory | None]:
    """One's own timings, the newest first, and their chart; `numbers` are those of the submissions by their ids."""
    known = [run for run in runs if run.submission_id in numbers and run.ratio is not None]
    # Which one is timed first is the queue's doing: a history goes by what was handed in.
    known.sort(key=lambda run: numbers[run.submission_id])
    steps = [_step(run, numbers, benchmark) for run in known]
    drawn = drawn_history([(f"#{step.number}", interval_of(step.run, "own")) for step in steps], benchmark.tiers)
    return steps[::-1], drawn


def verified(pair: Repeated) -> Verified:
    """A verification in words."""
    look = AWAITED if pair.is_waiting else AGREEMENT[pair.agrees]
    return Verified(pair, told_interval(pair.old), told_interval(pair.new), look)


def told_interval(run: TimingRun) -> str:
    """A run's interval, or what became of it instead."""
    if run.ratio is None or run.low is None or run.high is None:
        return "refused" if run.outcome == Outcome.REFUSED else "failed" if run.finished_at else "to come"
    return f"{words.interval(run.low, run.high)} ×"


def _with_reference(entries: Sequence[Entry], benchmark: Benchmark) -> list[Entry | None]:
    """The entries, with None where the reference stands that was not measured itself."""
    rows: list[Entry | None] = list(entries)
    if entries and not any(entry.is_method and entry.name == benchmark.reference for entry in entries):
        rows.insert(next((place for place, entry in enumerate(entries) if entry.ratio < 1), len(entries)), None)
    return rows


def _interval(entry: Entry, benchmark: Benchmark) -> Interval:
    return Interval(entry.ratio, entry.low, entry.high, _look(entry, benchmark))


def _look(entry: Entry, benchmark: Benchmark) -> str:
    if entry.is_method:
        return "reference" if entry.name == benchmark.reference else "method"
    return "own" if entry.is_own else ""


def _row(entry: Entry, benchmark: Benchmark, drawn: Markup, *, is_shared: bool) -> Row:
    look = _look(entry, benchmark)
    return Row(
        rank=entry.rank,
        is_shared=is_shared and entry.rank is not None,
        name=words.method_word(entry.name) if entry.is_method else entry.name,
        kind={"method": "known method", "reference": "the reference, against itself"}.get(look, ""),
        look=f"board-{look}" if look else "",
        is_own=entry.is_own,
        is_public=entry.is_public,
        bar=drawn,
        interval=words.interval(entry.low, entry.high),
        speed=words.ratio(entry.ratio),
        tier=words.tier_look(benchmark, entry.tier),
        percent=words.percent(entry.percent_of_limit),
        duration=words.duration(entry.milliseconds),
        gap="–" if entry.gap is None else _gap(entry.gap / 100),
        notes=_notes(entry, benchmark),
        person=entry.person,
        run=entry.run,
    )


def _gap(share: float) -> str:
    return f"+{words.faster(share)}" if share < 1 else words.faster(share)


def _notes(entry: Entry, benchmark: Benchmark) -> tuple[str, ...]:
    """What the staff should see at a row: who is left out for students, and a method that misses its tier."""
    notes = []
    if entry.hidden_reason:
        notes.append(f"Hidden: {entry.hidden_reason}")
    if not entry.is_listed:
        notes.append("Has left the boards: students do not see this row")
    expected = dict(benchmark.methods).get(entry.name) if entry.is_method else None
    if expected is not None and expected != entry.tier:
        notes.append(f"Expected: {words.tier_word(expected) if expected else 'no tier'}")
    return tuple(notes)


def _reference(benchmark: Benchmark, drawn: Markup) -> Row:
    tier = benchmark.tier_of(1.0)
    return Row(
        rank=None,
        is_shared=False,
        name=words.method_word(benchmark.reference),
        kind="the reference",
        look="board-reference",
        is_own=False,
        is_public=True,
        bar=drawn,
        interval="1",
        speed="1 ×",
        tier=words.tier_look(benchmark, tier.name if tier else ""),
        percent="–",
        duration="–",
        gap="–",
        notes=(),
        person=None,
        run=None,
    )


def _step(run: TimingRun, numbers: dict[int, int], benchmark: Benchmark) -> Step:
    assert run.submission_id is not None
    assert run.ratio is not None
    return Step(
        submission_id=run.submission_id,
        number=numbers[run.submission_id],
        speed=words.ratio(run.ratio),
        interval=words.interval(run.low or run.ratio, run.high or run.ratio),
        tier=words.tier_look(benchmark, run.tier),
        duration=words.duration(run.milliseconds),
        run=run,
    )
