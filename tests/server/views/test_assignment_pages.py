"""An assignment's page: its statement, and handing in."""

from __future__ import annotations

import re
import zipfile
from collections.abc import Callable
from io import BytesIO

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from server.models import State, Submission
from server.services import courses
from tests.grader.contract.uploads import notebook

PAGE = "/courses/cnn-2026/assignments/04-conv-forward/"
SUBMIT = f"{PAGE}submissions"
CODE = "def conv_forward(x, w):\n    return x, None\n"


@pytest.fixture(autouse=True)
def _published(published):
    pass


@pytest.fixture
def upload(ada) -> Callable:
    def upload(content: bytes, name: str = "conv.py", **kwargs):
        return ada.post(SUBMIT, {"file": (BytesIO(content), name)}, page=PAGE, **kwargs)

    return upload


def stored(s: Session) -> list[Submission]:
    return list(s.scalars(select(Submission).order_by(Submission.id)))


def editor(page: str) -> str:
    found = re.search(r'<textarea[^>]*id="code"[^>]*>\s?(.*?)</textarea>', page, re.DOTALL)
    return found.group(1).replace("&#39;", "'").replace("&#34;", '"')


def test_the_statement_is_rendered_with_maths_code_pictures_and_anchors(ada):
    page = ada.text(PAGE)
    assert "<math" in page
    assert "<msub><mi>z</mi>" in page
    assert '<span class="k">def</span>' in page
    assert 'id="what-to-do"' in page
    assert f'src="{PAGE}pictures/kernel.png"' in page
    assert "&lt;script&gt;alert" in page
    assert "<h1" in page
    assert page.count("Conv forward</h1>") == 0, "the statement's own title is left out"


def test_a_picture_is_served_and_nothing_else_of_the_folder(ada):
    assert ada.get(f"{PAGE}pictures/kernel.png").mimetype == "image/png"
    for path in [
        "checks.py",
        "../04-conv-forward/checks.py",
        "%2e%2e/x.png",
        "submissions/wrong/picture.png",
        "no.png",
    ]:
        assert ada.get(f"{PAGE}pictures/{path}").status_code == 404, path


def test_the_starter_is_a_download(ada):
    response = ada.get(f"{PAGE}starter")
    assert response.headers["Content-Disposition"] == 'attachment; filename="conv.py"'
    assert b"NotImplementedError" in response.data


def test_the_editor_holds_the_starter_and_later_the_latest_submission(ada, upload):
    assert "raise NotImplementedError" in editor(ada.text(PAGE))
    upload(CODE.encode())
    assert editor(ada.text(PAGE)).strip() == CODE.strip()


def test_a_file_becomes_a_queued_submission(ada, upload, s: Session):
    response = upload(CODE.encode(), "my conv.py")
    (submission,) = stored(s)
    assert response.status_code == 303
    assert response.location == f"/submissions/{submission.id}/"
    assert submission.state is State.QUEUED
    assert [(file.name, file.content) for file in submission.files] == [("my_conv.py", CODE)]
    assert "Next in the queue" in ada.text(response.location)


def test_code_from_the_editor_becomes_a_submission_too(ada, s: Session):
    response = ada.post(SUBMIT, {"code": CODE.replace("\n", "\r\n")}, page=PAGE)
    assert response.status_code == 303
    assert stored(s)[0].files[0].content == CODE


def zip_file() -> bytes:
    out = BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("conv.py", "0" * 5_000_000)
    return out.getvalue()


@pytest.mark.parametrize(
    ("content", "name", "words"),
    [
        (b"", "conv.py", "is empty"),
        (b"\n  \n", "conv.py", "only blank lines"),
        (b"def conv_forward(:\n", "conv.py", "not valid Python (line 1"),
        (b"def conf_forward(x):\n    pass\n", "conv.py", "conf_forward: is that the one"),
        (b"x = 1\n", "conv.py", "does not define the function conv_forward"),
        ("# \u00e9\n".encode("latin-1") + CODE.encode(), "conv.py", "not UTF-8"),
        (zip_file(), "conv.py", "is a zip archive"),
        (zip_file(), "conv.zip", "holds conv.py, packed to one"),
        (notebook("x = 1", "def conv_forward(:"), "conv.ipynb", "Cell 2 of conv.ipynb is not valid Python (line 1"),
        (b'{"nbformat": 3}', "conv.ipynb", "format 4 is read"),
        (CODE.encode(), "conv.txt", "must end in .py"),
        (b"#" + b"x" * 300_000, "conv.py", "256 KiB at most"),
        (b"\x00" + CODE.encode(), "conv.py", "null byte"),
    ],
)
def test_a_file_that_cannot_be_graded_is_refused_with_the_reason(upload, s: Session, content, name, words):
    response = upload(content, name)
    assert response.status_code == 422
    assert words in response.text
    assert 'role="alert"' in response.text
    assert stored(s) == []


def test_no_file_at_all_is_refused(ada, s: Session):
    response = ada.post(SUBMIT, {"file": (BytesIO(b""), "")}, page=PAGE)
    assert response.status_code == 422
    assert "No file was chosen" in response.text
    assert stored(s) == []


def test_a_refused_file_goes_on_in_the_editor(upload):
    response = upload(b"def conv_forward(x, w):\n    return x[[\n")
    assert "return x[[" in editor(response.text)
    assert "The text of your file is in" in response.text


def test_refused_code_stays_in_the_editor(ada):
    code = "# </textarea><script>alert(1)</script>\ndef conv_forward(x, w:\n"
    response = ada.post(SUBMIT, {"code": code}, page=PAGE)
    assert response.status_code == 422
    assert "&lt;/textarea&gt;&lt;script&gt;" in response.text
    assert "<script>alert(1)" not in response.text


def test_a_file_over_the_requests_limit_is_refused_in_style(ada, s: Session):
    head = b'--edge\r\nContent-Disposition: form-data; name="file"; filename="conv.py"\r\n\r\n'
    body = head + b"x" * 5_500_000 + b"\r\n--edge--\r\n"
    response = ada.client.post(SUBMIT, data=body, content_type="multipart/form-data; boundary=edge")
    assert response.status_code == 413
    assert "256 KiB" in response.text
    assert stored(s) == []


def test_a_hostile_file_name_is_shown_as_text(upload):
    response = upload(b"x = 1\n", "<img src=x onerror=alert(1)>.py")
    assert "<img src=x" not in response.text
    assert "does not define" in response.text


def test_what_was_typed_survives_a_page_that_is_too_old(ada, s: Session):
    here = {"Sec-Fetch-Site": "same-origin"}
    old = ada.client.post(SUBMIT, data={"code": CODE, "csrf_token": "old"}, headers=here)
    assert old.status_code == 400
    assert "nothing is lost" in old.text
    assert "return x, None" in old.text
    again = re.search(r'action="([^"]+)"', old.text.split("<main")[1]).group(1)
    token = re.search(r'<main.*?name="csrf_token" value="([^"]+)"', old.text, re.DOTALL).group(1)
    assert ada.client.post(again, data={"code": CODE, "csrf_token": token}).status_code == 303
    assert len(stored(s)) == 1


def test_a_file_survives_a_page_that_is_too_old_as_text(ada):
    data = {"file": (BytesIO(CODE.encode()), "conv.py"), "csrf_token": "old"}
    old = ada.client.post(SUBMIT, data=data, headers={"Origin": "http://localhost"})
    assert old.status_code == 400
    assert 'name="code"' in old.text
    assert "return x, None" in old.text


def test_what_another_site_sends_is_not_offered_for_sending(ada):
    for headers in [{"Sec-Fetch-Site": "cross-site"}, {"Origin": "https://evil.example"}, {}]:
        response = ada.client.post(SUBMIT, data={"code": CODE}, headers=headers)
        assert response.status_code == 400
        assert "return x, None" not in response.text


def test_what_was_typed_survives_the_end_of_the_session(visitor, people):
    response = visitor.post(SUBMIT, {"code": CODE}, headers={"Sec-Fetch-Site": "same-origin"})
    assert response.status_code == 401
    assert "return x, None" in response.text
    assert "Sign in, in a new tab" in response.text


def test_a_late_submission_is_taken_and_said_to_be_late(ada, upload, republish, s: Session):
    republish(due=-1)
    assert "past the due date" in ada.text(PAGE)
    response = upload(CODE.encode())
    assert stored(s)[0].is_late
    assert "does not count" in ada.text(response.location)


def test_nothing_is_taken_before_the_opening(ada, republish, s: Session):
    republish(opens=1)
    response = ada.post(SUBMIT, {"code": CODE}, page="/")
    assert response.status_code == 422
    assert stored(s) == []


def test_too_many_waiting_submissions_are_refused_and_kept(ada, upload):
    for _ in range(3):
        assert upload(CODE.encode()).status_code == 303
    response = upload(CODE.encode())
    assert response.status_code == 422
    assert "still being graded" in response.text


def test_my_submissions_are_listed_with_their_scores(ada, submission, record):
    record(submission, score=7.5)
    page = ada.text(PAGE)
    assert "#1" in page
    assert "7.5" in page


def test_an_assignment_whose_folder_is_gone_says_so(ada, teacher, s: Session, course, conv):
    from dataclasses import replace

    courses.publish(s, course, replace(conv, id="09-gone"), opens_at=None, due_at=None, points=5)
    s.commit()
    page = PAGE.replace("04-conv-forward", "09-gone")
    assert "cannot be used at the moment" in ada.text(page)
    assert "What is wrong with it" in teacher.text(page)
    assert ada.get(f"{page}starter").status_code == 404
    assert "09-gone" in ada.text("/")


def test_my_courses_shows_due_times_scores_and_states(ada, teacher, republish, submission, record):
    republish(due=50, points=20)
    assert "Waiting" in ada.text("/")
    record(submission, score=7.5)
    page = ada.text("/")
    assert re.search(r'Due <time datetime="[^"]+" data-form="both"[^>]*>in 2 days · ', page)
    assert "15<span" in page
    assert "1 submission" in page
    assert "Gradebook" not in page
    assert "Gradebook" in teacher.text("/")


def test_my_courses_says_what_to_do_when_there_is_none(visitor, s: Session, people):
    from server.services import accounts

    accounts.set_password(s, accounts.create_person(s, "newcomer"), "a very long one")
    s.commit()
    visitor.sign_in("newcomer", "a very long one")
    page = visitor.text("/")
    assert "You are not in a course yet" in page
    assert "newcomer" in page
