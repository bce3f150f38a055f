"""Notebooks and zips on the pages: handed in, shown with their notes and places, downloaded again."""

from __future__ import annotations

import io
import re
import zipfile
from io import BytesIO

import pytest

from grader.contract import Flag, Status
from tests.grader.contract.uploads import notebook, zip_of

ASSIGNMENT = "/courses/cnn-2026/assignments/04-conv-forward/"
PAGE = "/submissions/1/"
CODE = "def conv_forward(x, w):\n    return x, None\n"


@pytest.fixture
def upload(ada, published):
    def upload(content: bytes, name: str):
        return ada.post(f"{ASSIGNMENT}submissions", {"file": (BytesIO(content), name)}, page=ASSIGNMENT)

    return upload


def test_a_notebook_is_shown_by_cells_with_what_was_left_out(ada, upload):
    assert upload(notebook("%matplotlib inline", CODE), "conv.ipynb").status_code == 303
    page = ada.text(PAGE)
    assert "Cell 1: left out %matplotlib inline." in page
    assert "The code of <bdi>conv.ipynb</bdi>, as it was graded" in page
    assert '<tr id="line-4" class="cell-head"><th colspan="2" scope="rowgroup">Cell 2</th></tr>' in page
    assert '<tr id="line-5"><td class="line-number" data-number="1"></td>' in page


def test_a_notebook_is_downloaded_as_both_and_together(ada, upload):
    upload(notebook(CODE), "conv.ipynb")
    assert ada.get(f"{PAGE}files/conv.ipynb").mimetype == "application/x-ipynb+json"
    assert ada.get(f"{PAGE}files/conv.py").mimetype == "text/x-python"
    response = ada.get(f"{PAGE}files.zip")
    assert response.headers["Content-Disposition"] == 'attachment; filename="submission-1.zip"'
    with zipfile.ZipFile(io.BytesIO(response.data)) as archive:
        assert archive.namelist() == ["conv.py", "conv.ipynb"]


def test_the_files_of_a_submission_are_nobody_elses(signed_in, upload):
    upload(notebook(CODE), "conv.ipynb")
    assert signed_in("grace").get(f"{PAGE}files.zip").status_code == 404
    assert signed_in("lecturer").get(f"{PAGE}files.zip").status_code == 200


def test_messages_lead_to_the_cell(ada, upload, record, make_check):
    upload(notebook("import numpy as np", CODE), "conv.ipynb")
    check = make_check("values", 0.0, message="Your code raised X\n  cell 2, line 2, in conv_forward")
    record(type("Submission", (), {"id": 1}), (check,))
    assert '<a href="#line-6">cell 2, line 2</a>, in conv_forward' in ada.text(PAGE)


def test_several_files_are_shown_one_below_the_other_and_messages_lead_to_theirs(
    ada, teacher, upload, record, make_check
):
    files = {"conv.py": f"import layers\n{CODE}", "layers.py": "x = 1\ny = 2\n", "README": ""}
    upload(zip_of(files), "all.zip")
    check = make_check("values", 0.0, status=Status.ERROR, message="  layers.py, line 2, in f")
    record(type("Submission", (), {"id": 1}), (check,), flags=(Flag(1, "import", "Noticed.", "layers.py"),))
    page = ada.text(PAGE)
    assert [*re.findall(r"The submitted <bdi>(.*?)</bdi>", page)] == ["conv.py", "layers.py"]
    assert '<a href="#layers-line-2">layers.py, line 2</a>' in page
    assert '<tr id="layers-line-2">' in page
    assert "Left out: README." in page
    assert "All 2 files" in page
    assert '<a href="#layers-line-1">layers.py, line 1</a><span>Noticed.</span>' in teacher.text(PAGE)


def test_names_in_notes_are_text(ada, upload):
    upload(zip_of({"conv.py": CODE, "<img src=x onerror=alert(1)>.txt": ""}), "all.zip")
    assert "&lt;img src=x" in ada.text(PAGE)
    assert "<img src=x" not in ada.text(PAGE)


def test_the_editor_goes_on_from_a_notebooks_code_but_not_from_one_of_several_files(ada, upload):
    upload(zip_of({"conv.py": f"import layers\n{CODE}", "layers.py": ""}), "all.zip")
    assert "The starter, to go on from" in ada.text(ASSIGNMENT)
    upload(notebook(CODE), "conv.ipynb")
    page = ada.text(ASSIGNMENT)
    assert "Your latest submission, to go on from" in page
    assert "# ---- cell 1 ----" in page


def test_a_refused_notebook_does_not_fill_the_editor(upload):
    page = upload(notebook("def conv_forward(:"), "conv.ipynb").text
    assert "Cell 1 of conv.ipynb is not valid Python" in page
    assert "nbformat" not in page
    assert "The text of your file is in" not in page


def test_a_notebook_with_pictures_is_larger_than_other_requests_and_still_taken(ada, published):
    large = notebook(CODE, metadata={"widgets": "x" * 3_000_000})
    token = f'--edge\r\nContent-Disposition: form-data; name="csrf_token"\r\n\r\n{ada.token(ASSIGNMENT)}\r\n'
    head = '--edge\r\nContent-Disposition: form-data; name="file"; filename="conv.ipynb"\r\n\r\n'
    body, kind = f"{token}{head}".encode() + large + b"\r\n--edge--\r\n", "multipart/form-data; boundary=edge"
    assert ada.client.post(f"{ASSIGNMENT}submissions", data=body, content_type=kind).status_code == 303
    assert ada.client.post("/sign-in", data=body, content_type=kind).status_code == 413


def test_a_notebook_sent_after_the_session_ended_says_so_and_offers_no_empty_field(ada, published):
    data = {"file": (BytesIO(notebook(CODE)), "conv.ipynb"), "csrf_token": "old"}
    response = ada.client.post(f"{ASSIGNMENT}submissions", data=data, headers={"Sec-Fetch-Site": "same-origin"})
    assert response.status_code == 400
    assert 'name="code"' not in response.text
