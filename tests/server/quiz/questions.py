"""Questions to test with: small ones of every kind, and a way to change one of their keys."""

from __future__ import annotations

from copy import deepcopy
from typing import Any

from server.quiz.question import Question
from server.quiz.source import question_from_dict

SINGLE = {
    "id": "output-size",
    "kind": "single",
    "topic": "Q22",
    "source": "D2 L129-135",
    "difficulty": 2,
    "title": "Output size of a convolution",
    "stem": "A $<<k>>\\times<<k>>$ kernel with stride $<<s>>$ on side $<<n>>$. What is the side of the output?",
    "explanation": "$\\lfloor (n-k)/s \\rfloor + 1 = <<out>>$.",
    "where": ["s < k"],
    "draw": {
        "n": {"from": 7, "to": 64},
        "k": {"choice": [3, 5, 7]},
        "s": {"choice": [1, 2, 3]},
        "out": "(n - k) // s + 1",
    },
    "option": [
        {"text": "<<out>>", "right": True, "why": "Right."},
        {"text": "<<out - 1>>", "why": "The + 1 is missing."},
        {"text": "<<n // s>>", "why": "The kernel's size is missing."},
    ],
}
MULTIPLE = {
    "id": "layers-with-weights",
    "kind": "multiple",
    "stem": "Which layers have weights?",
    "option": [
        {"text": "Convolution", "right": True},
        {"text": "Fully connected", "right": True},
        {"text": "ReLU"},
        {"text": "Max pooling"},
        {"text": "Flatten"},
    ],
}
TRUE_FALSE = {
    "id": "pooling-learns",
    "kind": "true_false",
    "stem": "Max pooling has trainable parameters.",
    "right": False,
    "why_true": "It takes the largest value; there is nothing to learn.",
    "why_false": "Right.",
}
NUMERIC = {
    "id": "weights",
    "kind": "numeric",
    "stem": "How many weights has a $<<k>>\\times<<k>>$ kernel on $<<c>>$ channels?",
    "draw": {"k": {"choice": [3, 5]}, "c": {"from": 2, "to": 9}},
    "answer": [
        {"value": "c * k**2", "why": "Right."},
        {"value": "k**2", "fraction": 0.0, "why": "The channels are missing."},
    ],
}
ALL = {data["id"]: data for data in (SINGLE, MULTIPLE, TRUE_FALSE, NUMERIC)}


def changed(data: dict[str, Any], **changes: Any) -> dict[str, Any]:
    """A copy with other keys; a value of None takes a key out."""
    copy = deepcopy(data) | changes
    return {key: value for key, value in copy.items() if value is not None}


def question(data: dict[str, Any] = SINGLE, **changes: Any) -> Question:
    """A question, with other keys where they are given."""
    return question_from_dict(changed(data, **changes), "test")
