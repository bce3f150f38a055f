"""The pooling playground: one statistic for each window of an image, and what a shift of the image changes."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from reference.pooling import KINDS, pool_forward_views
from reference.sizes import output_size
from server.services.playground.images import Pixels
from server.services.playground.typed import RGB, Typed, chosen_image

DEFAULTS = {"image": "shapes", "kind": "max"}
DEFAULT_SIZE = 64
MOST_VALUES = 4_000_000
"""The values in all windows together: sorting more for a median takes longer than a page should."""
ROUNDING = 1e-9


@dataclass(frozen=True, slots=True)
class Side:
    """One side of the arithmetic: n pixels, a window of k, stride s, and the outputs that they give."""

    n: int
    window: int
    stride: int
    outputs: int

    @property
    def formula(self) -> str:
        """The output-size formula with the numbers filled in, as plain text."""
        return f"⌊({self.n} − {self.window}) / {self.stride}⌋ + 1 = {self.outputs}"

    @property
    def tex(self) -> str:
        """The same as TeX."""
        fraction = f"\\frac{{{self.n} - {self.window}}}{{{self.stride}}}"
        return f"\\left\\lfloor {fraction} \\right\\rfloor + 1 = {self.outputs}"


@dataclass(frozen=True, slots=True)
class Settings:
    """What to compute: a window of height × width, moved by `stride`; `p` is the exponent of power pooling."""

    kind: str = "max"
    height: int = 2
    width: int = 2
    stride: int = 2
    p: float = 2.0

    def param(self, kind: str) -> dict[str, Any]:
        """As the reference takes it."""
        return {
            "pool_height": self.height,
            "pool_width": self.width,
            "stride": self.stride,
            "type": kind,
            "p": self.p,
        }


@dataclass(frozen=True, slots=True)
class Outcome:
    """A pooled image: `output` is (C, HO, WO)."""

    image: Pixels
    settings: Settings
    output: Pixels
    sides: tuple[Side, Side]

    def corner(self, i: int, j: int) -> tuple[int, int]:
        """Row and column of the upper left pixel of output (i, j)'s window."""
        return i * self.settings.stride, j * self.settings.stride

    def window(self, channel: int, i: int, j: int) -> Pixels:
        """The values (height, width) that output (i, j) represents."""
        top, left = self.corner(i, j)
        return self.image[channel, top : top + self.settings.height, left : left + self.settings.width]


@dataclass(frozen=True, slots=True)
class Kept:
    """How much of a pooled image a shift leaves as it was. `changed` (HO, WO) says where it did not."""

    kind: str
    share: float
    changed: npt.NDArray[np.bool_]


@dataclass(frozen=True, slots=True)
class Invariance:
    """Max and mean pooling before and after the image moves by dy rows and dx columns.

    `theory` is the share for max pooling of independent, continuous values: the largest of both windows together must
    lie where they overlap, so it is overlap / union; (k - 1) / (k + 1) for a k × k window and a shift by one pixel.
    """

    dx: int
    dy: int
    kept: tuple[Kept, ...]
    theory: float


def pool(image: Pixels, settings: Settings, kind: str = "") -> Pixels:
    """The image (C, H, W) pooled. Raises ValueError when the window does not fit."""
    return pool_forward_views(image[None], settings.param(kind or settings.kind))[0][0]


def invariance(image: Pixels, settings: Settings, dx: int, dy: int) -> Invariance:
    """Pool the image as it is and moved, over the part that both have. Raises ValueError when nothing is left."""
    before, after = _overlap(image, dx, dy)
    kept = tuple(_kept(before, after, settings, kind) for kind in ("max", "mean"))
    overlap = max(0, settings.height - abs(dy)) * max(0, settings.width - abs(dx))
    return Invariance(dx, dy, kept, overlap / (2 * settings.height * settings.width - overlap))


def _overlap(image: Pixels, dx: int, dy: int) -> tuple[Pixels, Pixels]:
    """The parts of the image and of the moved image where both have pixels, on the same grid of windows."""
    down, right = max(dy, 0), max(dx, 0)
    up, left = max(-dy, 0), max(-dx, 0)
    height, width = image.shape[1] - down - up, image.shape[2] - right - left
    return (
        image[:, down : down + max(height, 0), right : right + max(width, 0)],
        image[:, up : up + max(height, 0), left : left + max(width, 0)],
    )


def _kept(before: Pixels, after: Pixels, settings: Settings, kind: str) -> Kept:
    difference = np.abs(pool(before, settings, kind) - pool(after, settings, kind)).max(axis=0)
    changed = difference > ROUNDING * 255
    return Kept(kind, 1.0 - float(changed.mean()), changed)


def read(typed: Typed) -> Settings:
    """The settings that somebody typed; what cannot be used is refused in `typed` and has its default."""
    height = typed.whole("height", 2, 1, 64, "the window's height")
    width = typed.whole("width", 2, 1, 64, "the window's width")
    return Settings(
        kind=typed.choice("kind", KINDS, DEFAULTS["kind"]),
        height=height,
        width=width,
        stride=typed.whole("stride", height, 1, 64),
        p=_exponent(typed),
    )


def _exponent(typed: Typed) -> float:
    text = typed.text("p", "2")
    try:
        p = float(text)
    except ValueError:
        p = float("nan")
    if not 0.1 <= p <= 64:
        typed.refuse("p", f"p must be a number from 0.1 to 64, not “{text[:20]}”")
        return 2.0
    return p


def _sides(typed: Typed, image: Pixels, settings: Settings) -> tuple[Side, Side] | None:
    """The arithmetic of both sides, or none where the window does not fit."""
    sides = []
    for name, n, k in (("height", image.shape[1], settings.height), ("width", image.shape[2], settings.width)):
        try:
            sides.append(Side(n, k, settings.stride, output_size(n, k, settings.stride)))
        except ValueError as error:
            typed.refuse(name, str(error))
    return (sides[0], sides[1]) if not typed.errors else None


def play(typed: Typed, own: RGB | None = None) -> tuple[Settings, Pixels, Outcome | None, Invariance | None]:
    """Read what was typed and compute it; without an outcome where a field is refused."""
    image = chosen_image(typed, own, default=DEFAULTS["image"], size=DEFAULT_SIZE)
    settings = read(typed)
    dx, dy = typed.whole("dx", 1, -32, 32), typed.whole("dy", 0, -32, 32)
    if typed.errors:
        return settings, image, None, None
    sides = _sides(typed, image, settings)
    if sides is None:
        return settings, image, None, None
    values = image.shape[0] * sides[0].outputs * sides[1].outputs * settings.height * settings.width
    if values > MOST_VALUES:
        typed.refuse("height", f"these windows hold {values:,} values together; {MOST_VALUES:,} are the most")
        return settings, image, None, None
    outcome = Outcome(image, settings, pool(image, settings), sides)
    try:
        return settings, image, outcome, invariance(image, settings, dx, dy)
    except ValueError:
        typed.refuse("dx", "after this shift no window lies inside both images; move the image by less")
        return settings, image, outcome, None
