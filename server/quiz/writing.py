"""Questions back to dictionaries and to the text that people edit."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Mapping
from typing import Any

from server.quiz.question import Answer, Kind, Option, Question, Scoring

BARE_KEY = re.compile(r"[A-Za-z0-9_-]+")
UNWRITABLE = re.compile(r"[\x00-\x08\x0b-\x1f\x7f]")
NAMED = {"\b": r"\b", "\t": r"\t", "\n": r"\n", "\f": r"\f", "\r": r"\r", '"': r"\"", "\\": r"\\"}


def question_to_dict(question: Question) -> dict[str, Any]:
    """The question as JSON-ready values; what has its usual value is left out. `question_from_dict` is the inverse."""
    data: dict[str, Any] = {"id": question.id, "kind": question.kind.value}
    for key in ("topic", "source", "difficulty", "title"):
        data[key] = getattr(question, key)
    data["points"] = None if question.points == 1 else question.points
    data["stem"] = question.stem
    data["explanation"] = question.explanation
    if question.kind is Kind.TRUE_FALSE:
        data["right"] = question.options[0].is_right
        data["why_true"], data["why_false"] = (option.why for option in question.options)
    data["scoring"] = None if question.scoring is Scoring.NET_CORRECT else question.scoring.value
    data["show"] = question.show
    data["shuffle"] = None if question.shuffles else False
    data["tags"] = list(question.tags)
    data["where"] = list(question.where)
    data["draw"] = _plain(question.draw)
    if question.kind is not Kind.TRUE_FALSE:
        data["option"] = [_option(option) for option in question.options]
    data["answer"] = [_answer(answer) for answer in question.answers]
    return {key: value for key, value in data.items() if value not in (None, "", [], {})}


def _option(option: Option) -> dict[str, Any]:
    data = {"text": option.text, "right": option.is_right or None, "why": option.why, "fraction": option.fraction}
    return {key: value for key, value in data.items() if value not in (None, "")}


def _answer(answer: Answer) -> dict[str, Any]:
    data: dict[str, Any] = {"value": answer.value, "why": answer.why}
    data["tolerance"] = None if answer.tolerance == "0" else answer.tolerance
    data["fraction"] = None if answer.fraction == 1 else answer.fraction
    return {key: value for key, value in data.items() if value not in (None, "")}


def _plain(value: Any) -> Any:
    if isinstance(value, Mapping):
        return {key: _plain(item) for key, item in value.items()}
    return [_plain(item) for item in value] if isinstance(value, list | tuple) else value


def write_questions(questions: Iterable[Question], title: str = "") -> str:
    """The text of a `quiz.toml` with these questions."""
    head = [f"title = {_value(title)}"] if title else []
    return "\n\n".join([*head, *(_question(question) for question in questions)]) + "\n"


def _question(question: Question) -> str:
    data = question_to_dict(question)
    tables = {key: data.pop(key, []) for key in ("draw", "option", "answer")}
    lines = ["[[question]]", *_pairs(data)]
    if tables["draw"]:
        lines += ["", "[question.draw]", *_pairs(tables["draw"])]
    for key in ("option", "answer"):
        for entry in tables[key]:
            lines += ["", f"[[question.{key}]]", *_pairs(entry)]
    return "\n".join(lines)


def _pairs(data: Mapping[str, Any]) -> list[str]:
    return [f"{_key(key)} = {_value(value)}" for key, value in data.items()]


def _key(key: str) -> str:
    return key if BARE_KEY.fullmatch(key) else _quoted(key)


def _value(value: Any) -> str:
    if isinstance(value, str):
        return _text(value)
    if isinstance(value, Mapping):
        return "{ " + ", ".join(_pairs(value)) + " }"
    if isinstance(value, list):
        return f"[{', '.join(_value(item) for item in value)}]"
    return json.dumps(value)


def _text(text: str) -> str:
    r"""A text in the quotes that need the fewest escapes: LaTeX keeps its backslashes where it can."""
    if UNWRITABLE.search(text):
        return _quoted(text)
    if "\n" in text:
        if "\\" in text and "'''" not in text:
            return f"'''\n{text}\n'''"
        return f'"""\n{_escaped(text)}\n"""'
    return f"'{text}'" if ("\\" in text or '"' in text) and "'" not in text else _quoted(text)


def _escaped(text: str) -> str:
    return text.replace("\\", "\\\\").replace('"', '\\"')


def _quoted(text: str) -> str:
    return '"' + "".join(NAMED.get(c, f"\\u{ord(c):04x}" if ord(c) < 32 or ord(c) == 127 else c) for c in text) + '"'
