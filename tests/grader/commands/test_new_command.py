"""`stride new`: a folder that passes `stride check` as it is, and a sentence for every name that cannot be one."""

from __future__ import annotations

import json
import re
import subprocess
import sys
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from grader.commands.new import TEMPLATES, new
from grader.contract import load_assignment
from grader.contract.assignment import PROFILES
from server.rendering.markdown import statement_html
from tests.grader.conftest import write_assignment

ROOT = Path(__file__).parents[3]


@pytest.fixture
def root(tmp_path) -> Path:
    """A folder of assignments with 90-doubling in it."""
    path = tmp_path / "assignments"
    write_assignment(path)
    return path


def make(root: Path, *arguments: str) -> Result:
    return CliRunner().invoke(new, list(arguments), env={"STRIDE_ASSIGNMENTS": str(root)})


@pytest.mark.parametrize("profile", PROFILES)
def test_new_assignment_passes_its_check_at_once(stride, folder, profile):
    assert stride("new", "row-sums", "--profile", profile).returncode == 0
    done = stride("check", "91", "--json")
    document = json.loads(done.stdout)
    assert document["problems"] == []
    assert done.returncode == 0
    kinds = sorted(sample["kind"] for sample in document["samples"])
    assert kinds == ["accepted", "crash", "starter", "wrong", "wrong"]
    assert document["mutation"][0]["named_share"] == 1


@pytest.mark.parametrize("profile", PROFILES)
def test_new_assignment_is_a_template_with_every_part(root, profile):
    assert make(root, "row-sums", "--profile", profile).exit_code == 0
    made = load_assignment(root / "91-row-sums")
    assert (made.title, made.profile) == ("Row sums", profile)
    published = (ROOT / "assignments" / "04-conv-forward" / "statement.md").read_text()
    headings = [re.findall(r"^## .+$", text, flags=re.MULTILINE) for text in (made.statement(), published)]
    assert headings[0] == headings[1]
    html = statement_html(made.statement(), "/")
    assert "<svg" in html
    assert "picture-refused" not in html
    checks = (made.folder / "checks.py").read_text()
    assert all(part in checks for part in ("for_all(", "parametrize", "mark.hidden", "expect_pure"))
    assert "@title@" not in "".join(path.read_text() for path in made.folder.rglob("*.*"))


@pytest.mark.parametrize("profile", PROFILES)
def test_new_assignment_is_in_the_projects_style(root, profile):
    make(root, "row-sums", "--profile", profile)
    ruff = [Path(sys.executable).parent / "ruff", "format", "--check", "--config", ROOT / "pyproject.toml"]
    done = subprocess.run([*map(str, ruff), str(root / "91-row-sums")], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout


@pytest.mark.parametrize("title", ['Sums "by hand"', "Σ \\ of {rows}", "@title@"])
def test_a_title_is_kept_as_it_was_given(root, title):
    assert make(root, "row-sums", "--title", title).exit_code == 0
    assert load_assignment(root / "91-row-sums").title == title


def test_the_number_is_the_one_given_or_the_next(root):
    assert make(root, "21-first").exit_code == 0
    assert make(root, "second").exit_code == 0
    assert {path.name for path in root.iterdir()} == {"21-first", "90-doubling", "91-second"}


QUESTIONS = 'title = "Sums"\n'


@pytest.fixture
def questions(root) -> Path:
    """A folder of questions alone beside the assignment."""
    folder = root / "21-row-sums"
    folder.mkdir()
    (folder / "quiz.toml").write_text(QUESTIONS)
    return folder


@pytest.mark.parametrize("name", ["row-sums", "21-row-sums"])
def test_questions_alone_become_an_assignment_and_stay(root, questions, name):
    done = make(root, name)
    assert done.exit_code == 0
    assert "Added an assignment to the questions in" in done.output
    assert load_assignment(questions).title == "Row sums"
    assert (questions / "quiz.toml").read_text() == QUESTIONS
    assert {path.name for path in root.iterdir()} == {"21-row-sums", "90-doubling"}
    assert make(root, name).exit_code == 2


@pytest.mark.parametrize("name", ["21-other", "22-row-sums"])
def test_questions_under_another_name_or_number_stay_alone(root, questions, name):
    done = make(root, name)
    assert done.exit_code == 2
    assert "there is 21-row-sums already" in " ".join(done.output.split())
    assert [path.name for path in questions.iterdir()] == ["quiz.toml"]


def test_what_somebody_has_begun_beside_the_questions_is_kept(root, questions):
    (questions / "checks.py").write_text("begun = True\n")
    done = make(root, "row-sums")
    assert done.exit_code == 2
    assert "checks.py is there already" in " ".join(done.output.split())
    assert {path.name for path in questions.iterdir()} == {"quiz.toml", "checks.py"}
    assert (questions / "checks.py").read_text() == "begun = True\n"


@pytest.mark.parametrize(
    ("name", "message"),
    [
        ("Row Sums", "cannot be an assignment's name: it is lower-case letters"),
        ("../outside", "cannot be an assignment's name"),
        ("2-sums", "such as row-sums, or 21-row-sums"),
        ("21", "cannot be an assignment's name"),
        ("row_sums", "cannot be an assignment's name"),
        ("", "cannot be an assignment's name"),
        ("doubling", "there is 90-doubling already"),
        ("12-doubling", "there is 90-doubling already"),
        ("90-other", "there is 90-doubling already"),
    ],
)
def test_a_name_that_is_bad_or_taken_is_refused_and_makes_nothing(root, name, message):
    done = make(root, "--", name)
    assert done.exit_code == 2
    assert message in " ".join(done.output.split())
    assert [path.name for path in root.iterdir()] == ["90-doubling"]


def test_when_the_last_number_is_taken_one_must_be_chosen(root):
    (root / "99-last").mkdir()
    done = make(root, "row-sums")
    assert done.exit_code == 2
    assert "give one that is free" in done.output


def test_a_missing_folder_of_assignments_is_named(tmp_path):
    done = make(tmp_path / "absent", "row-sums")
    assert done.exit_code == 2
    assert "absent is not a folder of assignments" in " ".join(done.output.split())


def test_a_folder_that_cannot_be_written_is_named():
    done = make(Path("/proc"), "row-sums")
    assert done.exit_code == 2
    assert "cannot be made" in done.output


def test_a_title_of_two_lines_is_refused(root):
    done = make(root, "row-sums", "--title", "one\ntwo")
    assert done.exit_code == 2
    assert "one line of text" in done.output


def test_templates_are_part_of_the_package():
    """Those of an installed package, not of this folder alone, are what the command reads."""
    assert {entry.name for entry in TEMPLATES.iterdir()} == {"common", *PROFILES}
    assert 'grader = ["templates/**/*"]' in (ROOT / "pyproject.toml").read_text()
