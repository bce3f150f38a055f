"""One's own place on a board in words: the rank, and what separates it from the next rank and the next tier."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from grader.contract import Benchmark
from server.rendering import board_words as words
from server.rendering.numbers import ordinal
from server.services.board import Entry


@dataclass(frozen=True, slots=True)
class OwnPlace:
    """`rank` and `among` are two pieces of one sentence, and so are `head` and `bounds`.

    `next_name` is who is ahead by a rank and `next_gap` by how much; `next_tier` is the next tier and `next_asks` what
    it takes. Where there is none of them, its two are empty.
    """

    rank: str
    among: str
    tier: words.TierLook
    head: str
    bounds: str
    next_name: str
    next_gap: str
    next_tier: str
    next_asks: str

    @property
    def spoken(self) -> str:
        """The sentence for a screen reader when the board has changed."""
        ahead = f" {self.next_name} is the next ahead, {self.next_gap}" if self.next_name else ""
        return f"You are {self.rank}{self.among}. {self.tier.word}.{ahead}"


def own_place(entries: Sequence[Entry], benchmark: Benchmark, factor: float = 1.0) -> OwnPlace | None:
    """The place of the viewer's own row; None without one. `factor` turns the grader's points into the course's."""
    own = next((entry for entry in entries if entry.is_own), None)
    if own is None or own.rank is None:
        return None
    ahead, following = next_ahead(entries), words.next_tier(benchmark, own.low)
    head, bounds = words.comparison(own.ratio, own.low, own.high)
    others = [entry for entry in entries if entry.rank is not None and entry.is_public and not entry.is_own]
    return OwnPlace(
        rank=ordinal(own.rank),
        among=_among(own, others),
        tier=words.tier_look(benchmark, own.tier),
        head=head,
        bounds=bounds,
        next_name="" if ahead is None else ahead.name,
        next_gap="" if ahead is None else _gap(own, ahead),
        next_tier="" if following is None else words.tier_word(following.name),
        next_asks="" if following is None else words.asks(following, own.ratio, own.low, factor),
    )


def _among(own: Entry, others: Sequence[Entry]) -> str:
    equal = sum(entry.rank == own.rank for entry in others)
    shared = f", equal with {equal} {'other' if equal == 1 else 'others'}" if equal else ""
    if not own.is_public:
        return f" beside {len(others)} on the board{shared}"
    return f" of {len(others) + 1}{shared}" if others else " and the only one so far"


def next_ahead(entries: Sequence[Entry]) -> Entry | None:
    """Who stands between the viewer and the next rank: the nearest of those whose whole interval lies above theirs."""
    own = next((entry for entry in entries if entry.is_own), None)
    if own is None:
        return None
    ahead = [entry for entry in entries if entry.rank is not None and entry.is_public and entry.low > own.high]
    return min(ahead, key=lambda entry: entry.low, default=None)


def _gap(own: Entry, ahead: Entry) -> str:
    """By how much somebody is faster, and what it takes to be equal with them."""
    missing = ahead.low / own.high - 1
    asked = f"{words.faster(missing)} more speed" if missing < 1 else f"{words.number(1 + missing)} times the speed"
    return f"{words.faster_words(ahead.ratio / own.ratio - 1)}. With {asked} you would be equal."
