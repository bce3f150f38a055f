"""Notebooks and zips as submissions: what is stored, what graders get, and that a regrade repeats it."""

from __future__ import annotations

import pytest
from sqlalchemy.orm import Session

from grader.contract import Assignment
from grader.contract.cells import TITLE
from server.models import CourseAssignment, Person, State, Submission
from server.services import grading, outbox, submissions
from server.services.errors import SubmissionRefused
from tests.grader.contract.uploads import notebook, zip_of

CODE = "def conv_forward(x):\n    return x, None\n"


@pytest.fixture
def upload(s: Session, published: CourseAssignment, conv: Assignment, student: Person):
    def upload(content: bytes, name: str) -> Submission:
        submission = submissions.submit(s, published, conv, student, name, content)
        s.commit()
        s.expire_all()
        return submission

    return upload


def test_a_notebook_is_stored_with_its_python_and_only_that_is_sent(s: Session, upload):
    submission = upload(notebook("%matplotlib inline", CODE), "Übung 1.ipynb")
    assert [(file.name, file.is_graded) for file in submission.files] == [("bung_1.py", True), ("bung_1.ipynb", False)]
    assert submission.notes == ["Cell 1: left out %matplotlib inline."]
    assert "image/png" not in submission.files[1].content
    files = submissions.job_of(submission).files
    assert list(files) == ["bung_1.py"]
    assert files["bung_1.py"].startswith(TITLE)


def test_the_files_of_a_zip_are_sent_with_the_entry_first(upload):
    files = {"a.py": "y = 1\n", "conv.py": f"import a\n{CODE}", "B.py": "", "data.csv": ""}
    submission = upload(zip_of(files), "all.zip")
    assert list(submissions.job_of(submission).files) == ["conv.py", "B.py", "a.py"]
    assert submission.notes == ["Left out: data.csv. Only Python files beside conv.py are taken."]


def test_an_ordinary_file_has_no_notes(upload):
    assert upload(CODE.encode(), "conv.py").notes == []


def test_a_regrade_sends_the_same_files_again(s: Session, upload, make_result):
    submission = upload(notebook(CODE), "conv.ipynb")
    first = submissions.job_of(submission)
    grading.record(s, make_result(), submission.id, 1)
    assert submission.state is State.GRADED
    outbox.take(s)
    grading.regrade(s, submission)
    (letter,) = outbox.take(s)
    assert (letter.job.files, letter.job.seed) == (first.files, first.seed)


def test_a_refused_upload_stores_nothing(s: Session, upload):
    for content, name in ((zip_of({"numpy.py": "", "conv.py": CODE}), "a.zip"), (notebook("x ="), "a.ipynb")):
        with pytest.raises(SubmissionRefused):
            upload(content, name)
    assert s.query(Submission).count() == 0


def test_markdown_that_no_database_takes_is_stored_all_the_same(upload):
    submission = upload(notebook(CODE, markdown="a\x00b\ud800"), "conv.ipynb")
    assert "a\\u0000b?" in submission.files[1].content


@pytest.mark.parametrize(
    ("filename", "name"),
    [("my conv (1).ipynb", "my_conv_1.py"), ("A.IPYNB", "A.py"), ("2.ipynb", "conv_2.py"), (".ipynb", "conv.py")],
)
def test_a_notebooks_name_becomes_a_modules(filename, name):
    assert submissions.clean_filename(filename, "conv.py") == name
