"""Random numbers that follow from a text alone: the same on every machine and under every version of Python."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Sequence
from typing import TypeVar

Item = TypeVar("Item")
WORD_BYTES = 8
LIMIT = 2 ** (8 * WORD_BYTES)


class Chance:
    """Numbers from SHA-256 of `text` and a counter, eight bytes each."""

    def __init__(self, text: str) -> None:
        self._words = _words(text.encode())

    def below(self, bound: int) -> int:
        """A whole number from 0 to below `bound` (at most 2 to the power 63), each as likely as the others."""
        # The last words, which do not fill a whole round of `bound`, are thrown away: else small numbers were likelier.
        usable = LIMIT - LIMIT % bound
        return next(word for word in self._words if word < usable) % bound

    def shuffled(self, items: Sequence[Item]) -> list[Item]:
        """The items in an order of which each is as likely as the others."""
        order = list(items)
        for last in range(len(order) - 1, 0, -1):
            other = self.below(last + 1)
            order[last], order[other] = order[other], order[last]
        return order


def _words(text: bytes) -> Iterator[int]:
    counter = 0
    while True:
        block = hashlib.sha256(counter.to_bytes(WORD_BYTES, "big") + text).digest()
        yield from (int.from_bytes(block[at : at + WORD_BYTES], "big") for at in range(0, len(block), WORD_BYTES))
        counter += 1
