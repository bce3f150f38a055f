"""Feature maps that a check shows: for each image the maps of each layer, side by side in one picture a layer."""

from __future__ import annotations

import math
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

import numpy as np
import numpy.typing as npt

from grader.contract.figure import FeatureMaps, Layer, Planes
from server.rendering.axis import tick
from server.rendering.raster import diverging, indexed_uri

WIDEST = 280
"""Width of a picture in pixels: two stand beside each other on a page, one on a phone."""
TILES = ((16, 60), (32, 44), (64, 30), (256, 14))
"""About how wide a map is shown, by how many there are at most."""
INPUT_SIDE = 36
KEPT = 16
GAP = 4
"""About how many pixels lie between two maps."""

Levels = npt.NDArray[np.uint8]
GREY: Levels = np.repeat(np.arange(256, dtype=np.uint8)[:, None], 3, axis=1)


@dataclass(frozen=True, slots=True)
class Picture:
    """Planes in rows, as a picture to be shown `width` pixels wide; `words` are for screen readers."""

    uri: str
    width: int
    height: int
    words: str


@dataclass(frozen=True, slots=True)
class Scale:
    """What colours stand for: `look` is `grey` (dark to bright) or `diverging` (red, white at 0, blue)."""

    look: str
    low: str
    high: str


@dataclass(frozen=True, slots=True)
class DrawnLayer:
    """A layer with its picture of one image's maps."""

    name: str
    shape: str
    picture: Picture
    scale: Scale


@dataclass(frozen=True, slots=True)
class DrawnMaps:
    """Feature maps for a page: `layers` has those of the first image, then those of the second."""

    maps: FeatureMaps
    inputs: list[Picture]
    kernels: Picture | None
    kernel_scale: Scale | None
    layers: list[list[DrawnLayer]]


@lru_cache(maxsize=KEPT)
def drawn_maps(maps: FeatureMaps) -> DrawnMaps:
    """Feature maps for a page; kept for a while, because a page that follows the grading asks for them many times."""
    inputs = [
        _picture(plane[None], GREY, INPUT_SIDE, f"The image {name}")
        for plane, name in zip(levels_of(maps.inputs), maps.names, strict=True)
    ]
    kernels = maps.kernels
    return DrawnMaps(
        maps,
        inputs,
        None if kernels is None else _kernels(kernels),
        None if kernels is None else _scale(kernels),
        [[_layer(layer, number, maps) for layer in maps.layers] for number in range(len(maps.names))],
    )


def levels_of(planes: Planes) -> Levels:
    """The bytes as planes (N, H, W)."""
    return np.frombuffer(planes.levels, dtype=np.uint8).reshape(-1, planes.height, planes.width)


def palette_of(planes: Planes) -> Levels:
    """The colour (256, 3) of each byte: grey where nothing is negative, else red below 0, white at it, blue above."""
    if planes.low >= 0:
        return GREY
    return diverging(_values(np.arange(256)[:, None], planes) / _end(planes))[:, 0]


def _layer(layer: Layer, number: int, maps: FeatureMaps) -> DrawnLayer:
    count = layer.maps.count // len(maps.names)
    levels = levels_of(layer.maps)[number * count : (number + 1) * count]
    shape = " × ".join(map(str, layer.shape))
    strongest = int(np.abs(_values(levels, layer.maps)).mean(axis=(1, 2)).argmax())
    kind = "maps" if len(layer.shape) > 1 else "units"
    words = (
        f"{count} {kind} of {layer.name} for {maps.names[number]}; number {strongest + 1} has the largest mean amount"
    )
    picture = _picture(levels, palette_of(layer.maps), _tile(count), words)
    return DrawnLayer(layer.name, shape, picture, _scale(layer.maps))


def _kernels(kernels: Planes) -> Picture:
    words = f"{kernels.count} kernels of {kernels.height} × {kernels.width}"
    return _picture(levels_of(kernels), palette_of(kernels), _tile(kernels.count), words)


def _tile(count: int) -> int:
    return next((width for most, width in TILES if count <= most), TILES[-1][1])


def _scale(planes: Planes) -> Scale:
    if planes.low < 0:
        return Scale("diverging", tick(-_end(planes), 3), tick(_end(planes), 3))
    return Scale("grey", tick(planes.low, 3), tick(planes.high, 3))


def _values(levels: npt.NDArray[Any], planes: Planes) -> npt.NDArray[np.float64]:
    return planes.low + levels / 255.0 * (planes.high - planes.low)


def _end(planes: Planes) -> float:
    """Where a scale ends on both sides of 0."""
    return max(-planes.low, planes.high)


def _picture(levels: Levels, palette: Levels, tile: int, words: str) -> Picture:
    """Maps (N, H, W) in rows of about the same length, with transparent gaps, each about `tile` pixels wide."""
    count, height, width = levels.shape
    enlarged = max(1, round(tile / width))
    # Gaps are whole pixels of the picture, which the browser enlarges as well: few and large pixels come as several.
    times = max(1, enlarged // GAP)
    shown, gap = max(1, enlarged // times), 2 if enlarged == 1 else 1
    height, width = height * times, width * times
    most = max(1, (WIDEST // shown + gap) // (width + gap))
    rows = math.ceil(count / most)
    columns = math.ceil(count / rows)
    canvas = np.zeros((rows * (height + gap) - gap, columns * (width + gap) - gap), dtype=np.uint8)
    for number, plane in enumerate(np.maximum(levels, 1).repeat(times, axis=1).repeat(times, axis=2)):
        top, left = number // columns * (height + gap), number % columns * (width + gap)
        canvas[top : top + height, left : left + width] = plane
    return Picture(indexed_uri(canvas, palette), canvas.shape[1] * shown, canvas.shape[0] * shown, words)
