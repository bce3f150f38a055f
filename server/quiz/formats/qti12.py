"""QTI 1.2 read: files of `questestinterop`, such as Canvas, Blackboard and text2qti write.

It holds every kind of question with titles, ids, points, feedback, explanations and the order of options. Topic,
source, difficulty, tags, how many options are shown, a scoring rule, and Markdown that HTML does not give back are
kept in a note for Stride alone. Canvas grades several right options by net correct, however its file says it.

Refused: matching, essays, typed words, several gaps, formulas with variables, file uploads, texts, pictures and media.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import replace
from functools import partial

from lxml.etree import _Element as Element

from server.quiz.formats.choices import is_true_false, true_false
from server.quiz.formats.decimals import decimal
from server.quiz.formats.exchange import NotHeld
from server.quiz.formats.markup.html_reading import from_element
from server.quiz.formats.naming import meant
from server.quiz.formats.qti12_processing import read_processing
from server.quiz.formats.qti_choices import scored_choice
from server.quiz.formats.qti_numbers import scored_number
from server.quiz.formats.reading import Draft, Reading
from server.quiz.formats.rich import to_markdown
from server.quiz.formats.xml_reading import below, child, children, name, note_in, text
from server.quiz.question import Kind, Option, Question, Scoring

RESPONSES = ("response_lid", "response_str", "response_num", "response_xy", "response_grp", "response_extension")
MEDIA = ("matimage", "mataudio", "matvideo", "matapplet", "matapplication", "matobject", "matref")
REFUSED = {
    "essay_question": "It is an essay: there is no answer to compare with.",
    "file_upload_question": "It asks for a file, which is no kind of question here.",
    "text_only_question": "It is a text without a question.",
    "matching_question": "It asks to match pairs, which is no kind of question here.",
    "ordering_question": "It asks to put things in order, which is no kind of question here.",
    "categorization_question": "It asks to sort things, which is no kind of question here.",
    "calculated_question": "Its numbers are drawn from Canvas's list. Write it again with parameters.",
    **dict.fromkeys(
        ("fill_in_multiple_blanks_question", "multiple_dropdowns_question"),
        "It has several gaps; a question here has one answer.",
    ),
}
NUMERIC_TYPES = ("numerical_question", "cc.numerical.v0p1")
TITLES_OF_NOTHING = {"question", "multiple choice", "true/false", "untitled"}


def read(root: Element, reading: Reading) -> None:
    """Every item of a file."""
    for item in below(root, "item"):
        identifier = item.get("ident", "")
        title = item.get("title") or identifier
        reading.take(f"item {identifier or item.sourceline}", title, partial(read_item, item))


def read_item(item: Element) -> Draft:
    """The question of an item. Raises NotHeld."""
    metadata = {
        text(child(each, "fieldlabel")).strip(): text(child(each, "fieldentry")).strip()
        for each in below(item, "qtimetadatafield")
    }
    kind = metadata.get("question_type") or metadata.get("cc_profile", "")
    if kind in REFUSED:
        raise NotHeld(REFUSED[kind])
    presentation = child(item, "presentation")
    responses = below(presentation, *RESPONSES) if presentation is not None else []
    if presentation is None or not responses:
        raise NotHeld("There is nothing to answer in it.")
    if len(responses) > 1:
        raise NotHeld("It asks for several answers; a question here has one.")
    points = decimal(metadata.get("points_possible", "")) or decimal(metadata.get("qmd_weighting", ""))
    title = " ".join(item.get("title", "").split())
    question = Question(
        id=meant(item.get("ident", "")),
        kind=Kind.SINGLE,
        stem=_stem(presentation, responses[0]),
        title="" if title.lower() in TITLES_OF_NOTHING else title,
        points=float(points) if points else 1.0,
    )
    read_kind = _choice if name(responses[0]) == "response_lid" else _number
    question, remarks = read_kind(question, item, responses[0], kind)
    return Draft(question, note_in(item), remarks)


def _stem(presentation: Element, response: Element) -> str:
    """All that is shown before the options."""
    rendered = {each for render in children(response) if name(render).startswith("render") for each in render.iter()}
    found = [each for each in below(presentation, "material") if each not in rendered]
    return "\n\n".join(words for each in found if (words := _material(each)))


def _material(element: Element) -> str:
    parts = []
    for each in element.iter():
        if name(each) in MEDIA:
            raise NotHeld("It has a picture or other media in it, which cannot come over.")
        if name(each) in ("mattext", "matemtext"):
            parts.append(_mattext(each))
    return " ".join(part for part in parts if part)


def _mattext(element: Element) -> str:
    if children(element):
        return from_element(element)
    is_html = "html" in element.get("texttype", "text/plain").lower()
    return to_markdown(text(element), "html" if is_html else "moodle")


def _feedback(item: Element, names: Iterable[str]) -> str:
    found = {each.get("ident", ""): each for each in children(item, "itemfeedback")}
    shown = [_all_text(found[each]) for each in dict.fromkeys(names) if each in found]
    return "\n\n".join(words for words in shown if words)


def _all_text(element: Element) -> str:
    return "\n\n".join(words for each in below(element, "material") if (words := _material(each)))


def _choice(question: Question, item: Element, response: Element, kind: str) -> tuple[Question, tuple[str, ...]]:
    cardinality = response.get("rcardinality", "Single").lower()
    render = child(response, "render_choice")
    if cardinality == "ordered" or render is None:
        raise NotHeld("It asks for an order or a place in a picture, which is no kind of question here.")
    named = [(each.get("ident", ""), Option(_all_text(each))) for each in below(render, "response_label")]
    is_single = cardinality != "multiple"
    question = replace(question, shuffles=render.get("shuffle", "Yes").lower() != "no")
    processing = read_processing(item, is_several=not is_single)
    question, remarks = scored_choice(
        question, named, processing, lambda names: _feedback(item, names), is_single=is_single
    )
    if kind == "multiple_answers_question" and question.scoring is Scoring.ALL_OR_NOTHING:
        question = replace(question, scoring=Scoring.NET_CORRECT)
    says_choice = kind == "multiple_choice_question"
    if is_single and not says_choice and (turned := _verdict(question)) is not None:
        question = turned
    return question, remarks


def _verdict(question: Question) -> Question | None:
    """The question as true or false, where its options are these two in either order."""
    for options in (question.options, question.options[::-1]):
        if is_true_false(options):
            true, false = options
            return true_false(question, is_true=true.is_right, why_true=true.why, why_false=false.why)
    return None


def _number(question: Question, item: Element, response: Element, kind: str) -> tuple[Question, tuple[str, ...]]:
    fields = below(response, "render_fib")
    if not fields:
        raise NotHeld("It asks for an answer that is no kind of question here.")
    says_number = (
        kind in NUMERIC_TYPES
        or name(response) == "response_num"
        or any(re.fullmatch("decimal|integer|scientific", each.get("fibtype", ""), re.IGNORECASE) for each in fields)
    )
    words = [text(each).strip() for each in below(item, "varequal")]
    if any(decimal(word) is None for word in words) or not (words or says_number):
        raise NotHeld("Its answer is a typed word, which is no kind of question here.")
    question, remarks = scored_number(
        question, read_processing(item, is_several=False), lambda names: _feedback(item, names)
    )
    if not says_number:
        remarks = (*remarks, "The answer was a text that is a number; any way to write the number is right now.")
    return question, remarks
