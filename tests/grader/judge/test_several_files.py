"""Grading a notebook's code and several files: messages name the cell or the file, and all are read for flags."""

from __future__ import annotations

import pytest

from grader.contract import Job, Result, Status, Verdict, read_handed_in
from grader.judge.grade import grade
from tests.grader.conftest import ACCEPTED
from tests.grader.contract.uploads import notebook, zip_of

BACK = "def back(cache):\n    return cache[0]\n"


@pytest.fixture
def hand_in(assignment, bubblewrap):
    """Grade an upload for the doubling assignment."""

    def run(content: bytes, name: str) -> Result:
        files = read_handed_in(content, name, assignment, "mine.py").files
        return grade(Job(1, 1, assignment.id, files, 7), assignment, bubblewrap)

    return run


def test_a_notebook_is_graded_like_the_file(hand_in):
    result = hand_in(notebook("%matplotlib inline\nimport numpy as np", ACCEPTED, "double(np.ones(2), 2)"), "a.ipynb")
    assert (result.verdict, result.score) == (Verdict.GRADED, 5.0)


def test_a_traceback_names_the_cell_and_its_line(hand_in):
    result = hand_in(notebook("import numpy as np", "def double(x, factor):\n    return x[99], x", BACK), "a.ipynb")
    check = result.checks[0]
    assert check.status is Status.ERROR
    assert "  cell 2, line 2, in double\n    return x[99], x" in check.message


def test_a_notebook_that_cannot_be_loaded_names_the_cell(hand_in):
    result = hand_in(notebook(ACCEPTED, "x = 1\ndisplay(x)"), "a.ipynb")
    assert result.verdict is Verdict.REJECTED
    assert "NameError: name 'display' is not defined\n  cell 2, line 2, in <module>" in result.checks[0].message


def test_several_files_are_graded_together(hand_in):
    entry = f"from layers import double\n{BACK}"
    layers = "def double(x, factor):\n    return factor * x, (x,)\n"
    assert hand_in(zip_of({"twice.py": entry, "layers.py": layers}), "a.zip").score == 5.0


def test_a_traceback_names_the_file(hand_in):
    entry = f"import layers\ndef double(x, factor):\n    return layers.double(x)\n{BACK}"
    layers = "# a comment\ndef double(x):\n    return x[99]\n"
    message = hand_in(zip_of({"twice.py": entry, "layers.py": layers}), "a.zip").checks[0].message
    assert "  twice.py, line 3, in double\n    return layers.double(x)" in message
    assert "  layers.py, line 3, in double\n    return x[99]" in message


def test_flags_say_in_which_file_and_own_modules_are_none(hand_in):
    entry = f"import os\nimport checks\nfrom layers import double\n{BACK}"
    layers = "import checks\nimport socket\ndef double(x, factor):\n    return factor * x, (x,)\n"
    result = hand_in(zip_of({"twice.py": entry, "layers.py": layers, "checks.py": ""}), "a.zip")
    assert [(flag.file, flag.line, flag.rule) for flag in result.flags] == [
        ("", 1, "import"),
        ("layers.py", 2, "import"),
    ]
    assert Result.from_dict(result.to_dict()).flags == result.flags


def test_the_same_job_again_gives_the_same_result(hand_in):
    upload = notebook("import numpy as np", "def double(x, factor):\n    return 3 * x, (x,)", BACK)
    first, second = hand_in(upload, "a.ipynb"), hand_in(upload, "a.ipynb")
    assert [check.message for check in first.checks] == [check.message for check in second.checks]
    assert first.checks[0].diagnosis == "You multiply by three."
