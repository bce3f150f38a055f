"""A training on 4 000 letters of an alphabet that nobody has seen, until nine of ten new letters are named."""

from __future__ import annotations

import numpy as np

from grader.benchmark.race import Data, Race
from reference.alphabets import make_alphabet, write_letters

TRAINING, TEST = 4000, 2000
TARGET = 0.90


def race() -> Race:
    """The race: a new alphabet for each training."""
    return Race(
        entry="train",
        network="Net",
        shape=f"{TRAINING:,} images of 32×32, ten letters of a new alphabet, until {TARGET:.0%} of {TEST:,} others are named",
        draw=draw,
        target=TARGET,
    )


# Over 24 alphabets the accepted samples came to 0.958, 0.952 and 0.985 on the average, with a standard deviation of 0.015,
# 0.024 and 0.005, and one of the 72 trainings ended below the target: hence one miss of six is allowed.
def draw(rng: np.random.Generator) -> Data:
    """A new alphabet, written twice: to learn from, and to be named."""
    alphabet = make_alphabet(rng)
    return Data(*write_letters(alphabet, TRAINING, rng), *write_letters(alphabet, TEST, rng))
