"""Enrolling lists, one-time codes, taking people out."""

from __future__ import annotations

import re
from io import BytesIO

import pytest
from sqlalchemy.orm import Session

from server.models import EnrolmentRole
from server.quiz.spreadsheet import write_table
from server.services import accounts, courses

PAGE = "/courses/cnn-2026/roster/"
CODE = r"[2-9A-HJ-Z]{4}-[2-9A-HJ-Z]{4}-[2-9A-HJ-Z]{4}"


def enrol(visitor, text: str = "", file: tuple[bytes, str] | None = None):
    data: dict = {"text": text}
    if file:
        data["file"] = (BytesIO(file[0]), file[1])
    return visitor.post(PAGE, data, page=PAGE)


def test_pasted_numbers_are_enrolled_and_reported(teacher, people, s: Session, course):
    response = enrol(teacher, "100003\n100001\n100004\n")
    assert "2 enrolled, 1 was in the course already" in response.text
    assert accounts.person_by_number(s, "100003") is not None
    assert len(courses.members(s, course)) == 5


def test_refused_lines_are_named_and_the_list_stays_to_be_mended(teacher, people):
    response = enrol(teacher, "100003\n<b>no</b>\n")
    assert "1 line not taken" in response.text
    assert "Line 2" in response.text
    assert "&lt;b&gt;no" in response.text
    assert re.search(r"<textarea[^>]*>\s*100003", response.text)


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "cp1252"])
def test_a_csv_file_is_read_in_the_encodings_that_spreadsheets_write(teacher, people, s: Session, encoding):
    table = "Matrikelnummer;Vorname;Nachname\n100005;Käthe;Müller\n".encode(encoding)
    assert "1 enrolled" in enrol(teacher, file=(table, "list.csv")).text
    assert accounts.person_by_number(s, "100005").name == "Käthe Müller"


def test_an_excel_file_is_read_and_comes_back_as_text_to_be_mended(teacher, people, s: Session):
    table = write_table([["Student number", "Name"], [100005, "Käthe Müller"], ["no number!", "X"]], "xlsx")

    page = enrol(teacher, file=(table, "list.xlsx")).text

    assert "1 enrolled" in page
    assert "Line 3" in page
    assert re.search(r"<textarea[^>]*>\s*Student number\tName\s*100005\tKäthe", page)
    assert accounts.person_by_number(s, "100005").name == "Käthe Müller"


@pytest.mark.parametrize(
    ("text", "file", "words"),
    [
        ("", None, "The list is empty"),
        ("name,email\nAda,a@example.org\n", None, "one of them must be the student number"),
        ("", (b"PK\x03\x04\x00\x00", "list.xlsx"), "The workbook cannot be read"),
        ("", (b"\x89PNG\x00\x00", "list.png"), "list.png is neither text nor an .xlsx table"),
    ],
)
def test_a_list_that_cannot_be_read_is_refused_whole_and_kept(teacher, people, text, file, words):
    response = enrol(teacher, text, file)
    assert response.status_code == 422
    assert words in response.text
    assert text.split("\n")[0] in response.text


def test_a_code_is_shown_once_and_signs_in(app, teacher, visitor, people, s: Session):
    response = teacher.post(f"{PAGE}codes", {"person": str(people["ada"].id)}, page=PAGE)
    code = re.search(CODE, response.text).group()
    assert response.headers["Cache-Control"] == "no-store"
    assert not re.search(CODE, teacher.text(PAGE))
    assert visitor.post("/sign-in/code", {"code": code}).location == "/password?next=/"


def test_codes_for_all_go_to_students_without_a_password(teacher, people):
    enrol(teacher, "100003\n100004\n")
    page = teacher.post(f"{PAGE}codes", {"person": "all"}, page=PAGE).text
    assert len(re.findall(CODE, page)) == 2
    assert "100003" in page
    assert "100001" not in page


def test_codes_that_are_handed_out_hold_when_more_are_made(teacher, people):
    enrol(teacher, "100003\n")
    teacher.post(f"{PAGE}codes", {"person": "new"}, page=PAGE)
    enrol(teacher, "100004\n")

    roster = teacher.text(PAGE)
    page = teacher.post(f"{PAGE}codes", {"person": "new"}, page=PAGE).text

    assert "Codes for the 1 without a password or a code" in roster
    assert "New codes for all 2: 1 unused one becomes void" in roster
    assert "100004" in page
    assert "100003" not in page


@pytest.mark.parametrize("wanted", ["new", "all"])
def test_codes_for_many_say_when_nobody_needs_one(teacher, people, wanted):
    response = teacher.post(f"{PAGE}codes", {"person": wanted}, page=PAGE, follow_redirects=True)
    assert "has a password or a code already" in response.text


@pytest.mark.parametrize("victim", ["root", "stranger"])
def test_a_lecturer_cannot_take_over_a_staff_account_by_enrolling_it(teacher, people, victim):
    enrol(teacher, people[victim].number)
    response = teacher.post(f"{PAGE}codes", {"person": str(people[victim].id)}, page=PAGE, follow_redirects=True)
    assert not re.search(CODE, response.text)
    assert "made by an administrator" in response.text


def test_an_administrator_issues_codes_to_staff(signed_in, people):
    response = signed_in("root").post(f"{PAGE}codes", {"person": str(people["lecturer"].id)}, page=PAGE)
    assert re.search(CODE, response.text)


@pytest.mark.parametrize("person", ["", "0", "abc", "99999999999999", "-1", "²"])
def test_a_code_for_nobody_is_not_found(teacher, people, person):
    assert teacher.post(f"{PAGE}codes", {"person": person}, page=PAGE).status_code == 404


def test_no_code_for_somebody_of_another_course(teacher, people):
    assert teacher.post(f"{PAGE}codes", {"person": str(people["stranger"].id)}, page=PAGE).status_code == 404


def test_removing_somebody_keeps_their_account(teacher, people, s: Session, course):
    response = teacher.post(f"{PAGE}remove", {"person": str(people["grace"].id)}, page=PAGE, follow_redirects=True)
    assert "100002 is no longer in the course" in response.text
    assert courses.role_in(s, course, people["grace"]) is None
    assert accounts.person_by_number(s, "100002") is not None


def test_a_lecturer_cannot_remove_themselves(teacher, people, s: Session, course):
    teacher.post(f"{PAGE}remove", {"person": str(people["lecturer"].id)}, page=PAGE)
    assert courses.role_in(s, course, people["lecturer"]) is EnrolmentRole.LECTURER
