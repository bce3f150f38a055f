"""Numbers as students type them."""

from __future__ import annotations

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from server.quiz.numbers import NumberError, parse_number, readings


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("3,14", 3.14),
        ("3.14", 3.14),
        (" 12 ", 12),
        ("+5", 5),
        ("5.", 5),
        (".5", 0.5),
        (",5", 0.5),
        ("0,125", 0.125),
        ("1234,567", 1234.567),
        ("1.234", 1.234),
        ("1e3", 1000),
        ("1,2E-3", 0.0012),
        ("10^6", 1e6),
        ("3 × 10^6", 3e6),
        ("3*10**6", 3e6),
        ("3·10^-2", 0.03),
        ("−3", -3),
        ("– 3", -3),
        ("68 719 476 736", 68_719_476_736),
        ("68\u2009719\u2009476\u2009736", 68_719_476_736),
        ("68\u202f719\u00a0476\u202f736", 68_719_476_736),
        ("68,719,476,736", 68_719_476_736),
        ("68.719.476.736", 68_719_476_736),
        ("68'719'476'736", 68_719_476_736),
        ("68_719_476_736", 68_719_476_736),
        ("1,234.5", 1234.5),
        ("1.234,5", 1234.5),
        ("1 000,5", 1000.5),
        ("1/4", 0.25),
        ("1⁄4", 0.25),
        ("-1 / 4", -0.25),
        ("0,5/2", 0.25),
    ],
)
def test_a_number_is_read_however_it_is_written(text, value):
    assert parse_number(text) == pytest.approx(value, rel=1e-15)


@pytest.mark.parametrize(
    "text",
    [
        *(
            "",
            "  ",
            "abc",
            "nan",
            "inf",
            "-",
            ".",
            ",",
            "1e",
            "e5",
            "--3",
            "1.2.3",
            "1,2,3",
            "1,,2",
            "12 34",
            "1 000 00",
        ),
        *(
            "5 MB",
            "50%",
            "0x10",
            "10³",
            "1//2",
            "1/0",
            "1 1/2",
            "1 e3",
            "1e999",
            "1" * 61,
            "٣",
            "3 000 0",
            "True",
            "1;2",
        ),
    ],
)
def test_what_is_no_number_is_refused_with_a_sentence(text):
    with pytest.raises(NumberError, match=r"\.$"):
        parse_number(text)


def test_the_message_quotes_what_was_typed_and_says_how_to_write_it():
    with pytest.raises(NumberError, match=r"“5 MB” is no number\. Write it like .* without a unit"):
        parse_number("5 MB")


def test_a_comma_before_three_digits_asks_what_is_meant():
    with pytest.raises(NumberError, match=r"can mean 12345 or 12\.345"):
        parse_number("12,345")
    assert readings("-1,234") == (-1234.0, -1.234)


@given(st.floats(allow_nan=False, allow_infinity=False))
def test_every_number_is_read_back_as_python_writes_it(value):
    assert parse_number(repr(value)) == value


@given(st.integers(-(2**53), 2**53), st.sampled_from([" ", "\u2009", "\u202f", "'", "_"]))
def test_grouped_digits_are_one_number(value, space):
    assert parse_number(f"{value:,}".replace(",", space)) == value


@given(st.text(max_size=70))
def test_no_text_gives_anything_but_a_finite_number_or_a_refusal(text):
    try:
        found = readings(text)
    except NumberError:
        return
    assert 1 <= len(found) <= 2
    assert all(map(math.isfinite, found))
