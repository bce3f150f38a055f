"""What somebody typed, read field by field: values where they can be used, a sentence beside each field where not."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np
import numpy.typing as npt

from reference.sizes import pair
from server.services.playground.images import DRAWINGS, SIZES, Pixels, built_in, uploaded

OWN = "own"
RGB = npt.NDArray[np.uint8]


@dataclass(slots=True)
class Typed:
    """The text of each field, and what is wrong with it. A field that is missing or empty has its default."""

    texts: Mapping[str, str]
    errors: dict[str, str] = field(default_factory=dict)

    def text(self, name: str, default: str = "") -> str:
        """The field as it was typed."""
        return self.texts.get(name, "").strip() or default

    def whole(self, name: str, default: int, least: int, most: int, called: str = "") -> int:
        """A whole number in a range; what is too small is refused in the words of the references."""
        typed, called = self.text(name, str(default)), called or name
        try:
            number = int(typed)
        except ValueError:
            self.refuse(name, f"{called} must be a whole number, not “{typed[:20]}”")
            return default
        try:
            pair(number, called, least)
        except ValueError as error:
            self.refuse(name, str(error))
            return default
        if number > most:
            self.refuse(name, f"{called} can be {most} at most here, not {typed[:20]}")
            return default
        return number

    def choice(self, name: str, choices: Sequence[str], default: str) -> str:
        """One of `choices`."""
        typed = self.text(name, default)
        if typed not in choices:
            self.refuse(name, f"{name} must be one of {', '.join(choices)}, not “{typed[:20]}”")
            return default
        return typed

    def refuse(self, name: str, reason: str) -> None:
        """Keep the first thing that is wrong with a field, as a sentence."""
        self.errors.setdefault(name, sentence(reason))


def sentence(reason: str) -> str:
    """An error's text with a capital letter and a full stop."""
    return reason[:1].upper() + reason[1:] + ("" if reason.endswith((".", "?", "!")) else ".")


def chosen_image(typed: Typed, own: RGB | None, *, default: str, size: int) -> Pixels:
    """The image that the fields `image`, `size` and `colour` ask for; `own` is the visitor's picture, if any."""
    name = typed.choice("image", (*DRAWINGS, OWN), default)
    sides = [str(side) for side in SIZES]
    side = int(typed.choice("size", sides, str(size)))
    colour = typed.choice("colour", ("grey", "colour"), "grey") == "colour"
    if name != OWN:
        return built_in(name, side, colour=colour)
    if own is None:
        if "image" not in typed.errors:
            typed.refuse(
                "image", "Choose a PNG or JPEG file first: your own pictures are never stored, nor are they in a link."
            )
        return built_in(default, side, colour=colour)
    return uploaded(own, side, colour=colour)
