"""Pictures in statements: drawn by name, their numbers by the references; a mistake is told in their place."""

from __future__ import annotations

import re
from pathlib import Path
from xml.etree import ElementTree as ET

import pytest

from server.rendering.markdown import statement_html
from server.rendering.pictures import PICTURES, PictureError, colour, figure, matrix, number

ASSIGNMENTS = Path(__file__).resolve().parents[3] / "assignments"
STATEMENTS = sorted(ASSIGNMENTS.glob("[0-9][0-9]-*/statement.md"))


def texts(info: str, caption: str = "A caption.") -> list[str]:
    """Everything that is written in a picture; parsing it proves that it is well-formed."""
    svg = re.search(r"<svg.*</svg>", str(figure(info, caption)), re.DOTALL)
    assert svg
    root = ET.fromstring(svg.group())
    assert root.attrib["aria-label"] == (caption or info.split()[1])
    return [element.text or "" for element in root.iter() if element.tag.endswith("text")]


def test_window_shows_sizes_and_the_formula_with_its_numbers():
    written = texts("picture window n=5 k=3 stride=2 pad=1")
    assert "5 × 5, padding 1" in written
    assert "3 × 3" in written
    assert "⌊(5 + 2·1 − 1·(3 − 1) − 1) / 2⌋ + 1 = 3" in written


@pytest.mark.parametrize(
    ("kind", "expected"),
    [("max", ["8", "6", "9", "9"]), ("mean", ["4", "2.5", "5.25", "5.25"]), ("median", ["3.5", "1.5", "4.5", "5.5"])],
)
def test_pooling_is_computed_by_the_reference(kind, expected):
    table = "1 3 2 1;4 8 6 1;3 9 1 2;4 5 9 9"
    assert texts(f"picture pooling kind={kind} k=2 table='{table}'")[-4:] == expected


def test_equation_draws_its_matrices_and_writes_the_rest():
    written = texts("picture arrays expr='x * k = out' x='0 1;2 3' k='5' out='-0.5 1;2 3'")
    assert [word for word in written if word in ("*", "=")] == ["*", "="]
    assert "−0.5" in written


@pytest.mark.parametrize(
    "info",
    [
        "picture heat expr='a → b' a='0 9;9 0' b='1'",
        "picture layers chain='1@32×32 -> 6@28×28 -> 10'",
        "picture function name=relu",
        "picture function name=softmax",
        "picture connections kind=dense",
        "picture connections kind=local",
        "picture connections kind=shared",
        "picture mask p=0.25 n=4",
    ],
)
def test_every_other_picture_is_drawn_and_scaled(info):
    assert texts(info, "")


@pytest.mark.parametrize(
    ("info", "complaint"),
    [
        ("picture", "a picture needs a name"),
        ("picture window n", "a picture needs a name"),
        ("picture rainbow", "there is no picture 'rainbow'; there are window"),
        ("picture window k=3", "needs 'n'"),
        ("picture window n=2 k=3", "does not fit"),
        ("picture window n=five k=3", "invalid literal"),
        ("picture window n=500 k=3", "from 0 to 64"),
        ("picture window n=5 k=3 colour=red", "does not know colour"),
        ("picture pooling table='1 2;3'", "different lengths"),
        ("picture arrays expr='x'", "no name of expr has a matrix"),
        ("picture function name=step", "there is no curve 'step'"),
        ("picture connections kind=some", "kind must be"),
        ("picture mask p=2", "from 0 to 1"),
    ],
)
def test_a_mistake_is_told_to_the_author(info, complaint):
    with pytest.raises(PictureError, match=re.escape(complaint)):
        figure(info, "")
    assert "A picture cannot be drawn" in statement_html(f"```{info}\n```\n", "")


def test_caption_and_cells_are_escaped():
    shown = statement_html("```picture layers chain='<b>'\n<script>alert(1)</script>\n```\n", "")
    assert "<script" not in shown
    assert "<b>" not in shown


def test_code_is_still_code():
    assert "<svg" not in statement_html("```python\npicture = 1\n```\n", "")


@pytest.mark.parametrize("path", STATEMENTS, ids=lambda path: path.parent.name)
def test_every_picture_of_every_statement_can_be_drawn(path):
    assert "A picture cannot be drawn" not in statement_html(path.read_text(encoding="utf-8"), "")


def test_numbers_are_short():
    assert [number(value) for value in (3.0, -2.5, 1 / 3, -0.0001, float("nan"), float("-inf"))] == [
        *("3", "−2.5", "0.333", "0", "nan", "−∞"),
    ]
    assert matrix("1 2;3 4") == [[1, 2], [3, 4]]


def test_colours_tell_sign_and_size():
    assert colour(0) == "#ffffff"
    assert colour(1) != colour(-1)
    assert colour(float("nan")) == "#9aa1b2"
    assert len(PICTURES) == 8
