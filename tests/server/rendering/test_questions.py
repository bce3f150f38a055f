"""A question's texts on pages and in files."""

from __future__ import annotations

import pytest

from server.rendering.questions import failures, plain_text, show_inline, show_text

STEM = "A *kernel* of side $k$:\n\n```python\nx = 1\n```\n\n| a | b |\n|---|---|\n| 1 | $n^2$ |\n"


def test_a_stem_has_formulas_code_and_tables() -> None:
    html = show_text(STEM)
    for part in ("<em>kernel</em>", "<math", '<pre class="code"', "<table"):
        assert part in html


def test_a_picture_is_drawn_with_the_numbers_in_its_block() -> None:
    html = show_text("```picture window n=5 k=3\nThe window.\n```")
    assert "<svg" in html
    assert "<figcaption>The window.</figcaption>" in html


def test_an_option_of_one_paragraph_stands_in_a_line() -> None:
    assert show_inline("$12$ maps").startswith('<span class="math inline"><math')
    assert "<p>" not in show_inline("12 maps, **not** 13")
    assert show_inline("one\n\ntwo") == show_text("one\n\ntwo")
    assert "<table" in show_inline(STEM)


@pytest.mark.parametrize(
    ("text", "refused"),
    [
        ("<script>alert(1)</script>", "<script"),
        ("<img src=x onerror=alert(1)>", "<img"),
        ("![x](https://example.com/x.png)", "<img"),
        ("[x](javascript:alert(1))", "<a"),
        (r"$\text{<script>alert(1)</script>}$", "<script"),
        ("```picture window n=5 k=3\n<script>\n```", "<script"),
        ("# A heading", "<h"),
        ("x[^1]\n\n[^1]: note", 'id="fn'),
    ],
)
def test_markup_and_what_would_stand_on_its_own_are_shown_not_run(text, refused) -> None:
    assert refused not in show_text(text)
    assert refused not in show_inline(text)


def test_what_cannot_be_shown_is_found() -> None:
    assert failures("$n^2$ and `code`") == []
    assert failures(r"$\nosuch$") == [r"\nosuch"]
    assert failures("```picture nosuch\n```")[0].startswith("A picture cannot be drawn: there is no picture")
    assert failures("```picture window n=5 k=3\n```") == []


@pytest.mark.parametrize(
    ("text", "plain"),
    [
        ("A *kernel* of `k` and $k^2$", "A kernel of k and k^2"),
        ("one\n\ntwo\nlines", "one\n\ntwo\nlines"),
        ("```python\nx = 1\n```", "x = 1"),
        ("```picture window n=5 k=3\nThe window.\n```", "[The window.]"),
        ("```picture window n=5 k=3\n```", "[picture window n=5 k=3]"),
        ("| a | b |\n|---|---|\n| 1 | $n$ |", "a | b\n\n1 | n"),
        ("$$\nx = 1\n$$", "x = 1"),
        ("- one\n- two", "one\n\ntwo"),
        ("a < b &amp; c", "a < b & c"),
        ("", ""),
    ],
)
def test_plain_text_has_no_marks(text, plain) -> None:
    assert plain_text(text) == plain
