"""QTI 2.1 written as a package: `imsmanifest.xml`, a test of all items, and a file for each."""

from __future__ import annotations

import re

from lxml import etree
from lxml.etree import _Element as Element

from server.quiz.formats.choices import picked_one, worths
from server.quiz.formats.decimals import number_text
from server.quiz.formats.exchange import Refusal
from server.quiz.formats.packages import MANIFEST, pack
from server.quiz.formats.qti21 import OURS, read_item
from server.quiz.formats.reading import Draft
from server.quiz.formats.rich import to_html
from server.quiz.formats.writing import ADDED_UP, Form, write_items
from server.quiz.formats.xml_reading import name, parse
from server.quiz.formats.xml_writing import add, checked, document, put_note, reparsed
from server.quiz.question import Kind, Option, Question, Scoring

QTI = "http://www.imsglobal.org/xsd/imsqti_v2p1"
CONTENT = "http://www.imsglobal.org/xsd/imscp_v1p1"
TEST = "test.xml"
RESPONSE = "RESPONSE"
RULES = frozenset({*ADDED_UP, Scoring.ALL_OR_NOTHING})
NOT_IN_QTI = ("style", "start")


def write(questions: list[Question]) -> tuple[bytes, list[Refusal], list[Refusal]]:
    """The package, what it cannot hold, and what was lost."""
    items = write_items(questions, Form(_item, _read_back, put_note, rule_elsewhere=RULES))
    files = {f"items/{item.get('identifier')}.xml": item for item in items.written}
    members = {MANIFEST: _manifest(list(files)), TEST: _test(list(files))}
    members |= {path: document(item, is_indented=False) for path, item in files.items()}
    return pack(members), items.left_out, items.notes


def _manifest(paths: list[str]) -> bytes:
    root = etree.Element(f"{{{CONTENT}}}manifest", identifier="questions-package", nsmap={None: CONTENT})
    metadata = add(root, "metadata")
    add(metadata, "schema", "QTIv2.1 Package")
    add(metadata, "schemaversion", "1.0.0")
    add(root, "organizations")
    resources = add(root, "resources")
    test = add(resources, "resource", identifier="test", type="imsqti_test_xmlv2p1", href=TEST)
    add(test, "file", href=TEST)
    for place, path in enumerate(paths, 1):
        item = add(resources, "resource", identifier=f"item-{place}", type="imsqti_item_xmlv2p1", href=path)
        add(item, "file", href=path)
        add(test, "dependency", identifierref=f"item-{place}")
    return document(root)


def _test(paths: list[str]) -> bytes:
    root = etree.Element(f"{{{QTI}}}assessmentTest", identifier="questions", title="Questions", nsmap={None: QTI})
    part = add(root, "testPart", identifier="part", navigationMode="nonlinear", submissionMode="individual")
    section = add(part, "assessmentSection", identifier="section", title="Questions", visible="true")
    for place, path in enumerate(paths, 1):
        add(section, "assessmentItemRef", identifier=f"item-{place}", href=path)
    return document(root)


def _read_back(element: Element) -> Draft:
    return read_item(reparsed(element))


def _item(question: Question) -> Element:
    item = _new(
        "assessmentItem",
        identifier=question.id if question.id[0].isalpha() else f"_{question.id}",
        title=checked(question.title),
        adaptive="false",
        timeDependent="false",
    )
    write_answers = _number if question.kind is Kind.NUMERIC else _choice
    declaration, body, processing = write_answers(question)
    item.append(declaration)
    feedback = [(identifier, words) for identifier, words in _feedback(question) if words]
    _outcome(item, "SCORE", "float", "0")
    _outcome(item, "MAXSCORE", "float", number_text(question.points))
    if feedback:
        _outcome(item, "FEEDBACK", "identifier", "", "multiple" if question.kind is Kind.MULTIPLE else "single")
    if question.explanation:
        _outcome(item, "EXPLANATION", "identifier", "shown")
    item.extend([body, processing])
    for identifier, words in feedback:
        _modal(item, "FEEDBACK", identifier, words)
    if question.explanation:
        _modal(item, "EXPLANATION", "shown", question.explanation)
    return item


def _new(kind: str, **attributes: str) -> Element:
    return etree.Element(f"{{{QTI}}}{kind}", attributes, nsmap={None: QTI})


def _outcome(item: Element, identifier: str, kind: str, default: str, cardinality: str = "single") -> None:
    declaration = add(item, "outcomeDeclaration", identifier=identifier, cardinality=cardinality, baseType=kind)
    if default:
        add(add(declaration, "defaultValue"), "value", default)


def _modal(item: Element, outcome: str, identifier: str, words: str) -> None:
    _put_html(add(item, "modalFeedback", outcomeIdentifier=outcome, identifier=identifier, showHide="show"), words)


def _put_html(parent: Element, words: str) -> None:
    """Put a text in an element, as the part of XHTML that QTI has."""
    html = re.sub(r"<(/?)s>", r"<\1span>", to_html(checked(words)))
    content = parse(f'<div xmlns="{QTI}">{html}</div>'.encode())
    for each in content.iter():
        for key in NOT_IN_QTI:
            each.attrib.pop(key, None)
    is_line = len(content) == 1 and name(content[0]) == "p" and name(parent) == "simpleChoice"
    source = content[0] if is_line else content
    parent.text = source.text
    parent.extend(list(source))


def _named(question: Question) -> list[tuple[str, Option]]:
    if question.kind is Kind.TRUE_FALSE:
        return [(option.text.lower(), option) for option in question.options]
    return [(f"{OURS}{place}", option) for place, option in enumerate(question.options, 1)]


def _feedback(question: Question) -> list[tuple[str, str]]:
    answers = [(f"answer-{place}", answer.why) for place, answer in enumerate(question.answers, 1)]
    return [*((identifier, option.why) for identifier, option in _named(question)), *answers]


def _choice(question: Question) -> tuple[Element, Element, Element]:
    is_several = question.kind is Kind.MULTIPLE
    declaration = _new(
        "responseDeclaration",
        identifier=RESPONSE,
        cardinality="multiple" if is_several else "single",
        baseType="identifier",
    )
    correct = add(declaration, "correctResponse")
    mapping = add(declaration, "mapping", lowerBound="0", upperBound=number_text(question.points), defaultValue="0")
    fractions = worths(question.options, question.scoring) if is_several else picked_one(question)
    for (identifier, option), fraction in zip(_named(question), fractions, strict=True):
        if option.is_right:
            add(correct, "value", identifier)
        add(mapping, "mapEntry", mapKey=identifier, mappedValue=number_text(fraction * question.points))
    body = _new("itemBody")
    _put_html(body, question.stem)
    shuffle = "true" if question.shuffles else "false"
    interaction = add(
        body, "choiceInteraction", responseIdentifier=RESPONSE, shuffle=shuffle, maxChoices="0" if is_several else "1"
    )
    for identifier, option in _named(question):
        _put_html(add(interaction, "simpleChoice", identifier=identifier), option.text)
    processing = _new("responseProcessing")
    if is_several and question.scoring is Scoring.ALL_OR_NOTHING:
        _write_all(processing, question.points)
    else:
        add(add(processing, "setOutcomeValue", identifier="SCORE"), "mapResponse", identifier=RESPONSE)
    if any(option.why for option in question.options):
        add(add(processing, "setOutcomeValue", identifier="FEEDBACK"), "variable", identifier=RESPONSE)
    return declaration, body, processing


def _write_all(processing: Element, points: float) -> None:
    """All points for exactly what is right."""
    holds = add(add(processing, "responseCondition"), "responseIf")
    match = add(holds, "match")
    add(match, "variable", identifier=RESPONSE)
    add(match, "correct", identifier=RESPONSE)
    add(add(holds, "setOutcomeValue", identifier="SCORE"), "baseValue", number_text(points), baseType="float")


def _number(question: Question) -> tuple[Element, Element, Element]:
    declaration = _new("responseDeclaration", identifier=RESPONSE, cardinality="single", baseType="float")
    full = next(answer for answer in question.answers if answer.fraction == 1)
    add(add(declaration, "correctResponse"), "value", full.value)
    body = _new("itemBody")
    _put_html(body, question.stem)
    add(add(body, "p"), "textEntryInteraction", responseIdentifier=RESPONSE, expectedLength="12")
    processing = _new("responseProcessing")
    condition = add(processing, "responseCondition")
    for place, answer in enumerate(question.answers, 1):
        branch = add(condition, "responseIf" if place == 1 else "responseElseIf")
        tolerance = {} if answer.tolerance == "0" else {"tolerance": f"{answer.tolerance} {answer.tolerance}"}
        equal = add(branch, "equal", toleranceMode="absolute" if tolerance else "exact", **tolerance)
        add(equal, "variable", identifier=RESPONSE)
        add(equal, "baseValue", answer.value, baseType="float")
        score = number_text(answer.fraction * question.points)
        add(add(branch, "setOutcomeValue", identifier="SCORE"), "baseValue", score, baseType="float")
        if answer.why:
            name_it = add(branch, "setOutcomeValue", identifier="FEEDBACK")
            add(name_it, "baseValue", f"answer-{place}", baseType="identifier")
    return declaration, body, processing
