"""What a browser finds in the pages: form fields, the page's own data, the files it needs, the questions."""

from __future__ import annotations

import html
import json
import re
from dataclasses import dataclass
from typing import Any

FIELD = re.compile(r'<input type="hidden" name="([^"]+)" value="([^"]*)"')
LINKED = re.compile(r'<(?:script|link|img)\b[^>]*?(?:src|href)="(/[^"]+)"')
DATA = re.compile(r'data-(code|device|state|here|now)="([^"]*)"')
QUESTION = re.compile(r'data-question="(\d+)" data-kind="(\w+)"')
OPTION = re.compile(r'name="q\d+" value="(\d+)"( checked)?')
TEXT = re.compile(r'name="q\d+-text" value="([^"]*)"')


@dataclass(frozen=True, slots=True)
class Shown:
    """A question on the page: its number, its kind, how many options it has, and what the page says was answered."""

    number: int
    kind: str
    options: int
    picked: tuple[int, ...]
    text: str


def fields(page: str) -> dict[str, str]:
    """The hidden fields of a page's forms."""
    return {name: html.unescape(value) for name, value in FIELD.findall(page)}


def files(page: str) -> list[str]:
    """The scripts, styles and pictures that a page needs."""
    return list(dict.fromkeys(html.unescape(path) for path in LINKED.findall(page)))


def data(page: str) -> dict[str, str]:
    """What the sitting page tells its script; empty on a page without it."""
    return {name: html.unescape(value) for name, value in DATA.findall(page)}


def state(page: str) -> dict[str, Any]:
    """Where the student stands, as the sitting page says."""
    found: dict[str, Any] = json.loads(data(page)["state"])
    return found


def questions(fragment: str) -> list[Shown]:
    """The questions of the sheet, in order."""
    return [_shown(part) for part in fragment.split('<section class="sit-question"')[1:]]


def _shown(part: str) -> Shown:
    found = QUESTION.search(part)
    assert found is not None
    options, text = OPTION.findall(part), TEXT.search(part)
    picked = tuple(int(index) for index, checked in options if checked)
    return Shown(int(found[1]), found[2], len(options), picked, html.unescape(text[1]) if text else "")
