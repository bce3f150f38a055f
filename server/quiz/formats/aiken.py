"""Aiken: a question in a line, choices `A) …` or `A. …`, and `ANSWER: A`.

It holds single choice, and true or false as a choice of True and False. Texts are one line without formatting, with
formulas between `\\(` and `\\)`. It has no ids, titles, points, feedback, explanations or tags: those are lost, and
said to be. Several right options, numbers, and texts of several lines cannot be written.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from functools import partial
from string import ascii_uppercase

from server.quiz.formats.choices import is_true_false, single_choice, true_false
from server.quiz.formats.exchange import NotHeld, Refusal
from server.quiz.formats.markup.plain import from_plain, to_plain
from server.quiz.formats.reading import Draft, Reading
from server.quiz.formats.writing import Form, write_items
from server.quiz.question import Kind, Option, Question

CHOICE = re.compile(r"([A-Z])[).][ \t]+(.*)")
ANSWER = re.compile(r"ANSWER[ \t]*:[ \t]*(.*)", re.IGNORECASE)
CHOICE_LINE = re.compile(r"^[ \t]*[A-Z][).][ \t]", re.MULTILINE)
ANSWER_LINE = re.compile(r"^[ \t]*ANSWER[ \t]*:", re.MULTILINE | re.IGNORECASE)


@dataclass(slots=True)
class Block:
    """A question's lines. `line` is where it begins, from 1; `letters` are those before its choices."""

    line: int
    stem: list[str] = field(default_factory=list)
    letters: str = ""
    choices: list[str] = field(default_factory=list)
    answer: str | None = None
    stray: str = ""


def looks_like_aiken(text: str) -> bool:
    """Whether a text has lettered choices and, behind the first of them, a line with the answer."""
    choice = CHOICE_LINE.search(text)
    return choice is not None and ANSWER_LINE.search(text, choice.end()) is not None


def read(text: str, reading: Reading) -> None:
    """Every question of a file."""
    for block in _blocks(text):
        reading.take(f"line {block.line}", " ".join(block.stem), partial(_draft, block))


def _blocks(text: str) -> list[Block]:
    found: list[Block] = []
    current: Block | None = None
    was_blank = True
    for number, line in enumerate(text.split("\n"), 1):
        bare = line.strip()
        if not bare:
            was_blank = True
            continue
        if current and current.choices and was_blank and not CHOICE.fullmatch(bare) and not ANSWER.fullmatch(bare):
            current = None
        was_blank = False
        if current is None:
            current = Block(number)
            found.append(current)
        choice, answer = CHOICE.fullmatch(bare), ANSWER.fullmatch(bare)
        if answer:
            current.answer = answer[1].strip()
            current = None
        elif choice:
            current.letters += choice[1]
            current.choices.append(choice[2])
        elif current.choices:
            current.stray = current.stray or bare
        else:
            current.stem.append(bare)
    return found


def _draft(block: Block) -> Draft:
    if block.answer is None:
        raise NotHeld("The line ANSWER: with the right letter is missing.")
    if block.stray:
        raise NotHeld(f"“{block.stray[:40]}” stands between the choices; each is one line, then comes ANSWER:.")
    if not block.stem:
        raise NotHeld("There is no question before the choices.")
    if not block.choices:
        raise NotHeld("There are no choices, each a line such as A) … with a blank behind the bracket.")
    if block.letters != ascii_uppercase[: len(block.letters)]:
        raise NotHeld(f"The choices are lettered {', '.join(block.letters)}, not A, B, C and so on.")
    letter = block.answer.rstrip(".)").upper()
    if len(letter) != 1 or letter not in block.letters:
        raise NotHeld(f"ANSWER: names “{block.answer[:20]}”, which is not one of the choices.")
    right = block.letters.index(letter)
    options = [Option(from_plain(text), fraction=float(place == right)) for place, text in enumerate(block.choices)]
    question = Question(id="", kind=Kind.SINGLE, stem=from_plain("\n".join(block.stem)))
    if is_true_false(options):
        return Draft(true_false(question, is_true=right == 0))
    return Draft(single_choice(question, options))


def write(questions: list[Question]) -> tuple[bytes, list[Refusal], list[Refusal]]:
    """The file, what it cannot hold, and what was lost."""
    items = write_items(questions, Form(_lines, _read_back))
    return "\n".join(items.written).encode(), items.left_out, items.notes


def _read_back(lines: str) -> Draft:
    found = _blocks(lines)
    if len(found) != 1:
        raise NotHeld("One of its lines would be taken for another question.")
    return _draft(found[0])


def _lines(question: Question) -> str:
    if question.kind not in (Kind.SINGLE, Kind.TRUE_FALSE):
        raise NotHeld(f"Aiken has no questions of the kind {question.kind.value}.")
    stem = _one_line(question.stem)
    if CHOICE.fullmatch(stem) or ANSWER.fullmatch(stem):
        raise NotHeld(f"Aiken would take its text, which begins with “{stem[:10]}”, for something else.")
    options = zip(ascii_uppercase, question.options, strict=False)
    right = next(place for place, option in enumerate(question.options) if option.is_right)
    choices = [f"{letter}) {_one_line(option.text)}" for letter, option in options]
    return "\n".join([stem, *choices, f"ANSWER: {ascii_uppercase[right]}", ""])


def _one_line(text: str) -> str:
    words = to_plain(text).text.strip()
    if "\n" in words:
        raise NotHeld("One of its texts has several lines, and Aiken's have one.")
    return words
