"""A small canvas that becomes an inline SVG: its colours are the stylesheet's, so it follows light and dark."""

from __future__ import annotations

from dataclasses import dataclass, field

from markupsafe import Markup, escape


@dataclass(slots=True)
class Canvas:
    """Shapes in drawing order; lengths in pixels. `classes` are those of static/stride.css that begin with `p-`."""

    width: float = 0.0
    height: float = 0.0
    parts: list[str] = field(default_factory=list)

    def _reach(self, x: float, y: float) -> None:
        self.width, self.height = max(self.width, x), max(self.height, y)

    def rectangle(self, x: float, y: float, width: float, height: float, classes: str, radius: float = 0) -> None:
        """A rectangle by its upper left corner."""
        self._reach(x + width, y + height)
        rounded = f' rx="{radius:g}"' if radius else ""
        self.parts.append(
            f'<rect x="{x:g}" y="{y:g}" width="{width:g}" height="{height:g}"{rounded} class="{escape(classes)}"/>'
        )

    def filled(self, x: float, y: float, width: float, height: float, colour: str) -> None:
        """A rectangle in a colour that stands for a number."""
        self._reach(x + width, y + height)
        self.parts.append(
            f'<rect x="{x:g}" y="{y:g}" width="{width:g}" height="{height:g}" fill="{escape(colour)}" '
            'class="p-cell-edge"/>'
        )

    def text(self, x: float, y: float, text: str, classes: str = "p-text", anchor: str = "middle") -> None:
        """Text by the middle (or start, or end) of its line, centred on y."""
        half = len(text) * 4.2
        self._reach(x + (half if anchor == "middle" else 2 * half if anchor == "start" else 0), y + 9)
        self.parts.append(
            f'<text x="{x:g}" y="{y:g}" text-anchor="{anchor}" dominant-baseline="central" '
            f'class="{escape(classes)}">{escape(text)}</text>'
        )

    def line(self, x1: float, y1: float, x2: float, y2: float, classes: str = "p-line") -> None:
        """A straight line."""
        self._reach(max(x1, x2), max(y1, y2))
        self.parts.append(f'<line x1="{x1:g}" y1="{y1:g}" x2="{x2:g}" y2="{y2:g}" class="{escape(classes)}"/>')

    def arrow(self, x1: float, y: float, x2: float) -> None:
        """A horizontal arrow to the right."""
        self.line(x1, y, x2 - 4, y)
        self.parts.append(f'<path d="M {x2 - 7:g} {y - 4:g} L {x2:g} {y:g} L {x2 - 7:g} {y + 4:g} z" class="p-arrow"/>')
        self._reach(x2, y + 4)

    def curve(self, points: list[tuple[float, float]], classes: str = "p-curve") -> None:
        """A line through points."""
        for x, y in points:
            self._reach(x, y)
        path = " L ".join(f"{x:.1f} {y:.1f}" for x, y in points)
        self.parts.append(f'<path d="M {path}" class="{escape(classes)}"/>')

    def dot(self, x: float, y: float, radius: float, classes: str) -> None:
        """A filled circle."""
        self._reach(x + radius, y + radius)
        self.parts.append(f'<circle cx="{x:g}" cy="{y:g}" r="{radius:g}" class="{escape(classes)}"/>')

    def svg(self, label: str) -> Markup:
        """The picture; `label` is what a screen reader says."""
        width, height = self.width + 2, self.height + 2
        opening = (
            f'<svg class="picture" role="img" aria-label="{escape(label)}" viewBox="-1 -1 {width:g} {height:g}" '
            f'width="{width:g}" height="{height:g}" xmlns="http://www.w3.org/2000/svg">'
        )
        return Markup(opening + "".join(self.parts) + "</svg>")  # noqa: S704 - every text was escaped above
