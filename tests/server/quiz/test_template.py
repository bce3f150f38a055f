"""Values in texts: where they go, and how they are written there."""

from __future__ import annotations

import pytest

from server.quiz.bounds import ExpressionError
from server.quiz.expressions import Scope
from server.quiz.template import read_template


def fill(text: str, **values) -> str:
    return read_template(text).fill(Scope(values))


@pytest.mark.parametrize(
    ("text", "filled"),
    [
        ("<<n>> and <<n + 1>>", "−2 and −1"),
        ("$<<n>>$ and <<n>>", "$-2$ and −2"),
        ("$$\nx = <<n>>\n$$\n<<n>>", "$$\nx = -2\n$$\n−2"),
        ("`a[<<n>>]` and <<n>>", "`a[-2]` and −2"),
        ("```python\nx = <<n>>\n```\n<<n>>", "```python\nx = -2\n```\n−2"),
        ("```picture window n=<<n>>\ncaption\n```\n\n<<n>>", "```picture window n=-2\ncaption\n```\n\n−2"),
        ("~~~\n$ <<n>>\n\n<<n>>\n~~~\n<<n>>", "~~~\n$ -2\n\n-2\n~~~\n−2"),
        (r"costs \$5, so <<n>>", r"costs \$5, so −2"),
        ("a lone $ sign\n\nthen <<n>>", "a lone $ sign\n\nthen −2"),
        (r"1 \<< 3 is <<2 ** 3>>", "1 << 3 is 8"),
        (r"$a \\<<n>>$", r"$a \\-2$"),
        ("<< n >>", "−2"),
        ("no value", "no value"),
        ("", ""),
        ("<<'<<n'>>", "<<n"),
    ],
)
def test_a_value_stands_in_its_place(text, filled) -> None:
    assert fill(text, n=-2) == filled


@pytest.mark.parametrize("text", ["<<n", "x << 3", "<<>>", "<<n.real>>", "<<n>> <<", "<<<<n>>>>"])
def test_what_is_no_value_is_refused(text) -> None:
    with pytest.raises(ExpressionError):
        fill(text, n=1)


def test_the_names_that_a_text_needs_are_known() -> None:
    assert read_template("<<n>> $<<k + max(n, m)>>$").names == {"n", "k", "m"}
