"""QTI 1.2 written as a package that Canvas imports: `imsmanifest.xml` and one assessment.

Canvas reads several right options in one way alone, as one condition on all options, and grades them by net correct;
so they are written in that way whatever their rule is.
"""

from __future__ import annotations

from decimal import Decimal

from lxml import etree
from lxml.etree import _Element as Element

from server.quiz.formats.choices import picked_one
from server.quiz.formats.decimals import decimal_text, number_text, percent_text
from server.quiz.formats.exchange import Refusal
from server.quiz.formats.packages import MANIFEST, pack
from server.quiz.formats.qti12 import read_item
from server.quiz.formats.reading import Draft
from server.quiz.formats.rich import to_html
from server.quiz.formats.writing import Form, write_items
from server.quiz.formats.xml_writing import add, document, put_note, reparsed
from server.quiz.question import Kind, Option, Question, Scoring

QTI = "http://www.imsglobal.org/xsd/ims_qtiasiv1p2"
CONTENT = "http://www.imsglobal.org/xsd/imscp_v1p1"
ASSESSMENT = "questions/questions.xml"
TYPES = {
    Kind.SINGLE: "multiple_choice_question",
    Kind.MULTIPLE: "multiple_answers_question",
    Kind.TRUE_FALSE: "true_false_question",
    Kind.NUMERIC: "numerical_question",
}
RESPONSE = "response1"


def write(questions: list[Question]) -> tuple[bytes, list[Refusal], list[Refusal]]:
    """The package, what it cannot hold, and what was lost."""
    form = Form(_item, _read_back, put_note, rule_elsewhere=frozenset({Scoring.NET_CORRECT}))
    items = write_items(questions, form)
    root = etree.Element(f"{{{QTI}}}questestinterop", nsmap={None: QTI})
    section = add(add(root, "assessment", ident="questions", title="Questions"), "section", ident="root_section")
    section.extend(items.written)
    members = {MANIFEST: _manifest(), ASSESSMENT: document(root)}
    return pack(members), items.left_out, items.notes


def _manifest() -> bytes:
    root = etree.Element(f"{{{CONTENT}}}manifest", identifier="questions-package", nsmap={None: CONTENT})
    metadata = add(root, "metadata")
    add(metadata, "schema", "IMS Content")
    add(metadata, "schemaversion", "1.1.3")
    add(root, "organizations")
    resource = add(add(root, "resources"), "resource", identifier="questions", type="imsqti_xmlv1p2", href=ASSESSMENT)
    add(resource, "file", href=ASSESSMENT)
    return document(root)


def _read_back(element: Element) -> Draft:
    return read_item(reparsed(element))


def _item(question: Question) -> Element:
    item = add(etree.Element(f"{{{QTI}}}section", nsmap={None: QTI}), "item", ident=question.id, title=question.title)
    metadata = add(add(item, "itemmetadata"), "qtimetadata")
    _field(metadata, "question_type", TYPES[question.kind])
    _field(metadata, "points_possible", number_text(question.points))
    presentation = add(item, "presentation")
    _material(presentation, question.stem)
    processing = etree.Element(f"{{{QTI}}}resprocessing")
    add(add(processing, "outcomes"), "decvar", maxvalue="100", minvalue="0", varname="SCORE", vartype="Decimal")
    if question.explanation:
        _condition(processing, ("other", ""), feedback="general_fb", goes_on=True)
    write_answers = _write_numbers if question.kind is Kind.NUMERIC else _write_options
    write_answers(question, presentation, processing)
    item.append(processing)
    _write_feedback(question, item)
    return item


def _field(metadata: Element, label: str, entry: str) -> None:
    field = add(metadata, "qtimetadatafield")
    add(field, "fieldlabel", label)
    add(field, "fieldentry", entry)


def _material(parent: Element, words: str) -> None:
    add(add(parent, "material"), "mattext", to_html(words), texttype="text/html")


def _write_options(question: Question, presentation: Element, processing: Element) -> None:
    is_several = question.kind is Kind.MULTIPLE
    cardinality = "Multiple" if is_several else "Single"
    response = add(presentation, "response_lid", ident=RESPONSE, rcardinality=cardinality)
    render = add(response, "render_choice", shuffle="Yes" if question.shuffles else "No")
    for name, option in _named(question):
        _material(add(render, "response_label", ident=name), option.text)
        if option.why:
            _condition(processing, ("varequal", name), feedback=f"{name}_fb", goes_on=True)
    if is_several:
        _write_all(question, processing)
        return
    for (name, _), fraction in zip(_named(question), picked_one(question), strict=True):
        if fraction:
            _set_score(_condition(processing, ("varequal", name)), fraction)


def _named(question: Question) -> list[tuple[str, Option]]:
    return [(f"option{place}", option) for place, option in enumerate(question.options, 1)]


def _write_all(question: Question, processing: Element) -> None:
    """One condition on all options: every right one is picked, and no wrong one."""
    rule = add(processing, "respcondition", **{"continue": "No"})
    every = add(add(rule, "conditionvar"), "and")
    for name, option in _named(question):
        add(every if option.is_right else add(every, "not"), "varequal", name, respident=RESPONSE)
    _set_score(rule, 1.0)


def _condition(processing: Element, test: tuple[str, str], *, feedback: str = "", goes_on: bool = False) -> Element:
    rule = add(processing, "respcondition", **{"continue": "Yes" if goes_on else "No"})
    kind, value = test
    condition = add(rule, "conditionvar")
    add(condition, kind, value, **({"respident": RESPONSE} if value else {}))
    if feedback:
        add(rule, "displayfeedback", feedbacktype="Response", linkrefid=feedback)
    return rule


def _set_score(rule: Element, fraction: float) -> None:
    setting = etree.Element(f"{{{QTI}}}setvar", action="Set", varname="SCORE")
    setting.text = percent_text(fraction)
    rule.insert(1, setting)


def _write_numbers(question: Question, presentation: Element, processing: Element) -> None:
    response = add(presentation, "response_str", ident=RESPONSE, rcardinality="Single")
    add(add(response, "render_fib", fibtype="Decimal"), "response_label", ident="answer1")
    for place, answer in enumerate(question.answers, 1):
        value, tolerance = Decimal(answer.value), Decimal(answer.tolerance)
        rule = add(processing, "respcondition", **{"continue": "No"})
        either = add(add(rule, "conditionvar"), "or")
        add(either, "varequal", answer.value, respident=RESPONSE)
        between = add(either, "and")
        add(between, "vargte", decimal_text(value - tolerance), respident=RESPONSE)
        add(between, "varlte", decimal_text(value + tolerance), respident=RESPONSE)
        _set_score(rule, answer.fraction)
        if answer.why:
            add(rule, "displayfeedback", feedbacktype="Response", linkrefid=f"answer{place}_fb")


def _write_feedback(question: Question, item: Element) -> None:
    shown = [("general", question.explanation), *((name, option.why) for name, option in _named(question))]
    shown += [(f"answer{place}", answer.why) for place, answer in enumerate(question.answers, 1)]
    for name, words in shown:
        if words:
            _material(add(add(item, "itemfeedback", ident=f"{name}_fb"), "flow_mat"), words)
