"""What is written and read again is the same: with notes exactly, without them in all that other programs see."""

from __future__ import annotations

import io
import re
import zipfile
from dataclasses import replace
from decimal import Decimal

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from server.quiz.drawing import DrawError, draw
from server.quiz.formats import read, write
from server.quiz.formats.fixing import as_template
from server.quiz.formats.markup.plain import from_plain
from server.quiz.question import Answer, Kind, Option, Question, Response, Scoring
from server.quiz.scoring import fraction
from tests.server.quiz.formats.strategies import (
    LINES,
    PLAIN_LINES,
    QUESTIONS,
    described,
    multiples,
    numerics,
    singles,
    true_falses,
)

RICH = ("gift", "moodle_xml", "qti12", "qti21", "stride_toml")
TAME = st.lists(
    st.sampled_from(
        [
            "a **bold** word",
            "some `code`",
            "$n+1$ pixels",
            "a\nwrapped line",
            "1 < 2",
            "x_1 and y_2",
            "50 %",
            "*so* it is",
        ]
    ),
    min_size=1,
    max_size=3,
).map("\n\n".join)
"""Markdown that every program shows, and that comes back from its HTML as it was."""


def is_drawable(question: Question) -> bool:
    try:
        draw(question, 0)
    except DrawError:
        return False
    return True


def without_notes(data: bytes) -> bytes:
    """A file as another program would have written it: nothing in it is for Stride alone."""
    if not data.startswith(b"PK"):
        return re.sub(rb"<\?stride .*?\?>|// stride:[^\n]*\n", b"", data)
    bare = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(data)) as package, zipfile.ZipFile(bare, "w") as copy:
        for path in package.namelist():
            copy.writestr(path, without_notes(package.read(path)))
    return bare.getvalue()


@pytest.mark.parametrize("format_name", RICH)
@settings(deadline=None, max_examples=60)
@given(question=QUESTIONS)
def test_a_question_comes_back_as_it_was(format_name, question):
    assume(is_drawable(question))
    written = write([question], format_name)
    assert written.left_out == []
    back = read(written.data, written.filename)
    assert back.refused == []
    assert back.questions == [question]


@pytest.mark.parametrize("format_name", RICH)
@settings(deadline=None, max_examples=25)
@given(questions=st.lists(QUESTIONS, min_size=2, max_size=4, unique_by=lambda question: question.id))
def test_several_questions_come_back_in_their_order(format_name, questions):
    assume(all(map(is_drawable, questions)))
    written = write(questions, format_name)
    assert read(written.data, written.filename).questions == questions


@pytest.mark.parametrize("format_name", ["gift", "moodle_xml", "qti12", "qti21"])
@settings(deadline=None, max_examples=60)
@given(question=st.one_of(singles(TAME), true_falses(TAME), numerics(TAME), multiples(TAME)))
def test_without_notes_kind_texts_and_feedback_come_back(format_name, question):
    written = write([question], format_name)
    (back,) = read(without_notes(written.data), written.filename).questions
    assert (back.kind, back.stem, back.explanation) == (question.kind, question.stem, question.explanation)
    assert [(each.text, each.is_right, each.why) for each in back.options] == [
        (each.text, each.is_right, each.why) for each in question.options
    ]
    said, meant = ([(Decimal(a.value), Decimal(a.tolerance), a.why) for a in each.answers] for each in (back, question))
    assert said[:1] == meant[:1]
    assert said == [answer for answer in meant if answer in said], "QTI says no answer that an earlier one covers"


SCORED_AS_WRITTEN = [
    *(("gift", rule) for rule in ("net_correct", "fractions", "false2", "right_minus_wrong")),
    *(("moodle_xml", rule) for rule in ("net_correct", "fractions", "false2", "right_minus_wrong")),
    *(("qti21", rule) for rule in ("net_correct", "fractions", "false2", "right_minus_wrong", "all_or_nothing")),
    ("qti12", "net_correct"),
]


@pytest.mark.parametrize(("format_name", "rule"), SCORED_AS_WRITTEN)
@settings(deadline=None, max_examples=25)
@given(question=multiples(TAME), data=st.data())
def test_without_notes_every_answer_scores_the_same(format_name, rule, question, data):
    options = question.options
    if rule == "fractions":
        right = sum(option.is_right for option in options)
        worths = [1 / right if option.is_right else -0.5 for option in options]
        options = tuple(replace(option, fraction=worth) for option, worth in zip(options, worths, strict=True))
    else:
        options = tuple(replace(option, fraction=None) for option in options)
    question = replace(question, scoring=Scoring(rule), options=options)
    written = write([question], format_name)
    assert written.notes == []
    (back,) = read(without_notes(written.data), written.filename).questions
    for _ in range(4):
        places = data.draw(st.sets(st.integers(0, len(question.options) - 1), min_size=1))
        response = Response(tuple(sorted(places)))
        assert fraction(draw(back, 0), response) == pytest.approx(fraction(draw(question, 0), response), abs=1e-3)


@pytest.mark.parametrize("format_name", ["gift", "moodle_xml", "qti12"])
def test_a_rule_that_others_do_not_have_is_named(format_name):
    question = Question(
        "x", Kind.MULTIPLE, "Which?", (Option("a", True), Option("b", True), Option("c")), scoring=Scoring.COVERAGE
    )
    written = write([question], format_name)
    assert [note.reason for note in written.notes] == ["Other programs score it by another rule than coverage."]
    assert read(written.data, written.filename).questions == [question]


@st.composite
def plain_questions(draw_: st.DrawFn, kinds: st.SearchStrategy[Question]) -> Question:
    """Questions of what Aiken and Socrative hold: lines of plain text, as their readers write them."""
    question = draw_(kinds)
    options = [
        Option(as_template(from_plain(f"{draw_(PLAIN_LINES)} o{place}")), option.is_right)
        for place, option in enumerate(question.options)
    ]
    if question.kind is Kind.TRUE_FALSE:
        options = [Option(option.text, option.is_right) for option in question.options]
    answers = [Answer(answer.value) for answer in question.answers[:1]]
    stem = as_template(from_plain(draw_(PLAIN_LINES)))
    return Question("x", question.kind, stem, tuple(options), tuple(answers), scoring=question.scoring)


def same_but_for_id(found: list[Question], question: Question) -> bool:
    return [replace(each, id="x") for each in found] == [question]


@settings(deadline=None, max_examples=60)
@given(question=plain_questions(st.one_of(singles(TAME), true_falses(TAME))))
def test_aiken_brings_back_lines_of_plain_text(question):
    assume(is_drawable(question))
    written = write([question], "aiken")
    assume(not written.left_out)
    assert written.notes == []
    assert same_but_for_id(read(written.data, "q.txt", "aiken").questions, question)


def all_or_nothing(question: Question) -> Question:
    right = sum(option.is_right for option in question.options)
    scoring = Scoring.ALL_OR_NOTHING if right > 1 else Scoring.NET_CORRECT
    return replace(question, scoring=scoring, options=question.options[:5])


@settings(deadline=None, max_examples=80)
@given(
    question=plain_questions(
        st.one_of(
            singles(TAME).filter(lambda each: len(each.options) <= 5),
            multiples(TAME).filter(lambda each: sum(o.is_right for o in each.options[:5]) >= 2).map(all_or_nothing),
            true_falses(TAME),
            numerics(TAME),
        )
    )
)
def test_socrative_brings_back_plain_text(question):
    assume(is_drawable(question))
    written = write([question], "socrative")
    assert written.left_out == []
    assert written.notes == []
    assert same_but_for_id(read(written.data, written.filename).questions, question)


@pytest.mark.parametrize("format_name", ["aiken", "socrative"])
@settings(deadline=None, max_examples=40)
@given(question=described(singles(LINES)))
def test_what_a_plain_format_loses_is_said_and_no_more_is_lost_the_second_time(format_name, question):
    assume(is_drawable(question))
    written = write([question], format_name)
    assume(not written.left_out)
    first = read(written.data, written.filename, format_name).questions
    again = write(first, format_name)
    assert again.notes == []
    assert read(again.data, again.filename, format_name).questions == first
