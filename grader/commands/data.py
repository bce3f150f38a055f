"""`stride data`: the generated data sets of the course as files, to train on at home."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import click
import numpy as np
from rich.console import Console

from reference.alphabets import LETTERS, make_alphabet, write_letters
from reference.shapes import CLASSES, make_shapes

MOST_IMAGES = 200_000


@click.group()
def data() -> None:
    """Make the data sets that assignments train and judge with."""


def written_to(name: str) -> Callable[[Callable[..., Any]], Callable[..., Any]]:
    """The option that says where to write."""
    path = click.Path(dir_okay=False, writable=True, path_type=Path)
    return click.option("-o", "--out", type=path, default=Path(name), show_default=True, help="Where to write.")


@data.command()
@written_to("figures.npz")
@click.option("--images", type=click.IntRange(1, MOST_IMAGES), default=20_000, show_default=True, help="How many.")
@click.option("--noise", type=click.FloatRange(0), default=0.3, show_default=True, help="Its standard deviation.")
@click.option("--seed", type=click.IntRange(0, 2**53 - 1), default=0, show_default=True, help="Another draws others.")
def figures(out: Path, images: int, noise: float, seed: int) -> None:
    """Draw the ten figures at random places, sizes and intensities, with noise.

    The file is NumPy's: images float32 (N, 1, 32, 32), labels int64 (N,), and names, the ten figures in their order.
    """
    drawn, labels = make_shapes(images, seed, noise=noise)
    _save(out, images=drawn, labels=labels, names=np.array(CLASSES))
    _say(out, f"{images:,} images of {len(CLASSES)} figures, noise {noise:g}")


@data.command()
@written_to("letters.npz")
@click.option("--images", type=click.IntRange(1, MOST_IMAGES), default=6_000, show_default=True, help="How many.")
@click.option("--noise", type=click.FloatRange(0), default=0.3, show_default=True, help="Its standard deviation.")
@click.option("--seed", type=click.IntRange(0, 2**53 - 1), default=0, show_default=True, help="Another alphabet.")
def letters(out: Path, images: int, noise: float, seed: int) -> None:
    """Make up an alphabet of ten letters, and write them at random places, sizes and intensities, with noise.

    The file is NumPy's: images float32 (N, 1, 32, 32), and labels int64 (N,), the letters counted from 0.
    """
    rng = np.random.default_rng(seed)
    drawn, labels = write_letters(make_alphabet(rng), images, rng, noise=noise)
    _save(out, images=drawn, labels=labels)
    _say(out, f"{images:,} images of {LETTERS} letters, noise {noise:g}")


def _save(out: Path, **arrays: np.ndarray[Any, Any]) -> None:
    if out.suffix != ".npz":
        raise click.BadParameter(f"{out} must end in .npz", param_hint="--out")
    try:
        np.savez(out, **arrays)  # type: ignore[arg-type]
    except OSError as error:
        raise click.BadParameter(f"{out} cannot be written: {error.strerror}", param_hint="--out") from error


def _say(out: Path, what: str) -> None:
    Console(stderr=True).print(f"{out}: {what}, {out.stat().st_size / 2**20:.0f} MiB")
