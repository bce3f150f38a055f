"""The pages of boards as a reader sees them: rows, names and texts, without their pictures."""

from __future__ import annotations

import re

from server.models import Submission

ASSIGNMENT = "/courses/cnn-2026/assignments/04-conv-forward/"
BOARD = f"{ASSIGNMENT}board/"


def page_of(submission: Submission) -> str:
    return f"/submissions/{submission.id}/"


def state(visitor, submission: Submission, seen: str = "") -> dict:
    return visitor.get(f"{page_of(submission)}state", query_string={"seen": seen}).json


def rows(page: str) -> list[list[str]]:
    """The texts of the board's rows, without their pictures."""
    found = re.findall(r"<tr role=\"row\"(.*?)</tr>", page.split("<tbody", 1)[1].split("</tbody>", 1)[0], re.DOTALL)
    return [texts(row.split(">", 1)[1]) for row in found]


def texts(html: str) -> list[str]:
    words = re.sub(r"<svg.*?</svg>", " ", html, flags=re.DOTALL)
    return [text for text in (part.strip() for part in re.sub(r"<[^>]+>", "\n", words).split("\n")) if text]


def names(page: str) -> list[str]:
    return re.findall(r'class="board-name"><bdi>([^<]*)', page)
