from __future__ import annotations

import numpy as np
import pytest

from reference.alphabets import INK, LETTERS, MOST_ALIKE, RESOLUTION, make_alphabet, write_letters

SEEDS = range(6)


@pytest.mark.parametrize("seed", SEEDS)
def test_letters_of_an_alphabet_have_the_same_ink_and_are_not_much_alike(seed: int) -> None:
    alphabet = make_alphabet(np.random.default_rng(seed))
    assert alphabet.shape == (LETTERS, RESOLUTION, RESOLUTION)
    ink = alphabet.sum(axis=(1, 2))
    assert ink.max() - ink.min() <= 1
    assert ink.mean() == pytest.approx(INK * np.pi / 4 * RESOLUTION**2, rel=0.02)
    for one in range(LETTERS):
        for other in range(one):
            both, either = (alphabet[one] & alphabet[other]).sum(), (alphabet[one] | alphabet[other]).sum()
            assert both < MOST_ALIKE * either


def test_alphabets_of_other_seeds_have_no_letter_in_common() -> None:
    letters = np.concatenate([make_alphabet(np.random.default_rng(seed)) for seed in SEEDS])
    flat = letters.reshape(len(letters), -1).astype(float)
    both = flat @ flat.T
    sizes = flat.sum(1)
    alike = both / (sizes[:, None] + sizes - both) - np.eye(len(flat))
    assert alike.max() < 0.9


def test_writing_repeats_with_its_seed_and_goes_on_with_its_generator() -> None:
    alphabet = make_alphabet(np.random.default_rng(1))
    first, again = (write_letters(alphabet, 20, np.random.default_rng(2)) for _ in range(2))
    rng = np.random.default_rng(2)
    _, later = write_letters(alphabet, 20, rng), write_letters(alphabet, 20, rng)
    assert np.array_equal(first[0], again[0])
    assert np.array_equal(first[1], again[1])
    assert not np.array_equal(later[0], first[0])


def test_letters_are_written_whole_inside_the_image_with_one_intensity() -> None:
    alphabet = make_alphabet(np.random.default_rng(3))
    images, labels = write_letters(alphabet, 600, np.random.default_rng(4), noise=0.0)
    assert images.shape == (600, 1, 32, 32)
    assert (images.dtype, labels.dtype) == (np.float32, np.int64)
    assert np.unique(labels).tolist() == list(range(LETTERS))
    for image in images[:, 0]:
        (value,) = set(np.unique(image)) - {0.0}
        assert 0.3 <= value <= 1.0
    area = (images > 0).sum(axis=(1, 2, 3))
    smallest, largest = (INK * np.pi * radius**2 for radius in (32 / 4, 32 / 2.5))
    assert area.min() > 0.85 * smallest
    assert area.max() < 1.15 * largest


def test_a_written_letter_is_the_alphabets_own_scaled() -> None:
    alphabet = make_alphabet(np.random.default_rng(5))
    images, labels = write_letters(alphabet, 40, np.random.default_rng(6), size=160, noise=0.0)
    for image, label in zip(images[:, 0] > 0, labels, strict=True):
        rows, columns = (np.flatnonzero(image.any(axis)) for axis in (1, 0))
        own = alphabet[label]
        own_rows, own_columns = (np.flatnonzero(own.any(axis)) for axis in (1, 0))
        pick = [np.linspace(each[0], each[-1], 24).round().astype(int) for each in (rows, columns)]
        own_pick = [np.linspace(each[0], each[-1], 24).round().astype(int) for each in (own_rows, own_columns)]
        assert (image[np.ix_(*pick)] == own[np.ix_(*own_pick)]).mean() > 0.93


@pytest.mark.parametrize("changes", [{"n": -1}, {"noise": -0.1}])
def test_negative_counts_and_noise_are_refused(changes: dict) -> None:
    alphabet = make_alphabet(np.random.default_rng(0), letters=2)
    with pytest.raises(ValueError, match="must not be negative"):
        write_letters(alphabet, changes.get("n", 3), np.random.default_rng(0), noise=changes.get("noise", 0.1))
