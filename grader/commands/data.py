"""`stride data`: the generated data sets of the course as files, to train on at home."""

from __future__ import annotations

from pathlib import Path

import click
import numpy as np
from rich.console import Console

from reference.shapes import CLASSES, make_shapes

MOST_IMAGES = 200_000


@click.group()
def data() -> None:
    """Make the data sets that assignments train and judge with."""


@data.command()
@click.option(
    "-o",
    "--out",
    type=click.Path(dir_okay=False, writable=True, path_type=Path),
    default=Path("figures.npz"),
    show_default=True,
    help="Where to write.",
)
@click.option("--images", type=click.IntRange(1, MOST_IMAGES), default=20_000, show_default=True, help="How many.")
@click.option("--noise", type=click.FloatRange(0), default=0.3, show_default=True, help="Its standard deviation.")
@click.option("--seed", type=click.IntRange(0, 2**53 - 1), default=0, show_default=True, help="Another draws others.")
def figures(out: Path, images: int, noise: float, seed: int) -> None:
    """Draw the ten figures at random places, sizes and intensities, with noise.

    The file is NumPy's: images float32 (N, 1, 32, 32), labels int64 (N,), and names, the ten figures in their order.
    """
    if out.suffix != ".npz":
        raise click.BadParameter(f"{out} must end in .npz", param_hint="--out")
    drawn, labels = make_shapes(images, seed, noise=noise)
    try:
        np.savez(out, images=drawn, labels=labels, names=np.array(CLASSES))
    except OSError as error:
        raise click.BadParameter(f"{out} cannot be written: {error.strerror}", param_hint="--out") from error
    size = out.stat().st_size / 2**20
    Console(stderr=True).print(f"{out}: {images:,} images of {len(CLASSES)} figures, noise {noise:g}, {size:.0f} MiB")
