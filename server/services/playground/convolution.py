"""The convolution playground: one kernel over an image, and the sum behind each output pixel."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from reference.conv import conv_forward_im2col
from reference.sizes import extent, output_size
from server.services.playground.images import Pixels
from server.services.playground.kernels import KERNELS, OWN, read_kernel, written
from server.services.playground.typed import RGB, Typed, chosen_image

OPERATIONS = ("correlation", "convolution")
DEFAULTS = {"image": "scene", "kernel": "sobel_x", "operation": "correlation"}
DEFAULT_SIZE = 64


@dataclass(frozen=True, slots=True)
class Side:
    """One side of the arithmetic: n pixels, k taps, s, p and d, and the outputs that they give."""

    n: int
    kernel: int
    stride: int
    pad: int
    dilation: int
    outputs: int

    @property
    def formula(self) -> str:
        """The output-size formula with the numbers filled in, as plain text."""
        terms = f"{self.n} + 2·{self.pad} − {self.dilation}·({self.kernel} − 1) − 1"
        return f"⌊({terms}) / {self.stride}⌋ + 1 = {self.outputs}"

    @property
    def tex(self) -> str:
        """The same as TeX."""
        terms = f"{self.n} + 2 \\cdot {self.pad} - {self.dilation} \\cdot ({self.kernel} - 1) - 1"
        return f"\\left\\lfloor \\frac{{{terms}}}{{{self.stride}}} \\right\\rfloor + 1 = {self.outputs}"


@dataclass(frozen=True, slots=True)
class Settings:
    """What to compute. `weights` is the kernel as it was written; `laid` is how it is laid on the image."""

    weights: npt.NDArray[np.float64]
    operation: str = "correlation"
    stride: int = 1
    pad: int = 0
    dilation: int = 1

    @property
    def laid(self) -> npt.NDArray[np.float64]:
        """The kernel whose weights meet the pixels: a convolution turns it by half a turn."""
        return self.weights[::-1, ::-1] if self.operation == "convolution" else self.weights

    @property
    def is_symmetric(self) -> bool:
        """Whether half a turn leaves the kernel as it is, so that both operations agree."""
        return bool((self.weights == self.weights[::-1, ::-1]).all())

    @property
    def span(self) -> tuple[int, int]:
        """The rows and columns of pixels that the dilated kernel reaches over."""
        height, width = self.weights.shape
        return extent(height, self.dilation), extent(width, self.dilation)

    def sides(self, height: int, width: int) -> tuple[Side, Side]:
        """The arithmetic of both sides. Raises ValueError when the kernel does not fit."""
        down, across = (
            Side(n, k, self.stride, self.pad, self.dilation, output_size(n, k, self.stride, self.pad, self.dilation))
            for n, k in zip((height, width), self.weights.shape, strict=True)
        )
        return down, across


@dataclass(frozen=True, slots=True)
class Term:
    """One product of a sum: a pixel (outside the image it is padding) and the weight that meets it."""

    row: int
    column: int
    value: float
    weight: float
    is_padding: bool

    @property
    def product(self) -> float:
        """What it adds to the sum."""
        return self.value * self.weight


@dataclass(frozen=True, slots=True)
class Outcome:
    """An image through a kernel: `output` is (C, HO, WO), each channel filtered by itself."""

    image: Pixels
    settings: Settings
    output: Pixels
    sides: tuple[Side, Side]

    def corner(self, i: int, j: int) -> tuple[int, int]:
        """Row and column of the image under the upper left tap of output (i, j); negative in the padding."""
        step, pad = self.settings.stride, self.settings.pad
        return i * step - pad, j * step - pad

    def terms(self, channel: int, i: int, j: int) -> list[list[Term]]:
        """The products whose sum is output (i, j), in the shape of the kernel."""
        (top, left), d = self.corner(i, j), self.settings.dilation
        height, width = self.settings.weights.shape
        return [
            [self._term(channel, top + u * d, left + v * d, self.settings.laid[u, v]) for v in range(width)]
            for u in range(height)
        ]

    def _term(self, channel: int, row: int, column: int, weight: float) -> Term:
        inside = 0 <= row < self.image.shape[1] and 0 <= column < self.image.shape[2]
        value = float(self.image[channel, row, column]) if inside else 0.0
        return Term(row, column, value, float(weight), not inside)


def convolve(image: Pixels, settings: Settings) -> Outcome:
    """Lay the kernel on every channel of an image (C, H, W). Raises ValueError when it does not fit."""
    sides = settings.sides(image.shape[1], image.shape[2])
    param = {"stride": settings.stride, "pad": settings.pad, "dilation": settings.dilation}
    # The channels go as a batch of grey images: one kernel filters each of them by itself.
    output = conv_forward_im2col(image[:, None], settings.laid[None, None], np.zeros(1), param)[0][:, 0]
    return Outcome(image, settings, output, sides)


def read(typed: Typed) -> Settings:
    """The settings that somebody typed; what cannot be used is refused in `typed` and has its default."""
    return Settings(
        weights=_weights(typed),
        operation=typed.choice("operation", OPERATIONS, "correlation"),
        stride=typed.whole("stride", 1, 1, 32),
        pad=typed.whole("pad", 0, 0, 32, "padding"),
        dilation=typed.whole("dilation", 1, 1, 16),
    )


def _weights(typed: Typed) -> npt.NDArray[np.float64]:
    name = typed.choice("kernel", (*KERNELS, OWN), DEFAULTS["kernel"])
    if name != OWN:
        return KERNELS[name].weights
    try:
        return read_kernel(typed.text("numbers"))
    except ValueError as error:
        typed.refuse("numbers", str(error))
        return KERNELS["identity"].weights


def play(typed: Typed, own: RGB | None = None) -> tuple[Settings, Pixels, Outcome | None]:
    """Read what was typed and compute it; without an outcome where a field is refused."""
    image = chosen_image(typed, own, default=DEFAULTS["image"], size=DEFAULT_SIZE)
    settings = read(typed)
    if typed.errors:
        return settings, image, None
    try:
        return settings, image, convolve(image, settings)
    except ValueError as error:
        typed.refuse("numbers", str(error))
        return settings, image, None


def numbers(typed: Typed, settings: Settings) -> str:
    """The text of the field for own numbers: what was typed, or the named kernel's."""
    return typed.texts.get("numbers", "") if typed.text("kernel") == OWN else written(settings.weights)
