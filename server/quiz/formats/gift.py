r"""GIFT, Moodle's text format, read.

It holds every kind of question, titles, feedback and explanations; ids and tags in the comments of Moodle's own
exports. Points, topic, source, difficulty, a scoring rule that adds nothing up, and Markdown that HTML does not give
back are kept in a comment for Stride alone. Texts have one of Moodle's markups: none (`[moodle]`), `[html]`,
`[markdown]`, `[plain]`.

Refused: matching, essays, typed words, descriptions, pictures. A missing word becomes a blank, `_____`.
"""

from __future__ import annotations

import re
from dataclasses import replace
from decimal import Decimal
from functools import partial

from server.quiz.formats.choices import several_choices, single_choice, true_false
from server.quiz.formats.decimals import decimal, decimal_text, fraction_of
from server.quiz.formats.difference import read_note
from server.quiz.formats.exchange import NotHeld
from server.quiz.formats.gift_syntax import ID, NOTE, TAG, Block, blocks, find, last, pieces, unescaped
from server.quiz.formats.reading import Draft, Reading
from server.quiz.formats.rich import MARKUPS, to_markdown
from server.quiz.question import Answer, Kind, Option, Question

BLANK = "_____"
WEIGHT = re.compile(r"\s*%(-?\d{1,3}(?:[.,]\d{1,20})?)%")
TRUE = {"T": True, "TRUE": True, "F": False, "FALSE": False}
MARKUP = re.compile(rf"\s*\[({'|'.join(MARKUPS)})\]", re.IGNORECASE)
RANGE = re.compile(r"(.+?)\.\.(.+)", re.DOTALL)


def read(text: str, reading: Reading) -> None:
    """Every question of a file."""
    for block in blocks(text):
        words = re.sub(r"\A\s*\$CATEGORY:[^\n]*\n?", "", block.text)
        if words.strip():
            without_category = Block(block.line, words, block.comments)
            reading.take(f"line {block.line}", _name(words), partial(read_block, without_category))


def _name(text: str) -> str:
    """What a question is called in a list: its title, or how it begins."""
    title = re.match(r"\s*::(.+?)::", text, re.DOTALL)
    return unescaped(title[1] if title else MARKUP.sub("", text, count=1))


def read_block(block: Block) -> Draft:
    """The question of a block. Raises NotHeld."""
    title, text = _title(block.text.strip())
    before, answers, after = _parts(text)
    markup, before = _markup(before, "moodle")
    blank = f" {BLANK} " if before[-1:].isspace() else BLANK
    stem = f"{before.rstrip()}{blank.rstrip() if after[:1] in '.,;:!?' else blank}{after.lstrip()}" if after else before
    cut = last(answers, "####")
    explanation = _text(answers[cut + 4 :], markup) if cut >= 0 else ""
    answers = (answers[:cut] if cut >= 0 else answers).strip()
    comments = "\n".join(block.comments)
    note = NOTE.search(comments)
    name = ID.search(comments)
    question = Question(
        id=name[1].replace(r"\]", "]").strip() if name else "",
        kind=Kind.SINGLE,
        stem=to_markdown(unescaped(stem), markup),
        title=title,
        explanation=explanation,
        tags=tuple(tag.replace(r"\]", "]").strip() for tag in TAG.findall(NOTE.sub("", comments))),
    )
    question, remarks = _with_answers(question, answers, markup)
    return Draft(question, read_note(note[1]) if note else {}, remarks)


def _title(text: str) -> tuple[str, str]:
    end = find(text, "::", 2) if text.startswith("::") else -1
    return (" ".join(unescaped(text[2:end]).split()), text[end + 2 :].strip()) if end >= 0 else ("", text)


def _parts(text: str) -> tuple[str, str, str]:
    """What stands before the braces, in them, and behind them. Raises NotHeld."""
    start = find(text, "{")
    end = find(text, "}", max(start, 0))
    if start < 0 and end < 0:
        raise NotHeld("It is a text without a question: there are no answers in braces.")
    if start < 0 or end < 0:
        raise NotHeld("One of its braces { } is missing.")
    after = text[end + 1 :].strip()
    if find(after, "{") >= 0:
        raise NotHeld("It has several gaps; a question here has one answer.")
    return text[:start], text[start + 1 : end], after


def _markup(text: str, usual: str) -> tuple[str, str]:
    found = MARKUP.match(text)
    return (found[1].lower(), text[found.end() :]) if found else (usual, text)


def _text(text: str, usual: str) -> str:
    markup, rest = _markup(text, usual)
    return to_markdown(unescaped(rest), markup)


def _with_answers(question: Question, answers: str, markup: str) -> tuple[Question, tuple[str, ...]]:
    """The question of the kind that its answers say. Raises NotHeld."""
    if not answers:
        raise NotHeld("It is an essay: there is no answer to compare with.")
    if answers[0] == "#":
        return _numeric(question, answers[1:], markup)
    if find(answers, "~") >= 0:
        return _choice(question, answers, markup), ()
    if find(answers, "=") >= 0 and find(answers, "->") >= 0:
        raise NotHeld("It asks to match pairs, which is no kind of question here.")
    verdict, *feedback = (piece.removeprefix("#") for piece in pieces(answers, "#"))
    is_true = TRUE.get(verdict.strip().upper())
    if is_true is not None:
        wrong, right = (_text(each, markup) for each in [*feedback, "", ""][:2])
        why_true, why_false = (right, wrong) if is_true else (wrong, right)
        return true_false(question, is_true=is_true, why_true=why_true, why_false=why_false), ()
    return _typed(question, answers, markup)


def _choice(question: Question, answers: str, markup: str) -> Question:
    first, *entries = pieces(answers, "=~")
    if first.strip():
        raise NotHeld(f"“{first.strip()[:30]}” stands before the first answer without = or ~.")
    options = [_option(entry, markup) for entry in entries]
    has_one_right = any(entry[0] == "=" for entry in entries)
    return single_choice(question, options) if has_one_right else several_choices(question, options)


def _option(entry: str, markup: str) -> Option:
    weight, words = _weight(entry[1:])
    text, *feedback = pieces(words, "#")
    default = 1.0 if entry[0] == "=" else 0.0
    worth = default if weight is None else weight
    option = Option(_text(text, markup), fraction=worth, why=_text("".join(feedback).removeprefix("#"), markup))
    if not option.text:
        raise NotHeld("One of its options is empty.")
    return option


def _weight(text: str) -> tuple[float | None, str]:
    found = WEIGHT.match(text)
    return (fraction_of(Decimal(found[1].replace(",", "."))), text[found.end() :]) if found else (None, text)


def _typed(question: Question, answers: str, markup: str) -> tuple[Question, tuple[str, ...]]:
    """Typed words, which come over where all of them are numbers."""
    entries = [entry.removeprefix("=") for entry in pieces(answers, "=") if entry.strip()]
    values = [decimal(unescaped(pieces(_weight(entry)[1], "#")[0])) for entry in entries]
    if not all(value is not None for value in values):
        raise NotHeld("Its answer is a typed word, which is no kind of question here.")
    numeric, remarks = _numeric(question, answers, markup)
    return numeric, (*remarks, "The answer was a text that is a number; any way to write the number is right now.")


def _numeric(question: Question, answers: str, markup: str) -> tuple[Question, tuple[str, ...]]:
    cut = find(answers, "~")
    remarks = (
        ("The feedback for every other number was left behind.",) if cut >= 0 and answers[cut + 1 :].strip(" #") else ()
    )
    entries = [entry.removeprefix("=") for entry in pieces(answers[: cut if cut >= 0 else None], "=") if entry.strip()]
    if not entries:
        raise NotHeld("It has no number as an answer.")
    found = tuple(_answer(entry, markup) for entry in entries)
    return replace(question, kind=Kind.NUMERIC, answers=found), remarks


def _answer(entry: str, markup: str) -> Answer:
    weight, words = _weight(entry)
    number, *feedback = pieces(words, "#")
    value, tolerance = _bounds(_markup(number, markup)[1].strip())
    why = _text("".join(feedback).removeprefix("#"), markup)
    fraction = max(0.0, min(1.0, 1.0 if weight is None else weight))
    return Answer(decimal_text(value), decimal_text(tolerance), fraction, why)


def _bounds(text: str) -> tuple[Decimal, Decimal]:
    """The middle and half the width of `a..b`, or the value and tolerance of `a:b`. Raises NotHeld."""
    between = RANGE.fullmatch(text)
    if between:
        low, high = decimal(between[1]), decimal(between[2])
        if low is not None and high is not None and low <= high:
            return ((low + high) / 2).normalize(), ((high - low) / 2).normalize()
    value, _, width = text.partition(":")
    number, tolerance = decimal(unescaped(value)), decimal(width) if width.strip() else Decimal(0)
    if number is None or tolerance is None or tolerance < 0:
        raise NotHeld(f"“{text[:30]}” is no number, no number:tolerance and no range from..to.")
    return number, tolerance
