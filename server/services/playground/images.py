"""Images to play with: drawn by code, or a visitor's own PNG or JPEG, decoded in memory under limits."""

from __future__ import annotations

import base64
import binascii
import io
from collections.abc import Callable
from dataclasses import dataclass
from functools import lru_cache
from typing import Any, TypeAlias

import numpy as np
import numpy.typing as npt
from PIL import Image, ImageOps, UnidentifiedImageError

from reference.shapes import make_shapes

Pixels: TypeAlias = npt.NDArray[np.float64]
"""An image (C, H, W): one channel for grey, three for colour, values from 0 (black) to 255 (white)."""

SIZES = (8, 16, 32, 64, 128, 256)
LONGEST_SIDE = SIZES[-1]
MOST_BYTES = 2 * 1024 * 1024
MOST_PIXELS = 16_000_000
FORMATS = ("PNG", "JPEG")
FIGURE_SIDE = 16
SEED = 7


class PictureError(ValueError):
    """A file is no picture that can be used; the message is for whoever chose it."""


@dataclass(frozen=True, slots=True)
class Drawing:
    """A built-in image: its words for people, and how it is drawn at a side of `size` pixels."""

    label: str
    draw: Callable[[int], npt.NDArray[Any]]


@lru_cache(maxsize=16)
def built_in(name: str, size: int, *, colour: bool) -> Pixels:
    """A built-in image (1 or 3, size, size), read-only. Raises KeyError for a name that is not in DRAWINGS."""
    drawn = np.asarray(DRAWINGS[name].draw(size), dtype=np.float64)
    if drawn.ndim == 2:
        image = np.repeat(drawn[None], 3 if colour else 1, axis=0)
    else:
        image = drawn.transpose(2, 0, 1) if colour else grey(drawn)[None]
    image.setflags(write=False)
    return image


def grey(rgb: npt.NDArray[Any]) -> Pixels:
    """The brightness (H, W) of a colour image (H, W, 3), in whole numbers: ITU-R BT.601's weights."""
    return np.asarray(rgb @ np.array([0.299, 0.587, 0.114])).round()


def decode(content: bytes, longest: int = LONGEST_SIDE) -> npt.NDArray[np.uint8]:
    """A PNG or JPEG as (H, W, 3), upright, scaled down so that its longer side has at most `longest` pixels.

    Transparent parts become white. Raises PictureError for anything that is no such file, is larger than
    MOST_BYTES or would unpack to more than MOST_PIXELS.
    """
    if len(content) > MOST_BYTES:
        raise PictureError(f"The file has {len(content) / 2**20:.1f} MiB; a picture may have 2 MiB at most.")
    try:
        with Image.open(io.BytesIO(content), formats=FORMATS) as opened:
            width, height = opened.size
            if width * height > MOST_PIXELS:
                raise PictureError(
                    f"The picture has {width:,} × {height:,} pixels; {MOST_PIXELS // 10**6} million are the most."
                )
            opened.draft("RGB", (longest, longest))  # a JPEG can be unpacked at an eighth of its size
            return np.asarray(_scaled(_eight_bits(opened), longest))
    except UnidentifiedImageError as error:
        raise PictureError("This file is neither a PNG nor a JPEG picture.") from error
    except (Image.DecompressionBombError, Image.DecompressionBombWarning) as error:
        raise PictureError(f"The picture has more than {MOST_PIXELS // 10**6} million pixels.") from error
    except PictureError:
        raise
    except (OSError, SyntaxError, ValueError, EOFError) as error:
        raise PictureError("The picture is damaged: it cannot be unpacked to its end.") from error


def _eight_bits(image: Image.Image) -> Image.Image:
    """The image with eight bits for each channel, in a mode that can be scaled smoothly."""
    image.load()
    if image.mode.startswith("I"):
        return Image.fromarray((np.asarray(image, dtype=np.float64) / 257).clip(0, 255).astype(np.uint8))
    if image.mode in {"RGB", "RGBA", "L"}:
        return image
    return image.convert("RGBA" if image.has_transparency_data else "RGB")


def _scaled(image: Image.Image, longest: int) -> Image.Image:
    small = image.copy()
    small.thumbnail((longest, longest), Image.Resampling.LANCZOS, reducing_gap=2.0)
    small = ImageOps.exif_transpose(small)
    if small.mode == "RGBA":
        white = Image.new("RGBA", small.size, "white")
        small = Image.alpha_composite(white, small)
    return small.convert("RGB")


def uploaded(rgb: npt.NDArray[np.uint8], size: int, *, colour: bool) -> Pixels:
    """A decoded picture (H, W, 3) as an image whose longer side has at most `size` pixels."""
    small = np.asarray(_scaled(Image.fromarray(rgb), size), dtype=np.float64)
    return small.transpose(2, 0, 1) if colour else grey(small)[None]


def keep(rgb: npt.NDArray[np.uint8]) -> str:
    """A decoded picture as text for a hidden field: the visitor's page keeps it, the server does not."""
    packed = io.BytesIO()
    Image.fromarray(rgb).save(packed, "PNG")
    return base64.b64encode(packed.getvalue()).decode("ascii")


def kept(text: str) -> npt.NDArray[np.uint8]:
    """The picture of a hidden field, read with the same care as a file. Raises PictureError."""
    try:
        content = base64.b64decode(text, validate=True)
    except (binascii.Error, ValueError) as error:
        raise PictureError("The picture of this page was damaged. Choose the file again.") from error
    return decode(content)


def _grid(size: int) -> tuple[npt.NDArray[Any], npt.NDArray[Any]]:
    """Row and column numbers, each (size, size)."""
    rows, columns = np.mgrid[:size, :size]
    return rows, columns


def _step(size: int) -> npt.NDArray[Any]:
    return np.where(_grid(size)[1] < size // 2, 40.0, 200.0)


def _ramp(size: int) -> npt.NDArray[Any]:
    return np.round(_grid(size)[1] * 255.0 / (size - 1))


def _disc(size: int) -> npt.NDArray[Any]:
    rows, columns = _grid(size)
    middle = (size - 1) / 2
    return np.where(np.hypot(rows - middle, columns - middle) <= 0.35 * size, 230.0, 25.0)


def _checkerboard(size: int) -> npt.NDArray[Any]:
    rows, columns = _grid(size)
    field = max(1, size // 8)
    return np.where((rows // field + columns // field) % 2 == 0, 230.0, 25.0)


def _dot(size: int) -> npt.NDArray[Any]:
    image = np.zeros((size, size))
    image[size // 2, size // 2] = 255.0
    return image


def _shapes(size: int) -> npt.NDArray[Any]:
    """Four figures of the course's data set, two by two."""
    side = max(FIGURE_SIDE, size // 2)
    figures = [make_shapes(1, SEED, side, 0.0, (name,))[0][0, 0] for name in ("ring", "tri_up", "plus", "square")]
    mosaic = np.block([[figures[0], figures[1]], [figures[2], figures[3]]])
    drawn = Image.fromarray((mosaic * 255).clip(0, 255).round().astype(np.uint8))
    return np.asarray(drawn.resize((size, size), Image.Resampling.BOX))


def _noise(size: int) -> npt.NDArray[Any]:
    """Independent values with (almost surely) no two alike, as the theory of the invariance assumes."""
    return np.random.default_rng(SEED).random((size, size)) * 255.0


def _scene(size: int) -> npt.NDArray[Any]:
    """Evening at a lake: smooth sky, sharp edges, fine texture, as a photograph has them."""
    full = LONGEST_SIDE
    rows, columns = np.mgrid[:full, :full] / full
    rng = np.random.default_rng(SEED)
    evening, night = np.array([250.0, 190.0, 120.0]), np.array([70.0, 110.0, 180.0])
    scene = night + (evening - night) * np.clip(rows / 0.6, 0, 1)[..., None] ** 1.5
    away = np.hypot(rows - 0.34, columns - 0.68)
    scene += np.exp(-((away / 0.16) ** 2))[..., None] * np.array([60.0, 45.0, 20.0])
    scene[away < 0.06] = (255, 240, 200)
    for height, waves, tone in ((0.46, (3, 7, 17), (96, 104, 138)), (0.55, (2, 5, 29), (52, 70, 74))):
        crest = height - sum(0.09 / w**0.9 * np.sin(2 * np.pi * w * columns[0] + w * height * 9) for w in waves)
        scene[rows > crest] = tone
    shore = int(0.62 * full)
    mirrored = scene[2 * shore - full : shore][::-1]
    ripples = 12 * np.sin(rows[shore:] * 190 + 5 * np.sin(columns[shore:] * 9)) * (rows[shore:] - 0.6)
    scene[shore:] = 0.72 * mirrored + 22 + ripples[..., None] * 4
    _paint_house(scene)
    return np.asarray(
        Image.fromarray((scene + rng.normal(0, 4, scene.shape)).clip(0, 255).astype(np.uint8)).resize(
            (size, size), Image.Resampling.LANCZOS
        )
    )


def _paint_house(scene: npt.NDArray[Any]) -> None:
    rows, columns = _grid(LONGEST_SIDE)
    scene[118:162, 40:104] = (176, 80, 62)
    scene[(rows >= 92) & (rows < 118) & (np.abs(columns - 72) < (rows - 91) * 1.6)] = (70, 44, 48)
    for left in (50, 80):
        scene[128:142, left : left + 14] = (255, 226, 140)
        scene[128:142, left + 6 : left + 8] = scene[134:136, left : left + 14] = (90, 60, 50)
    scene[146:162, 67:77] = (60, 36, 34)


DRAWINGS: dict[str, Drawing] = {
    "scene": Drawing("Scene, like a photograph", _scene),
    "shapes": Drawing("Figures of the data set", _shapes),
    "step": Drawing("Step from dark to bright", _step),
    "ramp": Drawing("Ramp, brighter to the right", _ramp),
    "disc": Drawing("Disc", _disc),
    "checkerboard": Drawing("Checkerboard", _checkerboard),
    "dot": Drawing("One bright pixel", _dot),
    "noise": Drawing("Noise, pixel by pixel", _noise),
}
