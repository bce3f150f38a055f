"""What a file in another format does not say of a question, kept in a note beside it that other programs pass over.

The note names only what the file, read without it, says otherwise. A value that the file does say goes with a digest
of it: whoever edits the file by hand makes the note's old value void.
"""

from __future__ import annotations

import hashlib
import json
import re
from typing import Any

from server.quiz.question import Question
from server.quiz.source import question_to_dict

PATH = re.compile(
    r"id|title|topic|source|difficulty|points|stem|explanation|scoring|show|shuffle|tags|why_true|why_false"
    r"|option/\d{1,2}/(?:text|right|why|fraction)|answer/\d{1,2}/(?:value|tolerance|fraction|why)"
)
LONGEST_NOTE = 400_000
Fields = dict[str, Any]


def flat(data: dict[str, Any]) -> Fields:
    """Every value of a question's dictionary under its path, such as `option/0/why`."""
    found: Fields = {}
    for key, value in data.items():
        if key in ("option", "answer"):
            for index, entry in enumerate(value):
                found |= {f"{key}/{index}/{inner}": item for inner, item in entry.items()}
        else:
            found[key] = value
    return found


def difference(question: Question, read_back: Question) -> Fields:
    """The note: path to value, or to [digest of what the file says, value]. Empty where the file says everything."""
    meant, said = flat(question_to_dict(question)), flat(question_to_dict(read_back))
    if meant["kind"] != said["kind"] or len(question.options) != len(read_back.options):
        return {}
    note: Fields = {path: value for path, value in meant.items() if path not in said}
    changed = {path for path in said if meant.get(path) != said[path]}
    return note | {path: {"for": _digest(said[path]), "is": meant.get(path)} for path in changed}


def write_note(note: Fields) -> str:
    """The note on one line of ASCII, without anything that would end a comment or a processing instruction."""
    return json.dumps(note, separators=(",", ":"), sort_keys=True).replace("?>", r"?\u003e")


def read_note(text: str) -> Fields:
    """The note in a comment; empty for anything that is none."""
    if len(text) > LONGEST_NOTE:
        return {}
    try:
        note = json.loads(text)
        json.dumps(note, ensure_ascii=False).encode()
    except (ValueError, RecursionError):
        return {}
    is_note = isinstance(note, dict) and all(PATH.fullmatch(path) for path in note)
    return note if is_note else {}


def applied(note: Fields, question: Question) -> dict[str, Any]:
    """The question's dictionary with what the note still says of it."""
    data = question_to_dict(question)
    said = flat(data)
    for path, value in sorted(note.items(), key=_place):
        if isinstance(value, dict):
            if path in said and value.get("for") == _digest(said[path]):
                _put(data, path, value.get("is"))
        elif path not in said:
            _put(data, path, value)
    return data


def _digest(value: Any) -> str:
    return hashlib.sha256(json.dumps(value, sort_keys=True).encode()).hexdigest()[:12]


def _place(item: tuple[str, Any]) -> int:
    """The number in a path, so that answers are added in their order."""
    index = item[0].partition("/")[2].partition("/")[0]
    return int(index) if index else 0


def _put(data: dict[str, Any], path: str, value: Any) -> None:
    """Set a value. An answer that the file could not say, as an earlier one covers it, is added."""
    key, _, inner = path.partition("/")
    target: dict[str, Any] = data
    if inner:
        index, _, name = inner.partition("/")
        entries = data.get(key, [])
        if key == "answer" and int(index) == len(entries):
            entries.append({})
        if int(index) >= len(entries):
            return
        target, key = entries[int(index)], name
    if value is None:
        target.pop(key, None)
    else:
        target[key] = value
