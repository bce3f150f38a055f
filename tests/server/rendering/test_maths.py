"""Formulas to MathML."""

from __future__ import annotations

import pytest

from server.rendering.maths import mathml


def test_a_formula_becomes_mathml():
    assert mathml(r"\frac{a}{b}", block=False).startswith('<math display="inline">')
    assert "<mfrac><mrow><mi>a</mi></mrow><mrow><mi>b</mi></mrow></mfrac>" in mathml(r"\frac{a}{b}", block=False)
    assert 'display="block"' in mathml("a", block=True)


def test_less_than_is_a_sign_and_not_markup():
    assert "<mo>&lt;</mo>" in mathml("a < b", block=False)


@pytest.mark.parametrize(
    "tex",
    [
        r"\text{<script>alert(1)</script>}",
        r"\text{<img src=x onerror=alert(1)>}",
        r"\href{javascript:alert(1)}{x}",
        r"\text{</math><script>alert(1)</script>}",
    ],
)
def test_markup_in_a_formula_is_not_run(tex):
    html = mathml(tex, block=False)
    assert "<script" not in html
    assert "<img" not in html
    assert "javascript" not in html


@pytest.mark.parametrize("tex", [r"\nosuchcommand{x}", r"\frac{1", r"\left( x", "x_", "", r"\begin{cases} a", "a_b_c"])
def test_a_formula_that_cannot_be_read_is_shown_as_its_source(tex):
    html = mathml(tex, block=False)
    assert html.startswith("<code") or "<math" in html
    assert "\\nosuch" in html or "nosuch" not in tex
    assert mathml(r"\left( <b>", block=False).count("&lt;b&gt;") == 1
