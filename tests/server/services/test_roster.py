from __future__ import annotations

import pytest
from sqlalchemy.orm import Session

from server.models import Course, EnrolmentRole, Person
from server.services import accounts, courses
from server.services.errors import RosterRefused
from server.services.roster import read_roster


def read(text: str) -> list[tuple[int, str, str, str]]:
    return [(row.line, row.number, row.name, row.email) for row in read_roster(text)]


def test_numbers_stand_line_by_line():
    assert read("100001\n\n  100002 \r\n") == [(1, "100001", "", ""), (3, "100002", "", "")]


@pytest.mark.parametrize(
    "text",
    [
        "number,name,email\n1,Ada Lovelace,ada@x.org\n",
        "E-Mail;Matrikelnummer;Nachname;Vorname\nada@x.org;1;Lovelace;Ada\n",
        '\ufeffStudent ID\tFull name\tEmail address\n1\t"Ada Lovelace"\tada@x.org\n',
        "First name,Last name,SID,Email,Sections\nAda,Lovelace,1,ada@x.org,A\n",
        '"Matr.-Nr.","Name","Mail"\n"1","Ada Lovelace","ada@x.org"\n',
    ],
)
def test_tables_of_campus_systems_are_understood(text: str):
    assert read(text) == [(2, "1", "Ada Lovelace", "ada@x.org")]


def test_a_header_may_name_the_number_alone():
    assert read("Number\n1\n2\n") == [(2, "1", "", ""), (3, "2", "", "")]


def test_short_lines_and_empty_lines_cost_nothing():
    assert read("\nnumber,name,email\n\n1\n2,B\n,,\n") == [(4, "1", "", ""), (5, "2", "B", "")]


def test_a_name_may_hold_the_delimiter_in_quotes():
    assert read('number,name\n1,"Lovelace, Ada"\n') == [(2, "1", "Lovelace, Ada", "")]


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("", "empty"),
        (" \n\n", "empty"),
        ("name,email\nAda,ada@x.org\n", "must name the columns"),
        ("1,Ada\n2,Emmy\n", "must name the columns"),
        ("1\n" * 5001, "5001 lines"),
        ('number,name\n1,"' + "x" * 200_000 + '"\n', "cannot be read as a table"),
        ('number,name\n1,"Ada\n2,Emmy\n', "quotation mark missing"),
        ('"number,name\n1,Ada\n', "quotation mark missing"),
    ],
)
def test_a_list_that_cannot_be_read_is_refused(text: str, reason: str):
    with pytest.raises(RosterRefused, match=reason):
        read_roster(text)


def test_a_class_is_enrolled_and_unknown_students_are_added(s: Session, course: Course, student: Person):
    report = courses.enrol_roster(s, course, "number,name\n100001,Other\n100002,Emmy\n")

    assert [person.number for person in report.added] == ["100002"]
    assert report.existing == [student]
    assert student.name == "Ada", "a name that is there stays"
    assert accounts.person_by_number(s, "100002").name == "Emmy"
    assert courses.role_in(s, course, report.added[0]) is EnrolmentRole.STUDENT


def test_what_a_known_person_lacks_is_filled_in(s: Session, course: Course, student: Person):
    courses.enrol_roster(s, course, "number,email\n100001,ada@x.org\n")

    assert student.email == "ada@x.org"


def test_a_lecturer_on_the_list_stays_a_lecturer(s: Session, course: Course, lecturer: Person):
    report = courses.enrol_roster(s, course, "lecturer\n")

    assert report.existing == [lecturer]
    assert courses.role_in(s, course, lecturer) is EnrolmentRole.LECTURER


def test_a_wrong_line_costs_that_line_alone(s: Session, course: Course, student: Person):
    student.email = "ada@x.org"
    text = (
        "number,email\n200001,\nno number!,\n,\n;\n200001,\n200002,ada@x.org\n200003,not an address\n200004,ok@x.org\n"
    )

    report = courses.enrol_roster(s, course, text)

    assert [person.number for person in report.added] == ["200001", "200004"]
    assert [line for line, _ in report.refused] == [3, 5, 6, 7, 8]
    assert "stands on line 2 already" in report.refused[2][1]
    assert accounts.person_by_number(s, "200002") is None


def test_sending_a_list_twice_changes_nothing(s: Session, course: Course):
    courses.enrol_roster(s, course, "1\n2\n")
    report = courses.enrol_roster(s, course, "1\n2\n")

    assert (report.added, len(report.existing), report.refused) == ([], 2, [])
