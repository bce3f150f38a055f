"""What somebody typed into a form that could not be taken, so that a page can hand it back to them."""

from __future__ import annotations

from dataclasses import dataclass

from flask import request
from werkzeug.datastructures import FileStorage

from grader.contract.assignment import WEIGHTS_SUFFIX
from server.security import MOST_BYTES

NEVER = {"csrf_token", "submit", "password", "current", "new", "again"}
# Where the text of an uploaded file goes on being edited.
TEXT_FIELDS = {"assignment.submit": "code", "roster.enrol": "text"}


@dataclass(frozen=True, slots=True)
class Kept:
    """One field of the form: its name, its text, and the name of the file that the text came from."""

    name: str
    text: str
    filename: str = ""


def kept_fields() -> list[Kept]:
    """The request's fields that came from this site's own page; nothing that another site made a browser send."""
    if not _from_here():
        return []
    fields = [Kept(name, text) for name, text in request.form.items(multi=True) if name not in NEVER and text]
    field = TEXT_FIELDS.get(request.endpoint or "")
    files = [file for file in request.files.values() if file.filename] if field else []
    kept = [Kept(field or "", file_text(file), file.filename or "") for file in files]
    return fields + [each for each in kept if each.text]


def file_text(file: FileStorage) -> str:
    """An uploaded file as text to go on with in an editor; empty when it is no text, a notebook, or weights."""
    if (file.filename or "").lower().endswith((".ipynb", ".zip", WEIGHTS_SUFFIX)):
        return ""
    file.stream.seek(0)
    content = file.stream.read(MOST_BYTES)
    file.stream.seek(0)
    text = content.decode("utf-8-sig", "replace")
    return "" if "\x00" in text or text.count("\ufffd") > len(text) // 10 else text


def _from_here() -> bool:
    """Whether the browser says that the form was on this site. Browsers set these headers; pages cannot."""
    site = request.headers.get("Sec-Fetch-Site")
    if site is not None:
        return site == "same-origin"
    return request.headers.get("Origin", "") == request.host_url.rstrip("/")
