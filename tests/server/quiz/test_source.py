"""Questions as text and as dictionaries: what is read, what is refused with which words, and that nothing gets lost."""

from __future__ import annotations

import json
import string

import pytest
from hypothesis import given
from hypothesis import strategies as st

from server.quiz.question import Kind, Scoring
from server.quiz.source import (
    QuestionError,
    question_from_dict,
    question_to_dict,
    read_questions,
    read_source,
    write_questions,
)
from tests.server.quiz.questions import ALL, MULTIPLE, NUMERIC, SINGLE, TRUE_FALSE, changed, question

EXAMPLE = '''
title = "Output sizes"

[[question]]
id = "output-size"
kind = "single"
topic = "Q22"
source = "D2 L129-135"
difficulty = 2
title = "Output size of a convolution"
stem = """
Stride $<<s>>$ on an image of side
$<<n>>$. How large is the output?
"""
explanation = "$\\\\lfloor n/s \\\\rfloor = <<n // s>>$."
where = ["n % s > 0"]

[question.draw]
n = { from = 7, to = 64 }
s = { choice = [2, 3] }
values = { list = 4, from = 0, to = 9, distinct = true }
grid = { grid = [2, 3], from = 0, to = 9, step = 3 }

[[question.option]]
text = "<<n // s>>"
right = true
why = "Right."
[[question.option]]
text = "<<n>>"
why = "The stride is ignored."

[[question]]
id = "size"
kind = "numeric"
stem = "What is half of five?"
[[question.answer]]
value = 2.5
tolerance = "0.01"
'''


def test_a_file_becomes_questions_in_order() -> None:
    source = read_source(EXAMPLE, "03-sizes/quiz.toml")
    first, second = source.questions
    assert source.title == "Output sizes"
    assert (first.id, first.kind, first.difficulty, first.points) == ("output-size", Kind.SINGLE, 2, 1.0)
    assert first.stem == "Stride $<<s>>$ on an image of side\n$<<n>>$. How large is the output?"
    assert list(first.draw) == ["n", "s", "values", "grid"]
    assert [option.is_right for option in first.options] == [True, False]
    assert (second.answers[0].value, second.answers[0].tolerance) == ("2.5", "0.01")


def test_true_and_false_are_options_in_this_order() -> None:
    read = question(TRUE_FALSE)
    assert [(option.text, option.is_right) for option in read.options] == [("True", False), ("False", True)]
    assert read.options[1].why == "Right."


@pytest.mark.parametrize("name", ALL)
def test_a_question_survives_json_and_text(name) -> None:
    read = question_from_dict(ALL[name], "test")
    assert question_from_dict(json.loads(json.dumps(question_to_dict(read))), "test") == read
    assert read_questions(write_questions([read]), "test") == [read]


def test_what_has_its_usual_value_is_not_written() -> None:
    assert question_to_dict(question(MULTIPLE)) == MULTIPLE


def test_a_file_that_was_written_is_read_as_it_was() -> None:
    source = read_source(EXAMPLE, "test")
    again = read_source(write_questions(source.questions, source.title), "test")
    assert again == source


texts = st.text(st.characters(exclude_categories=["Cs", "Cc"], include_characters="\n\t"), max_size=60).map(
    lambda text: "".join(c for c in text if c >= " " or c in "\n\t").replace("<<", "< <")
)
filled = texts.map(str.strip).filter(bool)
names = st.from_regex(r"[a-z0-9]{1,8}(-[a-z0-9]{1,8}){0,2}", fullmatch=True)
options = st.lists(st.tuples(filled, texts), min_size=2, max_size=6)


@given(names, filled, texts, options, st.lists(filled, max_size=3), st.floats(0.001, 100), st.booleans())
def test_any_text_survives_being_written(name, stem, explanation, given_options, tags, points, shuffle) -> None:
    table = [{"text": text, "why": why, "right": place == 0} for place, (text, why) in enumerate(given_options)]
    data = {"id": name, "kind": "single", "stem": stem, "explanation": explanation, "option": table}
    read = question_from_dict(data | {"tags": tags, "points": points, "shuffle": shuffle}, "test")
    assert read_questions(write_questions([read], title=stem.replace("\n", " ")[:100]), "test") == [read]
    assert question_from_dict(question_to_dict(read), "test") == read


REFUSED = [
    (SINGLE, {"id": None}, "test, id: it is missing"),
    (SINGLE, {"id": "Output Size"}, "no name such as output-size"),
    (SINGLE, {"id": "../etc/passwd"}, "no name such as output-size"),
    (SINGLE, {"id": "a" * 81}, "no name such as output-size"),
    (SINGLE, {"kind": None}, "kind: it is missing; it is one of single, multiple, true_false, numeric"),
    (SINGLE, {"kind": "essay"}, "'essay' is none of single, multiple, true_false, numeric"),
    (SINGLE, {"stem": None}, r"test \(output-size\), stem: it is missing"),
    (SINGLE, {"stem": "  "}, "stem: it is empty"),
    (SINGLE, {"stem": 5}, "stem: a text is needed, not int"),
    (SINGLE, {"stem": "x" * 20_001}, "stem: it is longer than 20,000 characters"),
    (SINGLE, {"stem": "a\x1b[31m"}, "stem: it has a control character"),
    (SINGLE, {"stem": "<<n"}, "stem: a << is never closed"),
    (SINGLE, {"stem": "<<n.__class__>>"}, "stem: .*a name after a dot cannot stand in an expression"),
    (SINGLE, {"stem": "<<m>>"}, "stem: m must be drawn first; drawn are k, n, out, s"),
    (SINGLE, {"title": "x" * 201}, "title: it is longer than 200 characters"),
    (SINGLE, {"colour": "red"}, "unknown colour; known are difficulty, draw"),
    (SINGLE, {"answer": []}, "unknown answer"),
    (SINGLE, {"difficulty": 4}, "difficulty: a whole number from 1 to 3 is needed, not 4"),
    (SINGLE, {"difficulty": True}, "difficulty: a whole number"),
    (SINGLE, {"points": 0}, "points: a number above 0, at most 100, is needed, not 0"),
    (SINGLE, {"points": float("nan")}, "points: a number above 0"),
    (SINGLE, {"shuffle": "no"}, "shuffle: it must be true or false"),
    (SINGLE, {"where": "n > 1"}, "where: a list of texts is needed"),
    (SINGLE, {"where": ["n >"]}, "where: 'n >' is no expression"),
    (SINGLE, {"where": ["m > 1"]}, "where: m must be drawn first"),
    (SINGLE, {"tags": ["a\x00"]}, "tags: it has a control character"),
    (SINGLE, {"stem": "a\ud800"}, "stem: it has a control character"),
    (SINGLE, {"draw": {"n": {"choice": ["a\x00"]}}}, "draw.n: choice: the text has a control character"),
    (SINGLE, {"tags": [1]}, "tags: a list of texts is needed"),
    (SINGLE, {"show": 1}, "show: a whole number from 2 to 12"),
    (SINGLE, {"option": SINGLE["option"][:1]}, "option: there are two to 12 of them, not 1"),
    (SINGLE, {"option": "a"}, r"option: it is written \[\[question.option\]\]"),
    (SINGLE, {"option": [{"text": "a"}, {"text": "b"}]}, "option: exactly one must have right = true, not 0"),
    (SINGLE, {"option": [{"text": "a", "right": True}] * 2}, "option: exactly one must have right = true, not 2"),
    (SINGLE, {"option": [*SINGLE["option"], {"why": "x"}]}, "option 4, text: it is missing"),
    (SINGLE, {"option": [*SINGLE["option"], {"text": "x", "wrong": True}]}, "option 4: unknown wrong"),
    (SINGLE, {"option": [*SINGLE["option"], {"text": "<<m>>"}]}, "option 4, text: m must be drawn"),
    (SINGLE, {"option": [*SINGLE["option"], {"text": "x", "fraction": 2}]}, "option 4, fraction: a number from −1"),
    (SINGLE, {"draw": {"n": {"from": 1}}}, "draw.n: it needs from and to, or choice"),
    (SINGLE, {"draw": {"n": {"from": 1, "to": 2, "by": 3}}}, "draw.n: unknown by; known are distinct, from"),
    (SINGLE, {"draw": {"n": {"from": 1, "to": 2, "step": 0}}}, "draw.n: step is a whole number above 0"),
    (SINGLE, {"draw": {"n": {"choice": []}}}, "draw.n: choice is a list of one to 200 values"),
    (SINGLE, {"draw": {"n": {"choice": [{"a": 1}]}}}, "draw.n: choice: the result is no number, text or list"),
    (SINGLE, {"draw": {"n": {"list": 10**9, "from": 1, "to": 2}}}, "draw.n: list and grid have from 1 to 500 numbers"),
    (SINGLE, {"draw": {"n": {"grid": [10**5, 10**5], "from": 1, "to": 2}}}, "draw.n: list and grid have from 1 to 500"),
    (SINGLE, {"draw": {"n": {"grid": 3, "from": 1, "to": 2}}}, r"draw.n: grid is \[rows, columns\]"),
    (SINGLE, {"draw": {"n": [1]}}, "draw.n: an expression as a text, or a table"),
    (SINGLE, {"draw": {"n": "m + 1"}}, "draw.n: m must be drawn first; nothing is drawn"),
    (SINGLE, {"draw": {"max": "1"}}, "draw.max: 'max' cannot be a name"),
    (SINGLE, {"draw": {"__class__": "1"}}, "draw.__class__: '__class__' cannot be a name"),
    (SINGLE, {"draw": {"n": "().__class__"}}, "draw.n: .*a name after a dot"),
    (SINGLE, {"draw": {"n": "9" * 401}}, "draw.n: .*longer than 400 characters"),
    (SINGLE, {"draw": {f"n{i}": "1" for i in range(41)}}, "draw: it is a table of at most 40 names"),
    (SINGLE, {"draw": None, "where": None}, "stem: k, n, s must be drawn first; nothing is drawn"),
    (MULTIPLE, {"where": ["1 < 2"]}, "where: without draw there is nothing that a condition could change"),
    (MULTIPLE, {"option": [{"text": "a"}, {"text": "b"}]}, "option: at least one must have right = true"),
    (MULTIPLE, {"scoring": "best"}, "'best' is none of net_correct"),
    (MULTIPLE, {"scoring": "fractions"}, "each of them needs a fraction"),
    (MULTIPLE, {"show": 2, "option": [{"text": t, "right": True} for t in "abc"]}, "2 options cannot hold the 3"),
    (TRUE_FALSE, {"right": None}, "right: it is missing: true or false"),
    (TRUE_FALSE, {"right": 1}, "right: it must be true or false"),
    (TRUE_FALSE, {"option": []}, "unknown option"),
    (NUMERIC, {"answer": None}, "answer: there are one to 12 of them, not 0"),
    (NUMERIC, {"answer": [{"why": "x"}]}, "answer 1, value: it is missing"),
    (NUMERIC, {"answer": [{"value": True}]}, "answer 1, value: a number is needed"),
    (NUMERIC, {"answer": [{"value": "c", "fraction": 0}]}, "at least one must be worth the full fraction"),
    (NUMERIC, {"answer": [{"value": "c", "tolerance": "d"}]}, "answer 1, tolerance: d must be drawn first"),
    (NUMERIC, {"show": 2}, "unknown show"),
]


@pytest.mark.parametrize(("data", "changes", "message"), REFUSED)
def test_what_is_wrong_is_said_with_question_and_key(data, changes, message) -> None:
    with pytest.raises(QuestionError, match=message):
        question_from_dict(changed(data, **changes), "test")


@pytest.mark.parametrize("data", [None, 5, "question", [], {1: 2}])
def test_what_is_no_table_is_refused(data) -> None:
    with pytest.raises(QuestionError, match="test: a table of keys is needed"):
        question_from_dict(data, "test")


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("[[question]\n", r"03-sizes/quiz.toml: .*line 1"),
        ('title = "a"\ntitle = "b"\n', r"03-sizes/quiz.toml: .*line 2"),
        ("[question]\n", r"write \[\[question\]\]"),
        ("[[questions]]\n", "unknown questions; known are question, title"),
        ("title = " + "[" * 50_000, "03-sizes/quiz.toml: it is nested too deeply"),
        ("title = " + "{a = " * 50_000, "03-sizes/quiz.toml: it is nested too deeply"),
        ("question = [1]\n", "question 1: a table of keys is needed"),
        (write_questions([question(MULTIPLE)] * 2), "two questions have the id 'layers-with-weights'"),
    ],
)
def test_a_file_that_cannot_be_used_says_where(text, message) -> None:
    with pytest.raises(QuestionError, match=message):
        read_questions(text, "03-sizes/quiz.toml")


def test_every_wrong_question_of_a_file_is_said_at_once() -> None:
    text = EXAMPLE.replace('kind = "single"', 'kind = "essay"').replace("value = 2.5", "value = '<<'")
    with pytest.raises(QuestionError) as refusal:
        read_questions(text, "03-sizes/quiz.toml")
    lines = str(refusal.value).splitlines()
    assert len(lines) == 2
    assert lines[0].startswith("03-sizes/quiz.toml question 1 (output-size), kind:")
    assert lines[1].startswith("03-sizes/quiz.toml question 2 (size), answer 1, value:")


def test_every_scoring_is_kept() -> None:
    for scoring in Scoring:
        table = [option | {"fraction": 0.5} for option in MULTIPLE["option"]]
        read = question(MULTIPLE, scoring=scoring.value, option=table)
        assert read.scoring is scoring
        assert question_from_dict(question_to_dict(read), "test") == read


def test_names_are_of_letters_that_every_address_can_hold() -> None:
    allowed = string.ascii_lowercase + string.digits + "-"
    for sign in (sign for sign in string.printable if sign not in allowed):
        with pytest.raises(QuestionError):
            question(id=f"a{sign}b")
