"""Arrays of numbers as small PNG pictures, a pixel for each value; a browser enlarges them without smoothing."""

from __future__ import annotations

import base64
import io
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt
from PIL import Image

from server.rendering.pictures import number

SCALES = ("auto", "same", "minmax", "symmetric")
WHITE = 255.0
POSITIVE, NEGATIVE, NO_NUMBER = (np.array(rgb) for rgb in ((36.0, 82, 196), (190.0, 48, 38), (154.0, 161, 178)))


@dataclass(frozen=True, slots=True)
class Shaded:
    """Values as colours: `pixels` (H, W) or (H, W, 3) of eight bits, and which values the ends of the scale stand for.

    `look` is `grey` (dark to bright), `diverging` (red over white at zero to blue) or `colour`; `is_cut` says that
    there are values beyond the ends.
    """

    pixels: npt.NDArray[np.uint8]
    scale: str
    low: float
    high: float
    look: str
    is_cut: bool = False

    @property
    def legend(self) -> str:
        """How values were turned into colours, as a sentence."""
        low, high = number(self.low), number(self.high)
        if self.look == "diverging":
            return f"Red is negative, white is 0, blue is positive; the scale ends at {low} and {high}."
        if self.scale == "symmetric":
            return f"Black is {low}, middle grey is 0, white is {high}, in each channel."
        channels = ", in each channel" if self.look == "colour" else ""
        beyond = "; what lies beyond is cut off" if self.is_cut else ""
        return f"Black is {low}, white is {high}{channels}{beyond}."


def shade(values: npt.NDArray[Any], scale: str = "auto") -> Shaded:
    """Values (1 or 3, H, W) as colours.

    `same`: 0 is black and 255 white, as in the image that came in; `minmax`: the smallest value is black and the
    largest white; `symmetric`: zero lies in the middle of the scale; `auto`: `symmetric` where a value is negative,
    `same` where all values are in its range, else `minmax`. Raises ValueError for another scale.
    """
    if scale not in SCALES:
        raise ValueError(f"the scale must be one of {', '.join(SCALES)}, not {scale!r}")
    lowest, highest = float(values.min()), float(values.max())
    if scale == "auto":
        scale = "symmetric" if lowest < 0 else "same" if highest <= WHITE else "minmax"
    if scale == "symmetric":
        end = max(abs(lowest), abs(highest)) or 1.0
        if len(values) == 1:
            return Shaded(diverging(values[0] / end), scale, -end, end, "diverging")
        return _shaded(values, scale, -end, end)
    if scale == "minmax":
        return _shaded(values, scale, lowest, highest)
    return _shaded(values, scale, 0.0, WHITE)


def _shaded(values: npt.NDArray[Any], scale: str, low: float, high: float) -> Shaded:
    shares = (values - low) / ((high - low) or 1.0)
    pixels = (shares.clip(0, 1) * 255).round().astype(np.uint8)
    is_cut = bool((shares < 0).any() or (shares > 1).any())
    if len(values) == 1:
        return Shaded(pixels[0], scale, low, high, "grey", is_cut)
    return Shaded(pixels.transpose(1, 2, 0), scale, low, high, "colour", is_cut)


def diverging(shares: npt.NDArray[Any]) -> npt.NDArray[np.uint8]:
    """Shares (H, W) as colours (H, W, 3), as rendering.pictures.colour has them.

    From red at -1 over white to blue at 1; what lies beyond has the colour of the end, and what is no number is grey.
    """
    known = np.isfinite(shares)[..., None]
    strengths = np.abs(np.nan_to_num(shares)).clip(0, 1)[..., None]
    far = np.where(shares[..., None] >= 0, POSITIVE, NEGATIVE)
    return np.asarray(np.where(known, 255 - (255 - far) * strengths, NO_NUMBER).round().astype(np.uint8))


def png(pixels: npt.NDArray[np.uint8], enlarged: int = 1) -> bytes:
    """Pixels (H, W) or (H, W, 3) as a PNG file, each a square of `enlarged` pixels."""
    image = Image.fromarray(pixels)
    if enlarged > 1:
        image = image.resize((image.width * enlarged, image.height * enlarged), Image.Resampling.NEAREST)
    packed = io.BytesIO()
    image.save(packed, "PNG", compress_level=1)
    return packed.getvalue()


def data_uri(pixels: npt.NDArray[np.uint8]) -> str:
    """Pixels as the address of a picture that needs no request of its own."""
    return _address(png(pixels))


def indexed_uri(places: npt.NDArray[np.uint8], palette: npt.NDArray[np.uint8]) -> str:
    """The same for places (H, W) in a palette (256, 3): a quarter of the bytes. Place 0 is transparent."""
    image = Image.fromarray(places)
    image.putpalette(palette.tobytes())
    packed = io.BytesIO()
    image.save(packed, "PNG", compress_level=6, transparency=0)
    return _address(packed.getvalue())


def _address(file: bytes) -> str:
    return f"data:image/png;base64,{base64.b64encode(file).decode('ascii')}"
