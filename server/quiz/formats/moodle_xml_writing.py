"""Moodle XML written, with HTML in it and formulas as Moodle's MathJax filter wants them."""

from __future__ import annotations

from lxml import etree
from lxml.etree import _Element as Element

from server.quiz.formats.choices import picked_one, worths
from server.quiz.formats.decimals import number_text, percent_text
from server.quiz.formats.exchange import Refusal
from server.quiz.formats.moodle_xml import read_question
from server.quiz.formats.reading import Draft
from server.quiz.formats.rich import to_html
from server.quiz.formats.writing import Form, write_items
from server.quiz.formats.xml_writing import add, document, put_note, reparsed
from server.quiz.question import Kind, Option, Question

TYPES = {
    Kind.SINGLE: "multichoice",
    Kind.MULTIPLE: "multichoice",
    Kind.TRUE_FALSE: "truefalse",
    Kind.NUMERIC: "numerical",
}


def write(questions: list[Question]) -> tuple[bytes, list[Refusal], list[Refusal]]:
    """The file, what it cannot hold, and what was lost."""
    items = write_items(questions, Form(_question, _read_back, put_note))
    root = etree.Element("quiz")
    root.extend(items.written)
    return document(root), items.left_out, items.notes


def _read_back(element: Element) -> Draft:
    return read_question(reparsed(element))


def _question(question: Question) -> Element:
    element = etree.Element("question", type=TYPES[question.kind])
    add(add(element, "name"), "text", question.title or question.id)
    _words(element, "questiontext", question.stem)
    _words(element, "generalfeedback", question.explanation)
    add(element, "defaultgrade", number_text(question.points))
    add(element, "penalty", "0")
    add(element, "hidden", "0")
    add(element, "idnumber", question.id)
    WRITERS[question.kind](element, question)
    if question.tags:
        tags = add(element, "tags")
        for tag in question.tags:
            add(add(tags, "tag"), "text", tag)
    return element


def _words(parent: Element, name: str, words: str, **attributes: str) -> Element:
    """An element with a text in HTML."""
    element = add(parent, name, **attributes, format="html")
    add(element, "text", to_html(words) if words else "")
    return element


def _choice(element: Element, question: Question) -> None:
    is_single = question.kind is Kind.SINGLE
    add(element, "single", "true" if is_single else "false")
    add(element, "shuffleanswers", "true" if question.shuffles else "false")
    add(element, "answernumbering", "abc")
    for name in ("correctfeedback", "partiallycorrectfeedback", "incorrectfeedback"):
        _words(element, name, "")
    fractions = picked_one(question) if is_single else worths(question.options, question.scoring)
    for option, fraction in zip(question.options, fractions, strict=True):
        answer = _words(element, "answer", option.text, fraction=percent_text(fraction))
        _words(answer, "feedback", option.why)


def _verdict(element: Element, question: Question) -> None:
    for option in question.options:
        answer = add(element, "answer", fraction=_all_or_none(option), format="moodle_auto_format")
        add(answer, "text", option.text.lower())
        _words(answer, "feedback", option.why)


def _all_or_none(option: Option) -> str:
    return "100" if option.is_right else "0"


def _numeric(element: Element, question: Question) -> None:
    for each in question.answers:
        answer = add(element, "answer", fraction=percent_text(each.fraction), format="moodle_auto_format")
        add(answer, "text", each.value)
        _words(answer, "feedback", each.why)
        add(answer, "tolerance", each.tolerance)
    add(element, "unitgradingtype", "0")
    add(element, "showunits", "3")


WRITERS = {
    Kind.SINGLE: _choice,
    Kind.MULTIPLE: _choice,
    Kind.TRUE_FALSE: _verdict,
    Kind.NUMERIC: _numeric,
}
