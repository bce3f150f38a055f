"""Places in messages lead to the rows of the listings; what is not on the page stays text."""

from __future__ import annotations

import io
import zipfile

import pytest

from grader.contract.cells import joined
from server.models import SubmissionFile
from server.rendering.bundle import bundle
from server.rendering.places import Places
from server.rendering.source import listing

NOTEBOOK = joined({1: "import numpy as np", 3: "def f(x):\n    return x"})


def files(**texts: str) -> list[SubmissionFile]:
    return [SubmissionFile(name=f"{name}.py", content=text) for name, text in texts.items()]


SEVERAL = files(mine="x = 1\ny = 2\n", layers="a = 1\n\n\nb = 2\n")


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("line 2", '<a href="#line-2">line 2</a>'),
        ("line 7", "line 7"),
        ("line 0", "line 0"),
        ("conv.py, line 2, in f", '<a href="#line-2">conv.py, line 2</a>, in f'),
        ("layers.py, line 4", '<a href="#layers-line-4">layers.py, line 4</a>'),
        ("layers.py, line 9", "layers.py, line 9"),
        ("cell 3, line 2", "cell 3, line 2"),
        ("<b> line 1", '&lt;b&gt; <a href="#line-1">line 1</a>'),
        ("online 2", "online 2"),
    ],
)
def test_places_of_several_files(text, shown):
    assert Places(SEVERAL).link(text) == shown


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("cell 1, line 1", '<a href="#line-3">cell 1, line 1</a>'),
        ("cell 3, line 2", '<a href="#line-6">cell 3, line 2</a>'),
        ("cell 1, line 2", "cell 1, line 2"),
        ("cell 2, line 1", "cell 2, line 1"),
        ("cell 3, line 0", "cell 3, line 0"),
        ("cell 3, line 9", "cell 3, line 9"),
        ("line 3", "line 3"),
    ],
)
def test_places_of_a_notebook(text, shown):
    assert Places(files(conv=NOTEBOOK)).link(text) == shown


def test_places_in_words():
    assert Places(files(conv=NOTEBOOK)).in_words("", 6) == "Cell 3, line 2"
    assert Places(SEVERAL).in_words("", 2) == "Line 2"
    assert Places(SEVERAL).in_words("layers.py", 4) == "layers.py, line 4"
    assert Places([]).anchor("", 1) is None
    assert Places([]).link("line 1") == "line 1"


def test_a_notebooks_listing_counts_lines_in_their_cells():
    rows = listing("conv.py", NOTEBOOK).rows
    assert [(row.cell, row.number) for row in rows] == [(1, 0), (0, 1), (3, 0), (0, 1), (0, 2)]
    assert [row.anchor for row in rows][-1] == "line-6"
    assert listing("layers.py", "x = 1", position=1).rows[0].anchor == "layers-line-1"


def test_a_bundle_holds_every_file_and_is_always_the_same():
    content = bundle(SEVERAL)
    assert content == bundle(SEVERAL)
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        assert {name: archive.read(name).decode() for name in archive.namelist()} == {
            file.name: file.content for file in SEVERAL
        }
