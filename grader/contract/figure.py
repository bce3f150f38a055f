"""What a check shows beside its verdict: curves that were measured, and what a network's layers make of images.

All of it is data, which the pages draw and `stride grade` prints.
"""

from __future__ import annotations

import base64
import binascii
import dataclasses
import math
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any, TypeAlias, TypeVar

from grader.contract.errors import ContractError
from grader.contract.fields import as_object, refuse_unknown, take

T = TypeVar("T")
MOST_POINTS = 1000
MOST_CURVES = 12
MOST_INPUTS = 10
MOST_LAYERS = 12
MOST_MAPS = 64
MOST_UNITS = 256
"""How many outputs of one number each (those of a linear layer) are shown of a layer."""
LONGEST_SIDE = 64
MOST_PIXELS = 2**20


@dataclass(frozen=True, slots=True)
class Curve:
    """A line of a chart: `y[i]` was measured at `x[i]`. A NaN or an infinity is kept as None, a gap in the line."""

    name: str
    x: tuple[float, ...]
    y: tuple[float | None, ...]

    @classmethod
    def of(cls, name: str, y: Sequence[float], x: Sequence[float] | None = None) -> Curve:
        """A curve of measured values; without `x` at 1, 2, 3, ... (epochs). Raises ValueError for unequal lengths."""
        places = tuple(float(place) for place in (range(1, len(y) + 1) if x is None else x))
        values = tuple(float(f"{value:.6g}") if math.isfinite(value) else None for value in map(float, y))
        if len(places) != len(values):
            raise ValueError(f"{name} has {len(places)} places and {len(values)} values")
        return cls(name, places, values)


@dataclass(frozen=True, slots=True)
class Chart:
    """Curves over one pair of axes. A later chart of one check replaces an earlier one of the same title.

    `x_label` and `y_label` name the axes with their units; `limit` is a value of y that the check asks for, drawn as a
    line; `is_log` has a logarithmic y axis; `note` is a sentence that says what there is to see.
    """

    title: str
    x_label: str
    y_label: str
    curves: tuple[Curve, ...]
    limit: float | None = None
    is_log: bool = False
    note: str = ""

    def __post_init__(self) -> None:
        longest = max((len(curve.x) for curve in self.curves), default=0)
        if len(self.curves) > MOST_CURVES or longest > MOST_POINTS:
            raise ValueError(f"a chart has at most {MOST_CURVES} curves of {MOST_POINTS} points each")
        if any(len(curve.x) != len(curve.y) for curve in self.curves):
            raise ValueError("a curve has as many values as places")
        known = [value for curve in self.curves for value in (*curve.x, *curve.y) if value is not None]
        if not all(map(math.isfinite, known if self.limit is None else [*known, self.limit])):
            raise ValueError("the places, the values and the limit of a chart are finite numbers; a gap in y is None")

    def to_dict(self) -> dict[str, Any]:
        """The chart as JSON-ready values, with its kind."""
        return {"kind": "chart"} | _fields(self)

    @classmethod
    def from_dict(cls, data: object) -> Chart:
        """Read what `to_dict` wrote. Raises ContractError."""
        fields = as_object(data, "chart")
        refuse_unknown(fields, {f.name for f in dataclasses.fields(cls)} | {"kind"}, "chart")
        limit = fields.get("limit")
        parts = {
            "title": take(fields, "title", str, "chart"),
            "x_label": take(fields, "x_label", str, "chart"),
            "y_label": take(fields, "y_label", str, "chart"),
            "curves": tuple(_curve(curve) for curve in take(fields, "curves", list, "chart")),
            "limit": None if limit is None else take(fields, "limit", float, "chart"),
            "is_log": take(fields, "is_log", bool, "chart"),
            "note": take(fields, "note", str, "chart"),
        }
        return _made(cls, parts, "chart")


def _fields(figure: Chart | FeatureMaps) -> dict[str, Any]:
    """A figure's fields, JSON-ready: with lists in the place of tuples."""
    return {name: _listed(value) for name, value in dataclasses.asdict(figure).items()}


def _listed(value: Any) -> Any:
    if isinstance(value, dict):
        return {key: _listed(item) for key, item in value.items()}
    return list(map(_listed, value)) if isinstance(value, list | tuple) else value


def _made(kind: type[T], parts: dict[str, Any], where: str) -> T:
    try:
        return kind(**parts)
    except ValueError as error:
        raise ContractError(f"{where}: {error}") from None


def _curve(data: object) -> Curve:
    fields = as_object(data, "curve")
    refuse_unknown(fields, {f.name for f in dataclasses.fields(Curve)}, "curve")
    name = take(fields, "name", str, "curve")
    x, y = (take(fields, key, list, "curve") for key in ("x", "y"))
    if len(x) != len(y):
        raise ContractError(f"curve {name}: {len(x)} places and {len(y)} values")
    numbers = [*x, *(value for value in y if value is not None)]
    if not all(isinstance(value, int | float) and not isinstance(value, bool) for value in numbers):
        raise ContractError(f"curve {name}: its points must be numbers")
    return Curve(name, tuple(map(float, x)), tuple(None if value is None else float(value) for value in y))


@dataclass(frozen=True)
class Planes:
    """Small pictures of one size and one scale: `pixels` are their bytes in base64, plane by plane and row by row.

    A byte of 0 stands for the value `low`, 255 for `high`, what lies between is linear.
    """

    height: int
    width: int
    low: float
    high: float
    pixels: str

    def __post_init__(self) -> None:
        if not (0 < self.height <= LONGEST_SIDE and 0 < self.width <= LONGEST_SIDE):
            raise ValueError(
                f"planes have from 1 to {LONGEST_SIDE} pixels a side, these have {self.height} × {self.width}"
            )
        if not (math.isfinite(self.low) and math.isfinite(self.high) and self.low <= self.high):
            raise ValueError(
                f"the scale of planes goes from a finite number to one above, not {self.low} to {self.high}"
            )
        if len(self.levels) % (self.height * self.width):
            raise ValueError(f"{len(self.levels)} bytes are no whole planes of {self.height} × {self.width}")

    @cached_property
    def levels(self) -> bytes:
        """The bytes of all planes."""
        try:
            return base64.b64decode(self.pixels, validate=True)
        except (binascii.Error, ValueError) as error:
            raise ValueError("pixels must be bytes in base64") from error

    @property
    def count(self) -> int:
        """How many planes there are."""
        return len(self.levels) // (self.height * self.width)

    @classmethod
    def from_dict(cls, data: object, where: str) -> Planes:
        """Read what `dataclasses.asdict` wrote. Raises ContractError."""
        fields = as_object(data, where)
        refuse_unknown(fields, {f.name for f in dataclasses.fields(cls)}, where)
        kinds = {"height": int, "width": int, "low": float, "high": float, "pixels": str}
        return _made(cls, {key: take(fields, key, kind, where) for key, kind in kinds.items()}, where)


@dataclass(frozen=True, slots=True)
class Layer:
    """What one layer makes of every input: `shape` is that of its output for one image, as a network has it.

    `maps` holds all maps of the first input, then all of the second. Those of a linear layer are 1 × 1.
    """

    name: str
    shape: tuple[int, ...]
    maps: Planes

    @classmethod
    def from_dict(cls, data: object) -> Layer:
        """Read what `dataclasses.asdict` wrote. Raises ContractError."""
        fields = as_object(data, "layer")
        refuse_unknown(fields, {f.name for f in dataclasses.fields(cls)}, "layer")
        shape = take(fields, "shape", list, "layer")
        if not all(type(size) is int for size in shape):
            raise ContractError("layer: shape must hold whole numbers")
        maps = Planes.from_dict(fields.get("maps"), "layer.maps")
        return cls(name=take(fields, "name", str, "layer"), shape=tuple(shape), maps=maps)


@dataclass(frozen=True, slots=True)
class FeatureMaps:
    """What the layers of a trained network make of a few images, in the order in which they are to be read.

    `inputs` has a plane for each of `names`. `kernels` are those of the first layer, all channels of the first kernel,
    then of the second; None where it has none. `note` is a sentence that says what there is to see.
    """

    title: str
    names: tuple[str, ...]
    inputs: Planes
    layers: tuple[Layer, ...]
    kernels: Planes | None = None
    note: str = ""

    def __post_init__(self) -> None:
        if not 0 < len(self.names) <= MOST_INPUTS or self.inputs.count != len(self.names):
            raise ValueError(f"feature maps are shown for 1 to {MOST_INPUTS} images, each with its name")
        if len(self.layers) > MOST_LAYERS:
            raise ValueError(f"feature maps are shown for at most {MOST_LAYERS} layers, not {len(self.layers)}")
        for layer in self.layers:
            most = MOST_UNITS if layer.maps.height == layer.maps.width == 1 else MOST_MAPS
            if not 0 < layer.maps.count <= most * len(self.names) or layer.maps.count % len(self.names):
                raise ValueError(f"the layer {layer.name} has from 1 to {most} maps for each image")
        if self.kernels is not None and not 0 < self.kernels.count <= 3 * MOST_MAPS:
            raise ValueError(f"at most {3 * MOST_MAPS} planes of kernels are shown")
        pixels = sum(len(layer.maps.levels) for layer in self.layers)
        if pixels > MOST_PIXELS:
            raise ValueError(f"feature maps have at most {MOST_PIXELS:,} pixels together, not {pixels:,}")

    def to_dict(self) -> dict[str, Any]:
        """The maps as JSON-ready values, with their kind."""
        return {"kind": "feature_maps"} | _fields(self)

    @classmethod
    def from_dict(cls, data: object) -> FeatureMaps:
        """Read what `to_dict` wrote. Raises ContractError."""
        where = "feature maps"
        fields = as_object(data, where)
        refuse_unknown(fields, {f.name for f in dataclasses.fields(cls)} | {"kind"}, where)
        names, kernels = take(fields, "names", list, where), fields.get("kernels")
        if not all(isinstance(name, str) for name in names):
            raise ContractError(f"{where}: names must be texts")
        parts = {
            "title": take(fields, "title", str, where),
            "names": tuple(names),
            "inputs": Planes.from_dict(fields.get("inputs"), "inputs"),
            "layers": tuple(map(Layer.from_dict, take(fields, "layers", list, where))),
            "kernels": None if kernels is None else Planes.from_dict(kernels, "kernels"),
            "note": take(fields, "note", str, where),
        }
        return _made(cls, parts, where)


Figure: TypeAlias = Chart | FeatureMaps


def figure_from_dict(data: object) -> Figure:
    """Read a figure of any kind, as its `to_dict` wrote it. Raises ContractError."""
    kind = take(as_object(data, "figure"), "kind", str, "figure")
    if kind == "chart":
        return Chart.from_dict(data)
    if kind == "feature_maps":
        return FeatureMaps.from_dict(data)
    raise ContractError(f"figure: kind {kind!r} is none of chart, feature_maps")
