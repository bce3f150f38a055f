"""Every assignment's folder holds what students and graders need."""

from __future__ import annotations

import ast
import re
from pathlib import Path

import pytest

from grader.contract import Assignment, check_upload, load_assignments
from server.rendering.markdown import statement_html

ROOT = Path(__file__).parents[2] / "assignments"
ASSIGNMENTS = load_assignments(ROOT)
SECTIONS = [
    *("Goal", "Signature", "Shapes", "The maths", "Conventions", "Example"),
    *("How it is graded", "From the lectures"),
]
KINDS = ("accepted", "wrong", "crash", "time_limit", "hostile")

each = pytest.mark.parametrize("assignment", ASSIGNMENTS.values(), ids=ASSIGNMENTS.keys())


def sample_files(*kinds: str) -> list:
    return [
        pytest.param(assignment, path, id=f"{assignment.number}-{kind}-{path.stem}")
        for assignment in ASSIGNMENTS.values()
        for kind in kinds
        for path in assignment.submissions(kind)
    ]


def test_the_first_three_assignments_are_there() -> None:
    assert {"04-conv-forward", "08-pooling", "12-lenet5"} <= set(ASSIGNMENTS)


@each
def test_statement_has_every_section_in_order(assignment: Assignment) -> None:
    assert re.findall(r"^## (.+)$", assignment.statement(), flags=re.MULTILINE) == SECTIONS


@each
def test_statement_formulas_can_all_be_set(assignment: Assignment) -> None:
    html = statement_html(assignment.statement(), "/")
    assert "<math" in html
    assert "formula-source" not in html
    assert "$" not in re.sub(r"<pre.*?</pre>|<code.*?</code>|<annotation.*?</annotation>", "", html, flags=re.DOTALL)


@each
def test_statement_names_every_entry(assignment: Assignment) -> None:
    code = "".join(re.findall(r"```python\n(.*?)```", assignment.statement(), flags=re.DOTALL))
    for entry in assignment.entries:
        assert re.search(rf"(def|class) {entry.name}\b", code)


@each
def test_texts_for_students_name_the_deck_and_not_its_file(assignment: Assignment) -> None:
    assert assignment.sources
    for text in (assignment.statement(), assignment.summary, *assignment.sources):
        assert ".txt" not in text
        assert not re.search(r"\bD[123]\b|\bE\d+\b", text)


@each
def test_starter_can_be_uploaded_and_says_that_it_is_unwritten(assignment: Assignment) -> None:
    text = check_upload(assignment.starter().encode(), assignment.filename, assignment.entries)
    names: dict = {}
    exec(compile(text, assignment.filename, "exec"), names)
    for entry in assignment.entries:
        assert names[entry.name].__doc__
        with pytest.raises((NotImplementedError, TypeError)):
            names[entry.name]()
    assert text.count("raise NotImplementedError(") >= len(assignment.entries)


@each
def test_starter_signature_is_that_of_the_statement(assignment: Assignment) -> None:
    for node in ast.parse(assignment.starter()).body:
        if isinstance(node, ast.FunctionDef) and node.name in {entry.name for entry in assignment.entries}:
            (entry,) = (entry for entry in assignment.entries if entry.name == node.name)
            assert entry.signature == f"({', '.join(argument.arg for argument in node.args.args)})"
            assert all(argument.annotation for argument in node.args.args)
            assert node.returns


@each
def test_there_are_samples_of_every_kind(assignment: Assignment) -> None:
    assert len(assignment.submissions("accepted")) >= 2
    assert len(assignment.submissions("wrong")) >= 15
    assert all(assignment.submissions(kind) for kind in KINDS)


@pytest.mark.parametrize(("assignment", "path"), sample_files(*KINDS))
def test_sample_can_be_uploaded(assignment: Assignment, path: Path) -> None:
    text = check_upload(path.read_bytes(), path.name, assignment.entries)
    docstring = ast.get_docstring(ast.parse(text))
    assert docstring
    assert docstring.endswith(".")


@each
def test_lessons_are_different_sentences_that_fit_on_a_line(assignment: Assignment) -> None:
    trees = [ast.parse(path.read_text(encoding="utf-8")) for path in assignment.submissions("wrong")]
    lessons = [(ast.get_docstring(tree) or "").splitlines()[0] for tree in trees]
    assert len(set(lessons)) == len(lessons)
    for lesson in lessons:
        assert re.fullmatch(r"[A-Z][^\n]{30,117}\.", lesson), lesson
