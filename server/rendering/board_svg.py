"""Pieces of an inline SVG that grows with the page while its letters do not.

Places from left to right are percentages, from top to bottom pixels.
"""

from __future__ import annotations

from collections.abc import Iterable

from markupsafe import Markup, escape


def line(x1: float, y1: float, x2: float, y2: float, classes: str) -> str:
    """A straight line."""
    return f'<line x1="{x1:.2f}%" x2="{x2:.2f}%" y1="{y1:.1f}" y2="{y2:.1f}" class="{classes}"/>'


def upright(x: float, top: float, bottom: float, classes: str) -> str:
    """A line from the top to the bottom."""
    return line(x, top, x, bottom, classes)


def throughout(x: float, classes: str) -> str:
    """A line from the top to the bottom, however high the picture is drawn."""
    return f'<line x1="{x:.2f}%" x2="{x:.2f}%" y1="0" y2="100%" class="{classes}"/>'


def halfway(parts: Iterable[str]) -> str:
    """Pieces whose places from top to bottom are counted from the picture's middle, however high it is drawn."""
    return f'<svg y="50%" overflow="visible">{"".join(parts)}</svg>'


def dot(x: float, y: float, radius: float, classes: str) -> str:
    """A filled circle."""
    return f'<circle cx="{x:.2f}%" cy="{y:.1f}" r="{radius:g}" class="{classes}"/>'


def square(x: float, y: float, side: float, classes: str) -> str:
    """A square around a place."""
    half = side / 2
    shape = f'<rect x="{-half:g}" y="{-half:g}" width="{side:g}" height="{side:g}" class="{classes}"/>'
    return f'<svg x="{x:.2f}%" y="{y:.1f}" overflow="visible">{shape}</svg>'


def pointer(x: float, y: float, side: float, classes: str) -> str:
    """A triangle that points to the left from a place."""
    half = side / 2
    shape = f'<path d="M 0 0 L {side:g} {-half:g} L {side:g} {half:g} z" class="{classes}"/>'
    return f'<svg x="{x:.2f}%" y="{y:.1f}" overflow="visible">{shape}</svg>'


def text(x: float, y: float, words: str, anchor: str = "middle", *, dx: float = 0, classes: str = "") -> str:
    """Text by the middle, start or end of its line, moved by `dx` pixels."""
    look = f' class="{classes}"' if classes else ""
    shift = f' dx="{dx:g}"' if dx else ""
    return (
        f'<text x="{x:.2f}%" y="{y:.1f}" text-anchor="{anchor}" dominant-baseline="central"{shift}{look}>'
        f"{escape(words)}</text>"
    )


def picture(classes: str, height: float, parts: Iterable[str], width: str = "100%") -> Markup:
    """The pieces as one picture that a screen reader passes over: what it shows stands beside it in words."""
    opening = f'<svg class="{classes}" width="{width}" height="{height:g}" aria-hidden="true">'
    return Markup(opening + "".join(parts) + "</svg>")  # noqa: S704 - every text was escaped above
