"""`stride data letters`: an alphabet to try a training race with at home."""

from __future__ import annotations

import numpy as np
import pytest

from reference.alphabets import make_alphabet, write_letters


def test_letters_are_those_of_a_made_up_alphabet_and_repeat_with_the_seed(stride, tmp_path):
    done = stride("data", "letters", "-o", "mine.npz", "--images", 30, "--seed", 4)
    assert done.returncode == 0
    assert done.stdout == ""
    assert "mine.npz: 30 images of 10 letters, noise 0.3" in done.stderr
    rng = np.random.default_rng(4)
    images, labels = write_letters(make_alphabet(rng), 30, rng)
    with np.load(tmp_path / "mine.npz", allow_pickle=False) as data:
        assert np.array_equal(data["images"], images)
        assert np.array_equal(data["labels"], labels)


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["-o", "mine.csv"], "mine.csv must end in .npz"),
        (["-o", "nowhere/mine.npz"], "cannot be written: No such file or directory"),
    ],
)
def test_letters_that_cannot_be_made_end_with_2(stride, arguments, words):
    done = stride("data", "letters", *arguments)
    assert done.returncode == 2
    assert words in " ".join(done.stderr.replace("│", " ").split())
