"""GIFT written, so that Moodle shows what Stride shows: words and formulas as they are, anything more as HTML."""

from __future__ import annotations

from server.quiz.formats.choices import picked_one, worths
from server.quiz.formats.decimals import percent_text
from server.quiz.formats.exchange import NotHeld, Refusal
from server.quiz.formats.gift import read_block
from server.quiz.formats.gift_syntax import blocks, escaped
from server.quiz.formats.reading import Draft
from server.quiz.formats.rich import simple, to_html
from server.quiz.formats.writing import Form, write_items
from server.quiz.question import Kind, Question


def write(questions: list[Question]) -> tuple[bytes, list[Refusal], list[Refusal]]:
    """The file, what it cannot hold, and what was lost."""
    items = write_items(questions, Form(_block, _read_back, _with_note))
    return "\n".join(items.written).encode(), items.left_out, items.notes


def _with_note(block: str, note: str) -> str:
    return f"// stride: {note}\n{block}"


def _read_back(block: str) -> Draft:
    found = list(blocks(block))
    if len(found) != 1:
        raise NotHeld("GIFT cannot hold it as one question.")
    return read_block(found[0])


def _block(question: Question) -> str:
    names = f"// [id:{question.id}]" + "".join(f" [tag:{_tag(tag)}]" for tag in question.tags)
    title = f"::{escaped(question.title)}::" if question.title else ""
    stem = _text(question.stem, "moodle")
    usual = "html" if stem.startswith("[html]") else "moodle"
    lines = [f"\t{line}" for line in _answers(question, usual)]
    if question.explanation:
        lines.append(f"\t####{_text(question.explanation, usual)}")
    opening = "{#" if question.kind is Kind.NUMERIC else "{"
    return "\n".join([names, f"{title}{stem} {opening}", *lines, "}", ""])


def _tag(tag: str) -> str:
    return "".join(f"\\{sign}" if sign == "]" else sign for sign in tag)


def _text(text: str, usual: str) -> str:
    """A text with its markup named, unless it is the question's and the text begins with no sign."""
    words = simple(text)
    markup, written = ("html", to_html(text)) if words is None else ("moodle", words)
    is_named = markup != usual or (markup == "moodle" and not written[:1].isalnum())
    return f"[{markup}]{escaped(written)}" if is_named else escaped(written)


def _answers(question: Question, usual: str) -> list[str]:
    if question.kind is Kind.TRUE_FALSE:
        return [_verdict(question, usual)]
    if question.kind is Kind.NUMERIC:
        return [
            f"={_weight(each.fraction)}{each.value}:{each.tolerance}{_feedback(each.why, usual)}"
            for each in question.answers
        ]
    is_single = question.kind is Kind.SINGLE
    fractions = picked_one(question) if is_single else worths(question.options, question.scoring)
    return [
        f"{_sign(fraction, is_single=is_single)}{_text(each.text, usual)}{_feedback(each.why, usual)}"
        for each, fraction in zip(question.options, fractions, strict=True)
    ]


def _verdict(question: Question, usual: str) -> str:
    """TRUE or FALSE, the feedback for the wrong choice, and the feedback for the right one."""
    right = next(option for option in question.options if option.is_right)
    wrong = next(option for option in question.options if not option.is_right)
    feedback = f"{_feedback(wrong.why, usual) or ' #'}{_feedback(right.why, usual)}" if wrong.why or right.why else ""
    return f"{right.text.upper()}{feedback}"


def _weight(fraction: float) -> str:
    return "" if fraction == 1 else f"%{percent_text(fraction)}%"


def _sign(fraction: float, *, is_single: bool) -> str:
    if is_single and fraction == 1:
        return "="
    return f"~%{percent_text(fraction)}%" if fraction else "~"


def _feedback(why: str, usual: str) -> str:
    return f" #{_text(why, usual)}" if why else ""
