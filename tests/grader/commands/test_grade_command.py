"""`stride grade` in a terminal: the score, the feedback, the JSON, the exit codes."""

from __future__ import annotations

import json

import pytest

from grader.contract import Result
from tests.grader.conftest import ACCEPTED, WRONG
from tests.grader.contract.uploads import notebook, zip_of


@pytest.fixture
def write(tmp_path):
    def save(text: str, name: str = "mine.py"):
        path = tmp_path / name
        path.write_text(text)
        return path

    return save


def test_accepted_file_scores_full_marks_and_exits_with_0(stride, write):
    done = stride("grade", "90-doubling", write(ACCEPTED))
    assert done.returncode == 0, done.stderr
    assert "Doubling: 5 of 5 points" in done.stdout


def test_wrong_file_exits_with_0_and_shows_hint_call_and_seed(stride, write):
    done = stride("grade", "90", write(WRONG["triples"]), "--seed", 3)
    assert done.returncode == 0
    assert "Hint: You multiply by three." in done.stdout
    assert "called: double(float64[2, 3], 2)" in done.stdout
    assert "--seed 3" in done.stdout


def test_a_line_that_is_piped_on_is_not_wrapped(stride, write):
    done = stride("grade", "90", write(WRONG["triples"]), COLUMNS="20")
    assert "    called: double(float64[2, 3], 2)" in done.stdout.splitlines()
    assert done.stderr == ""


def test_json_is_the_result_alone_on_standard_output(stride, write):
    done = stride("grade", "90-doubling", write(WRONG["triples"]), "--json", "--seed", 3)
    result = Result.from_dict(json.loads(done.stdout))
    assert (result.score, result.max_score, result.seed) == (1.0, 5.0, 3)
    assert [check.diagnosis for check in result.checks if check.points == 0] == ["You multiply by three."] * 3


def test_a_limit_is_named_beside_the_status(stride, write):
    done = stride("grade", "90", write("def double(x, factor):\n    while True: pass\n\ndef back(cache): pass\n"))
    assert "timeout · time per check" in done.stdout


def test_flags_are_shown_to_who_asks_for_them_alone(stride, write):
    file = write(f"import os\n{ACCEPTED}")
    assert json.loads(stride("grade", "90", file, "--json").stdout)["flags"] == []
    assert "Worth a look" not in stride("grade", "90", file).stdout
    (flag,) = json.loads(stride("grade", "90", file, "--json", "--flags").stdout)["flags"]
    assert (flag["line"], flag["rule"]) == (1, "import")
    assert "Worth a look line 1: Imports os" in stride("grade", "90", file, "--flags").stdout


def test_gradescope_document_is_printed(stride, write):
    document = json.loads(stride("grade", "90", write(ACCEPTED), "--gradescope").stdout)
    assert document["score"] == 5.0
    assert len(document["tests"]) == 4


@pytest.mark.parametrize(
    ("source", "text"),
    [
        ("def double(:", "not valid Python"),
        ("", "is empty"),
        ("def doubel(x): ...", "does not define the function double"),
    ],
)
def test_bad_file_exits_with_2_and_says_why(stride, write, source, text):
    done = stride("grade", "90", write(source))
    assert done.returncode == 2
    assert text in " ".join(done.stderr.split())
    assert done.stdout == ""


@pytest.mark.parametrize(
    ("arguments", "text"),
    [
        (["91", "mine.py"], "There is no assignment 91. There are: 90-doubling."),
        (["90-dubling", "mine.py"], "There is no assignment 90-dubling. Near it: 90-doubling."),
        (["90", "absent.py"], "does not exist"),
        (["90", "mine.py", "--seed", "-1"], "not in the range"),
        ([], "Missing argument"),
    ],
)
def test_bad_usage_exits_with_2_and_says_why(stride, write, arguments, text):
    write(ACCEPTED)
    done = stride("grade", *arguments)
    assert done.returncode == 2
    assert text in " ".join(done.stderr.split())


def test_without_bubblewrap_it_refuses_with_3_and_says_what_to_install(stride, write):
    done = stride("grade", "90", write(ACCEPTED), PATH="/nowhere")
    assert done.returncode == 3
    assert "apt-get install bubblewrap" in done.stderr


def test_unsandboxed_grades_and_says_so_aloud(stride, write):
    done = stride("grade", "90", write(ACCEPTED), "--unsandboxed", "--json", PATH="/nowhere")
    assert done.returncode == 0, done.stderr
    assert "Without a sandbox: this file runs with all your rights" in done.stderr
    document = json.loads(done.stdout)
    assert (document["score"], document["worker"]["sandbox"]) == (5.0, "none")


def test_broken_checks_exit_with_3(stride, write, folder):
    (folder / "90-doubling" / "checks.py").write_text("1 / 0\n")
    done = stride("grade", "90", write(ACCEPTED))
    assert done.returncode == 3
    assert "Stride failed, not your file" in done.stderr


def test_a_broken_assignment_folder_exits_with_2_and_names_it(stride, write, folder):
    (folder / "90-doubling" / "assignment.toml").write_text("title = 1\n")
    done = stride("grade", "90", write(ACCEPTED))
    assert done.returncode == 2
    assert "90-doubling/assignment.toml" in " ".join(done.stderr.split())


def test_a_notebook_is_graded_and_what_was_left_out_is_said_apart_from_the_json(stride, tmp_path):
    path = tmp_path / "mine.ipynb"
    path.write_bytes(notebook("%matplotlib inline", ACCEPTED))
    done = stride("grade", "90", path, "--json")
    assert json.loads(done.stdout)["score"] == 5.0
    assert "Cell 1: left out %matplotlib inline." in done.stderr


def test_a_notebooks_syntax_error_names_the_cell(stride, tmp_path):
    path = tmp_path / "mine.ipynb"
    path.write_bytes(notebook(ACCEPTED, "x = 1\ny = ("))
    done = stride("grade", "90", path)
    assert done.returncode == 2
    assert "Cell 2 of mine.ipynb is not valid Python (line 2" in done.stderr


def test_a_zip_is_graded_and_flags_name_the_file(stride, tmp_path):
    path = tmp_path / "mine.zip"
    path.write_bytes(
        zip_of({"twice.py": "from layers import *\n", "layers.py": f"import os\n{ACCEPTED}", "notes.txt": ""})
    )
    done = stride("grade", "90", path, "--flags")
    assert "5 of 5 points" in done.stdout
    assert "Worth a look layers.py, line 1: Imports os" in done.stdout
    assert "Left out: notes.txt." in done.stderr
