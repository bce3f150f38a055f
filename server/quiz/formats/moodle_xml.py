"""Moodle XML read.

It holds every kind of question with titles, ids, points, tags, feedback, explanations and the order of options.
Topic, source, difficulty, how many options are shown, a scoring rule that adds nothing up, and Markdown that HTML
does not give back are kept in a note for Stride alone.

Refused: matching, essays, typed words, calculated and embedded questions, descriptions, pictures and other files.
Penalties, hints, units without points and the feedback for every other number are left behind.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from functools import partial

from lxml.etree import _Element as Element

from server.quiz.formats.choices import several_choices, single_choice, true_false, with_common_feedback
from server.quiz.formats.decimals import decimal, decimal_text, fraction_of
from server.quiz.formats.exchange import NotHeld
from server.quiz.formats.reading import Draft, Reading
from server.quiz.formats.rich import to_markdown
from server.quiz.formats.xml_reading import child, children, note_in, text
from server.quiz.question import Answer, Kind, Option, Question, Scoring

MARKUPS = {
    "html": "html",
    "moodle_auto_format": "moodle",
    "plain_text": "plain",
    "markdown": "markdown",
}
REFUSED = {
    "matching": "It asks to match pairs, which is no kind of question here.",
    "essay": "It is an essay: there is no answer to compare with.",
    "description": "It is a text without a question.",
    "cloze": "It has gaps with answers of their own; a question here has one answer.",
    "random": "It stands for a question drawn from a category; a quiz here has pools for that.",
    **dict.fromkeys(
        ("calculated", "calculatedsimple", "calculatedmulti"),
        "Its numbers are drawn from Moodle's data sets. Write it again with parameters.",
    ),
}
STOCK = {
    "Your answer is correct.",
    "Your answer is partially correct.",
    "Your answer is incorrect.",
    "That answer is correct.",
    "That answer is incorrect.",
}
Answers = Callable[[Question, Element], tuple[Question, tuple[str, ...]]]


def read(root: Element, reading: Reading) -> None:
    """Every question of a file."""
    for element in children(root, "question"):
        if element.get("type") != "category":
            title = text(child(child(element, "name"), "text")).strip()
            name = title or text(child(child(element, "questiontext"), "text"))
            reading.take(f"line {element.sourceline}", name, partial(read_question, element))


def read_question(element: Element) -> Draft:
    """The question of an element. Raises NotHeld."""
    kind = element.get("type", "")
    if kind in REFUSED:
        raise NotHeld(REFUSED[kind])
    if kind not in READERS:
        raise NotHeld(f"Questions of Moodle's type “{kind}” cannot be read.")
    identifier = text(child(element, "idnumber")).strip()
    title = " ".join(text(child(child(element, "name"), "text")).split())
    points = decimal(text(child(element, "defaultgrade")))
    question = Question(
        id=identifier,
        kind=Kind.SINGLE,
        stem=_words(child(element, "questiontext")),
        title="" if title == identifier else title,
        points=float(points) if points else 1.0,
        explanation=_words(child(element, "generalfeedback")),
        shuffles=text(child(element, "shuffleanswers")).strip() not in ("0", "false"),
        tags=tuple(tag for each in children(child(element, "tags"), "tag") if (tag := text(each).strip())),
    )
    question, remarks = READERS[kind](question, element)
    if children(element, "hint"):
        remarks = (*remarks, "Its hints were left behind.")
    return Draft(question, note_in(element), remarks)


def _words(element: Element | None, usual: str = "html") -> str:
    """The text of an element that names its markup, as Markdown."""
    if element is None:
        return ""
    inner = child(element, "text")
    markup = MARKUPS.get(element.get("format", ""), usual)
    return to_markdown(text(inner if inner is not None else element), markup)


def _common(element: Element, name: str) -> str:
    """Feedback for every answer of a sort; Moodle's stock phrases say nothing and are left out."""
    words = _words(child(element, name))
    return "" if words in STOCK else words


def _worth(answer: Element) -> float:
    percent = decimal(answer.get("fraction", "0"))
    if percent is None:
        raise NotHeld(f"“{answer.get('fraction', '')[:20]}” is no percentage that an answer is worth.")
    return fraction_of(percent)


def _options(element: Element) -> tuple[Option, ...]:
    options = [
        Option(_words(each), fraction=_worth(each), why=_words(child(each, "feedback")))
        for each in children(element, "answer")
    ]
    return with_common_feedback(options, _common(element, "correctfeedback"), _common(element, "incorrectfeedback"))


def _choice(question: Question, element: Element) -> tuple[Question, tuple[str, ...]]:
    options = _options(element)
    is_single = text(child(element, "single")).strip().lower() not in ("0", "false")
    made = single_choice(question, options) if is_single else several_choices(question, options)
    return made, ()


def _all_or_nothing(question: Question, element: Element) -> tuple[Question, tuple[str, ...]]:
    options = tuple(replace(each, is_right=(each.fraction or 0) > 0, fraction=None) for each in _options(element))
    return replace(question, kind=Kind.MULTIPLE, options=options, scoring=Scoring.ALL_OR_NOTHING), ()


def _verdict(question: Question, element: Element) -> tuple[Question, tuple[str, ...]]:
    found = {text(child(each, "text")).strip().lower(): each for each in children(element, "answer")}
    if set(found) != {"true", "false"}:
        raise NotHeld("Its answers are not true and false.")
    if (_worth(found["true"]) > 0) == (_worth(found["false"]) > 0):
        raise NotHeld("It does not say which of true and false is right.")
    why_true, why_false = (_words(child(found[name], "feedback")) for name in ("true", "false"))
    return true_false(question, is_true=_worth(found["true"]) > 0, why_true=why_true, why_false=why_false), ()


def _numeric(question: Question, element: Element) -> tuple[Question, tuple[str, ...]]:
    if text(child(element, "unitgradingtype")).strip() in ("1", "2"):
        raise NotHeld("It gives points for the unit, and answers here are numbers without one.")
    answers: list[Answer] = []
    remarks: list[str] = []
    for each in children(element, "answer"):
        why = _words(child(each, "feedback"))
        if _plain(each) == "*":
            remarks += ["The feedback for every other number was left behind."] if why else []
            continue
        answers.append(_answer(each, why))
    if children(child(element, "units"), "unit"):
        remarks.append("Its units were left behind; the answer is the number alone.")
    return replace(question, kind=Kind.NUMERIC, answers=tuple(answers)), tuple(remarks)


def _plain(answer: Element) -> str:
    return text(child(answer, "text")).strip()


def _answer(element: Element, why: str) -> Answer:
    value, tolerance = decimal(_plain(element)), decimal(text(child(element, "tolerance")) or "0")
    if value is None or tolerance is None or tolerance < 0:
        raise NotHeld(f"“{_plain(element)[:30]}” is no number that can be compared with.")
    return Answer(decimal_text(value), decimal_text(tolerance), max(0.0, min(1.0, _worth(element))), why)


def _typed(question: Question, element: Element) -> tuple[Question, tuple[str, ...]]:
    """Typed words, which come over where all of them are numbers."""
    values = [_plain(each) for each in children(element, "answer") if _plain(each) != "*"]
    if not values or any(decimal(value) is None for value in values):
        raise NotHeld("Its answer is a typed word, which is no kind of question here.")
    numeric, remarks = _numeric(question, element)
    return numeric, (*remarks, "The answer was a text that is a number; any way to write the number is right now.")


READERS: dict[str, Answers] = {
    "multichoice": _choice,
    "multichoiceset": _all_or_nothing,
    "truefalse": _verdict,
    "numerical": _numeric,
    "shortanswer": _typed,
}
