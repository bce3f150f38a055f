"""Who may see what: a student their own work, a lecturer their course's, and nobody else anything."""

from __future__ import annotations

import pytest

LECTURERS = [
    "/courses/cnn-2026/gradebook",
    "/courses/cnn-2026/gradebook.csv",
    "/courses/cnn-2026/gradebook.xlsx",
    "/courses/cnn-2026/people/1",
    "/courses/cnn-2026/roster/",
    "/courses/cnn-2026/publishing/",
]
SUBMISSION = ["/submissions/1/", "/submissions/1/state", "/submissions/1/files/conv.py"]
ASSIGNMENT = [
    "/courses/cnn-2026/assignments/04-conv-forward/",
    "/courses/cnn-2026/assignments/04-conv-forward/starter",
    "/courses/cnn-2026/assignments/04-conv-forward/pictures/kernel.png",
]
POSTS = [
    "/courses/cnn-2026/roster/",
    "/courses/cnn-2026/roster/codes",
    "/courses/cnn-2026/roster/remove",
    "/courses/cnn-2026/publishing/04-conv-forward",
    "/submissions/1/regrade",
    "/admin/courses",
    "/admin/lecturers",
]


@pytest.mark.parametrize("path", [*LECTURERS, *SUBMISSION, *ASSIGNMENT, "/", "/password", "/admin/"])
def test_a_stranger_is_sent_to_the_sign_in_page(visitor, submission, path):
    response = visitor.get(path)
    assert response.status_code == 302
    assert response.location.startswith("/sign-in")


@pytest.mark.parametrize("path", [*SUBMISSION, *ASSIGNMENT])
def test_a_student_sees_their_own_work(ada, submission, path):
    assert ada.get(path).status_code == 200


@pytest.mark.parametrize("path", [*LECTURERS, *SUBMISSION, "/admin/"])
def test_a_student_sees_nothing_of_others(signed_in, submission, path):
    assert signed_in("grace").get(path).status_code == 404


@pytest.mark.parametrize("path", [*LECTURERS, *SUBMISSION, *ASSIGNMENT])
def test_a_lecturer_sees_their_course(teacher, submission, path):
    assert teacher.get(path).status_code == 200


@pytest.mark.parametrize("path", [*LECTURERS, *SUBMISSION, *ASSIGNMENT, "/admin/"])
def test_a_lecturer_of_another_course_sees_nothing_of_this_one(signed_in, submission, path):
    assert signed_in("stranger").get(path).status_code == 404


@pytest.mark.parametrize("path", [*LECTURERS, *SUBMISSION, *ASSIGNMENT, "/admin/"])
def test_an_administrator_sees_every_course(signed_in, submission, path):
    assert signed_in("root").get(path).status_code == 200


@pytest.mark.parametrize("path", POSTS)
@pytest.mark.parametrize("name", ["ada", "stranger"])
def test_nobody_else_changes_a_course(signed_in, submission, name, path):
    visitor = signed_in(name)
    response = visitor.post(path, {"person": str(submission.person_id), "text": "100003"}, page="/")
    assert response.status_code == 404


def test_a_stranger_cannot_hand_in(signed_in, published):
    path = "/courses/cnn-2026/assignments/04-conv-forward/submissions"
    assert signed_in("stranger").post(path, {"code": "x = 1"}, page="/").status_code == 404


def test_a_lecturer_looks_up_no_stranger(teacher, people):
    assert teacher.get(f"/courses/cnn-2026/people/{people['stranger'].id}").status_code == 404


def test_work_of_somebody_who_left_stays_in_sight(teacher, s, course, people, submission):
    from server.services import courses

    courses.unenrol(s, course, people["ada"])
    s.commit()
    assert "conv.py" in teacher.text(f"/courses/cnn-2026/people/{people['ada'].id}")


@pytest.mark.parametrize("number", ["0", "99", "99999999999999999999"])
def test_a_submission_that_is_not_there_is_not_found(teacher, submission, number):
    assert teacher.get(f"/submissions/{number}/").status_code == 404


def test_students_do_not_see_what_is_not_visible(ada, teacher, republish):
    republish(visible=False)
    for path in ASSIGNMENT:
        assert ada.get(path).status_code == 404
        assert teacher.get(path).status_code == 200
    assert "04-conv-forward" not in ada.text("/")


def test_students_see_that_something_opens_but_not_what(ada, teacher, republish):
    republish(opens=2)
    page = ada.text(ASSIGNMENT[0])
    assert "opens" in page
    assert "What to do" not in page
    assert 'name="file"' not in page
    for path in ASSIGNMENT[1:]:
        assert ada.get(path).status_code == 404
    assert "What to do" in teacher.text(ASSIGNMENT[0])


def test_the_state_of_a_submission_tells_a_script_that_it_is_signed_out(visitor, submission):
    response = visitor.get("/submissions/1/state", headers={"Accept": "application/json"})
    assert response.status_code == 401
    assert response.json["sign_in"] == "/sign-in"
