"""Icons from Bootstrap Icons, taken one by one out of the sprite that Bootstrap-Flask ships and put into the page."""

from __future__ import annotations

import re
from functools import lru_cache
from importlib import resources

from markupsafe import Markup

SPRITE = "static/bootstrap5/icons/bootstrap-icons.svg"


@lru_cache(maxsize=1)
def _sprite() -> str:
    return resources.files("flask_bootstrap").joinpath(SPRITE).read_text(encoding="utf-8")


@lru_cache(maxsize=128)
def icon(name: str) -> Markup:
    """The icon as an `<svg>` that a screen reader passes over. Raises LookupError for a name that is not there."""
    found = re.search(rf'<symbol class="[^"]*" viewBox="([^"]*)" id="{re.escape(name)}">(.*?)</symbol>', _sprite())
    if found is None:
        raise LookupError(f"Bootstrap Icons has no icon {name!r}")
    box, shapes = found.groups()
    attributes = f'class="icon" viewBox="{box}" width="16" height="16" fill="currentColor" aria-hidden="true"'
    return Markup(f'<svg {attributes} focusable="false">{shapes}</svg>')  # noqa: S704 - the package's own drawing
