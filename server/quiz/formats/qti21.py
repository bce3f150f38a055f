"""QTI 2.1 read (2.0 and 2.2 too): files of one `assessmentItem`, as TAO, OpenOLAT, Inspera and Canvas write them.

It holds every kind of question with titles, ids, points, feedback, explanations, the order of options, and every
scoring rule but `coverage` and `each_option`. Those, topic, source, difficulty, tags, how many options are shown, and
Markdown that HTML does not give back are kept in a note for Stride alone.

Refused: every interaction but choices and a typed number, several interactions, template variables, pictures, media.
"""

from __future__ import annotations

import copy
from collections.abc import Iterable
from dataclasses import replace
from functools import partial

from lxml.etree import _Element as Element

from server.quiz.formats.choices import is_true_false, true_false
from server.quiz.formats.decimals import decimal
from server.quiz.formats.exchange import NotHeld
from server.quiz.formats.gift import BLANK
from server.quiz.formats.markup.html_reading import from_element
from server.quiz.formats.naming import meant
from server.quiz.formats.qti21_processing import FEEDBACK, read_processing
from server.quiz.formats.qti_choices import scored_choice
from server.quiz.formats.qti_numbers import scored_number
from server.quiz.formats.reading import Draft, Reading
from server.quiz.formats.xml_reading import below, child, children, name, note_in, text
from server.quiz.question import Kind, Option, Question

REFUSED = {
    "extendedTextInteraction": "It is an essay: there is no answer to compare with.",
    "uploadInteraction": "It asks for a file, which is no kind of question here.",
    **dict.fromkeys(
        ("matchInteraction", "associateInteraction", "gapMatchInteraction", "graphicAssociateInteraction"),
        "It asks to match pairs, which is no kind of question here.",
    ),
    **dict.fromkeys(
        ("orderInteraction", "graphicOrderInteraction"),
        "It asks to put things in order, which is no kind of question here.",
    ),
    "inlineChoiceInteraction": "It has a gap with choices in its text, which is no kind of question here.",
    "hottextInteraction": "It asks to mark words, which is no kind of question here.",
}
OURS = "option-"
"""How the identifiers of options begin in Stride's own files, where True and False may be options of any choice."""


def read(item: Element, reading: Reading) -> None:
    """The one question of a file."""
    identifier = item.get("identifier", "")
    reading.take(f"item {identifier}", item.get("title") or identifier, partial(read_item, item))


def read_item(item: Element) -> Draft:
    """The question of an item. Raises NotHeld."""
    body = child(item, "itemBody")
    if children(item, "templateDeclaration"):
        raise NotHeld("Its numbers are drawn by the other program. Write it again with parameters.")
    found = [each for each in body.iter() if name(each).endswith("Interaction")] if body is not None else []
    if body is None or not found:
        raise NotHeld("It is a text without a question.")
    interaction = found[0]
    if len(found) > 1:
        raise NotHeld("It asks for several answers; a question here has one.")
    kind = name(interaction)
    if kind not in ("choiceInteraction", "textEntryInteraction"):
        raise NotHeld(REFUSED.get(kind, f"Its interaction <{kind}> is no kind of question here."))
    identifier = item.get("identifier", "")
    question = Question(
        id=meant(identifier.removeprefix("_")),
        kind=Kind.SINGLE,
        stem=_stem(body),
        title=" ".join(item.get("title", "").split()),
        points=_points(item),
    )
    read_kind = _choice if kind == "choiceInteraction" else _number
    question, remarks = read_kind(question, item, interaction)
    return Draft(question, note_in(item), remarks)


def _points(item: Element) -> float:
    for each in children(item, "outcomeDeclaration"):
        stated = text(child(child(each, "defaultValue"), "value")) if each.get("identifier") == "MAXSCORE" else ""
        points = decimal(stated)
        if points:
            return float(points)
    return 1.0


def _stem(body: Element) -> str:
    """All that is shown but the options; a field in the middle of a line leaves a blank."""
    shown = copy.deepcopy(body)
    for each in below(shown, *FEEDBACK, "rubricBlock", "infoControl", "simpleChoice"):
        _drop(each)
    for each in below(shown, "textEntryInteraction"):
        rest = "".join(each.xpath("string(following-sibling::node())")) if each.getparent() is not None else ""
        is_between = bool(rest.strip() or (each.tail or "").strip())
        _drop(each, BLANK if is_between else "")
    return from_element(shown)


def _drop(element: Element, instead: str = "") -> None:
    """Take an element out, but leave the text behind it."""
    parent = element.getparent()
    if parent is None:
        return
    words = f"{instead}{element.tail or ''}"
    before = element.getprevious()
    if before is not None:
        before.tail = f"{before.tail or ''}{words}"
    else:
        parent.text = f"{parent.text or ''}{words}"
    parent.remove(element)


def _feedback(item: Element, names: Iterable[str]) -> str:
    found = below(item, *FEEDBACK)
    shown = [from_element(found[int(each)]) for each in dict.fromkeys(names)]
    return "\n\n".join(words for words in shown if words)


def _choice(question: Question, item: Element, interaction: Element) -> tuple[Question, tuple[str, ...]]:
    named = [(each.get("identifier", ""), Option(_words(each))) for each in below(interaction, "simpleChoice")]
    response = interaction.get("responseIdentifier", "RESPONSE")
    processing = read_processing(item, response, is_number=False)
    is_single = interaction.get("maxChoices") == "1" or not _takes_several(item, response)
    question = replace(question, shuffles=interaction.get("shuffle", "false") == "true")
    question, remarks = scored_choice(
        question, named, processing, lambda names: _feedback(item, names), is_single=is_single
    )
    is_own = all(identifier.startswith(OURS) for identifier, _ in named)
    if is_single and not is_own and is_true_false(question.options):
        true, false = question.options
        question = true_false(question, is_true=true.is_right, why_true=true.why, why_false=false.why)
    return question, remarks


def _takes_several(item: Element, response: str) -> bool:
    return any(
        each.get("cardinality") == "multiple"
        for each in children(item, "responseDeclaration")
        if each.get("identifier") == response
    )


def _words(choice: Element) -> str:
    shown = copy.deepcopy(choice)
    for each in below(shown, *FEEDBACK):
        _drop(each)
    return from_element(shown)


def _number(question: Question, item: Element, interaction: Element) -> tuple[Question, tuple[str, ...]]:
    response = interaction.get("responseIdentifier", "RESPONSE")
    kinds = [
        each.get("baseType") for each in children(item, "responseDeclaration") if each.get("identifier") == response
    ]
    says_number = kinds[:1] in (["float"], ["integer"])
    keys = [text(each) for each in below(item, "value") if name(each.getparent()) == "correctResponse"]
    keys += [each.get("mapKey", "") for each in below(item, "mapEntry")]
    if not says_number and (not keys or any(decimal(key) is None for key in keys)):
        raise NotHeld("Its answer is a typed word, which is no kind of question here.")
    processing = read_processing(item, response, is_number=True)
    question, remarks = scored_number(question, processing, lambda names: _feedback(item, names))
    if not says_number:
        remarks = (*remarks, "The answer was a text that is a number; any way to write the number is right now.")
    return question, remarks
