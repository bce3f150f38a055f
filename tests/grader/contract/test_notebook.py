"""A notebook becomes the Python of its code cells, every line of which leads back to its cell."""

from __future__ import annotations

import ast
import json
import time

import nbformat
import pytest

from grader.contract import UploadRefused
from grader.contract.cells import place
from grader.contract.magics import clean_cell
from grader.contract.notebook import MAX_NOTEBOOK_BYTES, read_notebook
from grader.contract.upload import MAX_BYTES
from tests.grader.contract.uploads import notebook


def read(*cells: str):
    return read_notebook(notebook(*cells), "conv.ipynb")


def line_of(text: str, words: str) -> int:
    return next(number for number, line in enumerate(text.split("\n"), 1) if words in line)


def test_code_cells_are_joined_in_order_and_lines_lead_back_to_them():
    code = read("import numpy as np\n", "", "def f(x):\n    return x").code
    assert [line for line in code.split("\n") if line] == [
        "# The code cells of this notebook in their order, as they were graded.",
        "# ---- cell 1 ----",
        "import numpy as np",
        "# ---- cell 3 ----",
        "def f(x):",
        "    return x",
    ]
    assert place(code, line_of(code, "import numpy")) == "cell 1, line 1"
    assert place(code, line_of(code, "return x")) == "cell 3, line 2"
    assert "title" not in code


def test_a_line_of_an_ordinary_file_is_just_a_line():
    assert place("x = 1\n# ---- cell 3 ----\ny = 2\n", 3) == "line 3"


@pytest.mark.parametrize(
    ("cell", "left_out"),
    [
        ("%matplotlib inline\nx = 1", ["%matplotlib inline"]),
        ("x = 1\n!pip install numpy", ["!pip install numpy"]),
        ("!pip install \\\n  numpy\nx = 1", ["!pip install \\", "numpy"]),
        ("%%time\nx = 1", ["%%time"]),
        ("if True:\n    %cd /\nx = 1", ["%cd /"]),
        ("?print\nx = 1\nprint?", ["?print", "print?"]),
        ("x = 1\n%timeit '''\n", ["%timeit '''"]),
    ],
)
def test_magics_and_shell_lines_are_left_out_and_lines_stay_where_they_are(cell, left_out):
    cleaned = clean_cell(cell)
    assert cleaned.left_out == left_out
    assert not cleaned.is_whole
    assert len(cleaned.code.split("\n")) == len(cell.split("\n"))
    assert any(isinstance(node, ast.Assign) for node in ast.parse(cleaned.code).body)


@pytest.mark.parametrize(
    "cell",
    [
        'text = """\n%matplotlib inline\n!ls\n"""',
        "x = (7\n% 4)",
        "x = 7 \\\n% 4",
        "x = [  # a ( comment\n1\n% 2]",
        "x = '\\'('\ny = \"#\"\n",
        'x = r"\\"\n',
        "x = 'a\\\n%b'",
    ],
)
def test_what_is_inside_a_string_or_a_bracket_is_no_magic(cell):
    cleaned = clean_cell(cell)
    assert (cleaned.code, cleaned.left_out) == (cell, [])


@pytest.mark.parametrize("magic", ["%%bash", "%%html", "%%writefile conv.py", "%%javascript", "%%"])
def test_a_cell_in_another_language_is_left_out_whole(magic):
    read_ = read("x = 1", f"{magic}\nthis is (not Python")
    assert "not Python" not in read_.code
    (note,) = read_.notes
    assert note.startswith(f"Cell 2 was left out whole: it begins with {magic}")


def test_the_notes_name_cells_and_are_few():
    assert read("%a", "x = 1", "%b\n!c\n%d\n%e").notes == (
        "Cell 1: left out %a.",
        "Cell 3: left out %b, !c, %d and 1 more lines.",
    )
    notes = read(*["%a"] * 30).notes
    assert (len(notes), notes[-1]) == (21, "And so in 10 more cells.")


def test_features_of_the_future_move_to_the_top():
    code = read("x = 1", "from __future__ import annotations\ndef f(x: Unknown): ...").code
    compile(code, "conv.py", "exec")
    assert code.split("\n")[1] == "from __future__ import annotations"


def test_what_is_kept_is_a_notebook_without_outputs():
    kept = read("x = 1", "%a").kept
    again = nbformat.reads(kept, as_version=4)
    nbformat.validate(again)
    assert "image/png" not in kept
    assert [cell.source for cell in again.cells] == ["# A title", "x = 1", "%a"]
    assert read_notebook(kept.encode(), "conv.ipynb").code == read("x = 1", "%a").code


def deep(levels: int) -> bytes:
    return b"[" * levels + b"]" * levels


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (b"not json", "its JSON breaks off .line 1"),
        (notebook("x = 1")[:-40], "its JSON breaks off"),
        (b"[1, 2]", "is JSON, but not a notebook"),
        (b'{"cells": []}', "is JSON, but not a notebook"),
        (b"\xff\xfe", "not UTF-8"),
        (b'{"nbformat": 3, "worksheets": []}', "a notebook in format 3; format 4 is read"),
        (b'{"nbformat": "x"}', "in an unknown format"),
        (b'{"nbformat": 4}', "no list of cells"),
        (b'{"nbformat": 4, "cells": [1]}', "not a valid notebook"),
        (b'{"nbformat": 4, "cells": [{}]}', "not a valid notebook"),
        (b'{"nbformat": 4, "cells": [{"cell_type": "code", "source": 7}]}', "not a valid notebook"),
        (notebook(), "has no code cells"),
        (notebook("", "  \n"), "has no code cells"),
        (notebook("%%bash\nls"), "has no code cells"),
        (notebook("x = 1", metadata={"kernelspec": {"name": "ir", "language": "R"}}), "a notebook in R"),
        (notebook("x = 1", "def f(:\n  pass"), r"Cell 2 of conv.ipynb is not valid Python \(line 1"),
        (notebook("f(", ")"), "Cell 1 of conv.ipynb is not valid Python"),
        (notebook("x = 1\x00"), "Cell 1 of conv.ipynb cannot be read as Python|Cell 1 of conv.ipynb is not valid"),
        (notebook("x = '\ud800'"), "Cell 1 of conv.ipynb cannot be read as Python"),
        (notebook("x = 1", markdown="x" * 1_100_000), "KiB of text without its outputs"),
        (b" " * (MAX_NOTEBOOK_BYTES + 1), "4 MiB at most. Clear its outputs"),
        (deep(100_000), "nested too deeply"),
        (b'{"nbformat": 4, "cells": [' + deep(400) + b"]}", "not a valid notebook"),
        (b'{"nbformat": 4, "cells": [{"cell_type": "raw", "source": ' + deep(900) + b"}]}", "nested too deeply|valid"),
        (b'{"nbformat": ' + deep(900) + b"}", "unknown format|nested too deeply"),
        (b'{"nbformat": 4, "cells": ' + b"9" * 5000 + b"}", "not a notebook: it holds a number"),
        (notebook(*["#" * 1000] * 270), "KiB of code; a submission may have 256 KiB"),
    ],
)
def test_what_is_no_notebook_is_refused_with_its_reason(content, words):
    with pytest.raises(UploadRefused, match=words):
        read_notebook(content, "conv.ipynb")


def test_a_notebook_of_a_million_cells_is_refused_at_once():
    content = b'{"nbformat": 4, "cells": [' + b"{}," * 999_999 + b"{}]}"
    began = time.monotonic()
    with pytest.raises(UploadRefused, match="1,000,000 cells; a notebook may have 1,000"):
        read_notebook(content, "conv.ipynb")
    assert time.monotonic() - began < 5


@pytest.mark.parametrize("line", ["%a", "x = (", "'" * 3, '"\\', "[" * 100])
def test_a_long_cell_takes_little_time(line):
    times = MAX_BYTES // (len(line) + 1)
    began = time.monotonic()
    clean_cell(f"{line}\n" * times)
    clean_cell(line * times)
    assert time.monotonic() - began < 5


def test_outputs_of_any_depth_do_not_matter():
    data = json.loads(notebook("x = 1"))
    data["cells"][1]["outputs"] = json.loads(deep(500))
    assert "x = 1" in read_notebook(json.dumps(data).encode(), "conv.ipynb").code
