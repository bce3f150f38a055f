"""A draw as a question of its own, texts without values, and how formats are chosen."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from server.quiz.drawing import draw
from server.quiz.expressions import Scope
from server.quiz.fields import QuestionError
from server.quiz.formats import FORMATS, FormatError, fixed, read, write
from server.quiz.formats.detection import detect
from server.quiz.formats.difference import read_note, write_note
from server.quiz.formats.fixing import as_template
from server.quiz.question import Answer, Kind, Option, Question
from server.quiz.source import question_from_dict, question_to_dict
from server.quiz.template import read_template
from tests.server.quiz.questions import MULTIPLE, NUMERIC, SINGLE, TRUE_FALSE, question


@given(st.text("\\<>'a n", max_size=12))
def test_no_text_from_elsewhere_is_taken_for_a_value(text):
    template = read_template(as_template(text))
    assert template.names == frozenset()
    assert template.fill(Scope()) == text


def test_a_draw_becomes_a_question_that_shows_the_same_numbers():
    parametric = question(SINGLE)
    drawn, plain = draw(parametric, 7), fixed(parametric, 7)
    assert plain.id == "output-size-7"
    assert not plain.has_parameters
    assert plain.where == ()
    shown = draw(plain, 0)
    assert shown.stem == drawn.stem
    assert [(each.text, each.is_right, each.why) for each in shown.options] == [
        (each.text, each.is_right, each.why) for each in drawn.options
    ]
    assert question_from_dict(question_to_dict(plain), "test") == plain


def test_a_drawn_number_is_written_as_short_as_it_can_be():
    plain = fixed(question(NUMERIC), 3)
    drawn = draw(question(NUMERIC), 3)
    assert [float(answer.value) for answer in plain.answers] == [answer.value for answer in drawn.answers]
    assert all("." not in answer.value for answer in plain.answers)
    assert plain.answers[1].fraction == 0


def test_a_question_that_shows_a_part_of_its_options_is_fixed_to_those_of_the_draw():
    shows_three = question(MULTIPLE, show=3)
    plain = fixed(shows_three, 5)
    assert plain.show is None
    assert [option.text for option in plain.options] == [option.text for option in draw(shows_three, 5).options]


@pytest.mark.parametrize("data", [MULTIPLE, TRUE_FALSE], ids=["multiple", "true or false"])
def test_a_question_that_is_the_same_for_everybody_stays_as_it_is(data):
    assert fixed(question(data), 9) is not None
    assert fixed(question(data), 9) == question(data)


def test_an_id_that_is_as_long_as_it_may_be_stays_an_id():
    long = replace(question(NUMERIC), id="a" * 76 + "-bcd")
    plain = fixed(long, 123_456)
    assert question_from_dict(question_to_dict(plain), "test").id == "a" * 73 + "-123456"


def test_a_question_that_cannot_be_drawn_says_why():
    impossible = replace(question(NUMERIC), where=("k > 5",))
    with pytest.raises(QuestionError, match="does not hold"):
        fixed(impossible, 0)


@pytest.mark.parametrize("name", [name for name in FORMATS if name != "stride_toml"])
def test_only_strides_own_format_holds_parameters(name):
    written = write([question(SINGLE), question(TRUE_FALSE)], name)
    assert [(each.place, each.name) for each in written.left_out] == [("question 1", "Output size of a convolution")]
    assert "drawn anew" in written.left_out[0].reason
    assert write([question(SINGLE)], "stride_toml").left_out == []
    assert read(write([question(SINGLE)], "stride_toml").data, "q.toml").questions == [question(SINGLE)]


@pytest.mark.parametrize("name", [name for name in FORMATS if name != "stride_toml"])
def test_a_question_with_a_picture_is_left_out_with_the_reason(name):
    pictured = question(TRUE_FALSE, stem="```picture window n=5 k=3\nA window.\n```\n\nIt moves.")
    (left_out,) = write([pictured], name).left_out
    assert "picture that Stride draws" in left_out.reason


@pytest.mark.parametrize("name", ["moodle_xml", "qti12", "qti21"])
def test_a_character_that_xml_lacks_is_named(name):
    (left_out,) = write(
        [Question("x", Kind.TRUE_FALSE, "a\ufffeb", (Option("True", True), Option("False")))], name
    ).left_out
    assert left_out.reason == "It has a character in it that XML cannot hold."


@pytest.mark.parametrize("name", [name for name in FORMATS if name != "stride_toml"])
def test_half_a_character_is_named(name):
    (left_out,) = write(
        [Question("x", Kind.TRUE_FALSE, "a\ud800", (Option("True", True), Option("False")))], name
    ).left_out
    assert "half a character" in left_out.reason


@pytest.mark.parametrize("name", ["gift", "moodle_xml", "qti12", "qti21", "stride_toml"])
def test_of_two_questions_with_one_id_the_second_gets_another(name):
    twice = [question(TRUE_FALSE), question(TRUE_FALSE, stem="Another.")]
    written = write(twice, name)
    back = read(written.data, written.filename).questions
    assert [each.id for each in back] == ["pooling-learns", "pooling-learns-2"]
    assert [each.stem for each in back] == [each.stem for each in twice]
    assert [note.reason for note in written.notes] == ["Another question has its id; here it is pooling-learns-2."]


def test_an_answer_that_an_earlier_one_covers_survives_in_qti():
    covered = Question(
        "x",
        Kind.NUMERIC,
        "How many?",
        answers=(Answer("3", "1"), Answer("3.5", "0.1", 0.0, "Never seen."), Answer("9")),
    )
    for name in ("qti12", "qti21"):
        written = write([covered], name)
        assert read(written.data, written.filename).questions == [covered]


def test_a_text_that_was_edited_in_the_file_is_not_overruled_by_strides_note():
    original = question(TRUE_FALSE, stem="A *wrapped*\n\n- list", topic="Q07")
    data = write([original], "moodle_xml").data
    assert read(data, "q.xml").questions == [original]
    edited = data.replace(b"list", b"list of layers")
    (back,) = read(edited, "q.xml").questions
    assert (back.stem, back.topic) == ("A *wrapped*\n\n- list of layers", "Q07")


@pytest.mark.parametrize(
    "note",
    [
        '{"draw":{"x":"1"}}',
        '{"where":["1"]}',
        '{"kind":"numeric"}',
        '{"answer/100/value":"1"}',
        '{"difficulty":9}',
        '{"points":"many"}',
        '{"option/0/right":{"for":"x","is":true}}',
        "[1]",
        '{"topic":"\\ud800"}',
        "{",
        "{}" * 300_000,
    ],
)
def test_a_note_that_is_no_note_changes_nothing(note):
    data = f"// stride: {note}\n::T::Is it? {{T}}".encode()
    assert read(data, "q.gift").questions == read(b"::T::Is it? {T}", "q.gift").questions


@given(st.dictionaries(st.sampled_from(["title", "topic", "stem"]), st.text(max_size=20)))
def test_a_note_is_one_line_of_ascii_that_ends_no_comment(note):
    written = write_note(note)
    assert written.isascii()
    assert "\n" not in written
    assert "?>" not in written
    assert read_note(written) == note


@pytest.mark.parametrize("name", FORMATS)
def test_a_file_is_known_for_what_it_is(name):
    written = write([question(TRUE_FALSE)], name)
    assert detect(written.data, written.filename) == name
    assert written.filename.endswith(FORMATS[name].extension)
    assert written.mimetype == FORMATS[name].mimetype
    assert write([question(TRUE_FALSE)], name).data == written.data or name == "socrative"


@pytest.mark.parametrize(
    ("data", "filename", "name"),
    [
        (b"Q?\nA. x\nB. y\nANSWER: B", "q.txt", "aiken"),
        (b"Q $\\{1\\}$?\nA) {x}\nB) y\nanswer: B", "notes", "aiken"),
        (b"Q? {=A) x ~B) y}", "q.txt", "gift"),
        (b"A. Turing built? {T}\nANSWER: none", "q.txt", "gift"),
        (b"<?xml version='1.0'?><quiz><question/></quiz>", "export", "moodle_xml"),
        (b"\xef\xbb\xbf<?xml version='1.0'?><questestinterop/>", "", "qti12"),
    ],
)
def test_the_content_decides_where_the_name_leaves_it_open(data, filename, name):
    assert detect(data, filename) == name


@pytest.mark.parametrize(
    ("data", "filename", "reason"),
    [
        (b"%PDF-1.7", "q.pdf", "ends in .pdf"),
        (b"<html/>", "q.xml", "begins with <html>"),
        (b"<assessmentTest/>", "q.xml", "whole package"),
        (b"<manifest/>", "q.xml", "whole package"),
        (b"", "q.gift", "empty"),
        (b"// nothing but a comment", "q.gift", "no questions"),
    ],
)
def test_a_file_in_no_known_format_is_refused_with_what_to_do(data, filename, reason):
    with pytest.raises(FormatError, match=reason):
        read(data, filename)


def test_a_format_that_is_not_known_is_named_with_those_that_are():
    with pytest.raises(FormatError, match=r"There is no format “docx”\. There are gift, aiken"):
        write([], "docx")
    with pytest.raises(FormatError, match="There is no format"):
        read(b"x", "x", "docx")
    with pytest.raises(FormatError, match="It is no Moodle XML: it begins with <assessmentItem>"):
        read(b"<assessmentItem/>", "q.xml", "moodle_xml")


@pytest.mark.parametrize("name", ["gift", "moodle_xml", "qti12", "qti21", "stride_toml"])
def test_a_text_of_which_nothing_is_seen_comes_back_too(name):
    unseen = question(TRUE_FALSE, stem=">>", why_true="```\n```")
    written = write([unseen], name)
    assert read(written.data, written.filename).questions == [unseen]
