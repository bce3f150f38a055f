from __future__ import annotations

import csv
import json
from collections.abc import Callable
from datetime import datetime
from io import StringIO
from pathlib import Path

import pytest
from click.testing import CliRunner, Result
from sqlalchemy.orm import Session, sessionmaker

from server.commands.course import course
from server.commands.person import person
from server.models import CourseAssignment, EnrolmentRole
from server.services import accounts, courses

COMMANDS = {"person": person, "course": course}
Stride = Callable[..., Result]


@pytest.fixture
def environment(database_url: str, assignments_root: Path, tmp_path: Path) -> dict[str, str]:
    return {
        "STRIDE_ENV": "testing",
        "STRIDE_DATA": str(tmp_path / "data"),
        "STRIDE_ASSIGNMENTS": str(assignments_root),
        "DATABASE_URL": database_url,
    }


@pytest.fixture
def stride(environment: dict[str, str]) -> Stride:
    """Runs a command as a shell does."""

    def stride(name: str, *arguments: str, stdin: str | None = None, **changes: str) -> Result:
        return CliRunner().invoke(COMMANDS[name], arguments, input=stdin, env=environment | changes)

    return stride


def test_the_first_account_signs_in_with_its_code(stride: Stride, s: Session):
    outcome = stride("person", "add", "boss", "--admin", "--name", "The Boss")

    assert outcome.exit_code == 0
    code = outcome.stdout.split()[-1]
    boss = accounts.redeem_code(s, code)
    assert (boss.number, boss.is_admin, boss.name) == ("boss", True, "The Boss")


def test_an_account_is_added_with_a_password_from_a_pipe(stride: Stride, s: Session):
    outcome = stride("person", "add", "boss", "--password", stdin="kernel-und-stride\n")

    assert outcome.stdout == "Added boss.\n", outcome.exception
    assert accounts.authenticate(s, "boss", "kernel-und-stride")


def test_json_is_all_that_is_printed(stride: Stride):
    outcome = stride("person", "add", "100001", "--json")

    assert json.loads(outcome.stdout)["number"] == "100001"


@pytest.mark.parametrize("arguments", [["two words"], ["100001", "--email", "nobody"]])
def test_a_person_that_cannot_be_is_refused_and_not_added(stride: Stride, s: Session, arguments: list[str]):
    outcome = stride("person", "add", *arguments)

    assert (outcome.exit_code, outcome.stdout) == (2, "")
    assert outcome.stderr.startswith("Error: ")
    assert accounts.person_by_number(s, "100001") is None


def test_a_poor_password_adds_nobody(stride: Stride, s: Session):
    outcome = stride("person", "add", "boss", "--password", stdin="short\n")

    assert outcome.exit_code == 2
    assert "at least 8 characters" in outcome.stderr
    assert accounts.person_by_number(s, "boss") is None


def test_a_password_is_set(stride: Stride, s: Session, student):
    assert stride("person", "password", "100001", stdin="kernel-und-stride\n").exit_code == 0
    s.expire_all()
    assert accounts.authenticate(s, "100001", "kernel-und-stride")


def test_a_code_is_printed_alone(stride: Stride, s: Session, student):
    outcome = stride("person", "code", "100001", "--days", "1")

    assert accounts.redeem_code(s, outcome.stdout.strip()) is student


def test_nobody_is_told_how_to_be_added(stride: Stride):
    outcome = stride("person", "code", "999")

    assert outcome.exit_code == 2
    assert "stride person add 999" in outcome.stderr


def test_a_course_is_made_with_its_lecturer(stride: Stride, s: Session):
    stride("person", "add", "boss")
    assert stride("course", "new", "cnn", "A course", "--lecturer", "boss").exit_code == 0

    made = courses.course_by_slug(s, "cnn")
    assert [(each.person.number, each.role) for each in courses.members(s, made)] == [("boss", "lecturer")]


def test_a_course_with_an_unknown_lecturer_is_not_made(stride: Stride, s: Session):
    assert stride("course", "new", "cnn", "A course", "--lecturer", "boss").exit_code == 2
    assert courses.course_by_slug(s, "cnn") is None


def test_a_roster_comes_from_a_pipe(stride: Stride, s: Session, course):
    outcome = stride("course", "enrol", "cnn-2026", "--roster", "-", stdin="number,name\n1,A\n2,B\n2,C\n")

    assert outcome.exit_code == 0
    assert outcome.stdout == "2 enrolled, 0 were enrolled before.\nline 4: 2 stands on line 3 already.\n"


def test_a_roster_comes_from_a_file_and_is_told_as_json(stride: Stride, course, tmp_path: Path):
    (tmp_path / "class.csv").write_text("\ufeffMatrikelnummer;Name\n1;A\n", encoding="utf-8")

    outcome = stride("course", "enrol", "cnn-2026", "--roster", str(tmp_path / "class.csv"), "--json")

    assert json.loads(outcome.stdout) == {"added": ["1"], "existing": [], "refused": []}


def test_a_roster_is_read_in_the_encoding_that_excel_writes(stride: Stride, s: Session, course, tmp_path: Path):
    (tmp_path / "class.csv").write_bytes("number;name\n1;Jörg\n".encode("cp1252"))

    assert stride("course", "enrol", "cnn-2026", "--roster", str(tmp_path / "class.csv")).exit_code == 0
    assert accounts.person_by_number(s, "1").name == "Jörg"


def test_a_roster_that_is_no_list_is_refused_by_name(stride: Stride, course, tmp_path: Path):
    (tmp_path / "class.xls").write_bytes(b"\xd0\xcf\x11\xe0\x00\x00")

    outcome = stride("course", "enrol", "cnn-2026", "--roster", str(tmp_path / "class.xls"))

    assert outcome.exit_code == 2
    assert "class.xls is neither text nor an .xlsx table" in outcome.stderr


@pytest.mark.parametrize(
    "arguments", [[], ["1", "--roster", "-"], ["--roster", "-", "--role", "lecturer"], ["--role", "guest", "1"]]
)
def test_enrolling_nobody_or_in_two_ways_is_bad_usage(stride: Stride, course, arguments: list[str]):
    assert stride("course", "enrol", "cnn-2026", *arguments, stdin="1\n").exit_code == 2


def test_lecturers_are_enrolled_by_number(stride: Stride, s: Session, course, student):
    stride("course", "enrol", "cnn-2026", "100001", "--role", "lecturer")

    s.expire_all()
    assert courses.role_in(s, course, student) is EnrolmentRole.LECTURER


@pytest.mark.parametrize(
    ("names", "published"),
    [
        (["4"], ["04-conv-forward"]),
        (["08", "04-conv-forward"], ["04-conv-forward", "08-pooling"]),
        (["all"], ["04-conv-forward", "08-pooling", "17-triton"]),
    ],
)
def test_assignments_are_published_by_number_name_or_all(
    stride: Stride, sessions: sessionmaker[Session], course, names: list[str], published: list[str]
):
    assert stride("course", "publish", "cnn-2026", *names).exit_code == 0

    with sessions() as s:
        assert sorted(
            s.scalars(CourseAssignment.__table__.select().with_only_columns(CourseAssignment.assignment))
        ) == (published)


def test_publishing_again_changes_what_is_named_alone(stride: Stride, sessions: sessionmaker[Session], course):
    stride("course", "publish", "cnn-2026", "4", "--due", "2026-12-01T10:00+02:00", "--points", "25", "--hidden")
    stride("course", "publish", "cnn-2026", "4", "--opens", "2026-11-01T10:00+00:00", "--visible")

    with sessions() as s:
        place = courses.published_as(s, course, "04-conv-forward")
        assert place.due_at == datetime.fromisoformat("2026-12-01T08:00+00:00")
        assert place.opens_at == datetime.fromisoformat("2026-11-01T10:00+00:00")
        assert (place.points, place.is_visible) == (25.0, True)

    stride("course", "publish", "cnn-2026", "4", "--due", "never")
    with sessions() as s:
        assert courses.published_as(s, course, "04-conv-forward").due_at is None


@pytest.mark.parametrize(
    ("arguments", "reason"),
    [
        (["cnn-2026", "99"], "There is no assignment 99. There are: 04-conv-forward"),
        (["cnn-2026", "4", "--due", "soon"], "'soon' is no time"),
        (["cnn-2026", "4", "--opens", "2026-12-02T00:00", "--due", "2026-12-01T00:00"], "due before it opens"),
        (["cnn-2026", "4", "--points", "-1"], "points must lie"),
        (["nowhere", "4"], "There is no course nowhere"),
    ],
)
def test_what_cannot_be_published_is_refused(stride: Stride, course, arguments: list[str], reason: str):
    outcome = stride("course", "publish", *arguments)

    assert (outcome.exit_code, outcome.stdout) == (2, "")
    assert reason in outcome.stderr


def test_one_refusal_publishes_nothing(stride: Stride, sessions: sessionmaker[Session], course):
    stride("course", "publish", "cnn-2026", "8", "--due", "2026-12-01T00:00")
    stride("course", "publish", "cnn-2026", "4", "8", "--opens", "2027-01-01T00:00")

    with sessions() as s:
        assert courses.published_as(s, course, "04-conv-forward") is None


def test_courses_are_listed(stride: Stride, published, student):
    outcome = stride("course", "list", "--json")

    (listed,) = json.loads(outcome.stdout)
    assert (listed["slug"], listed["students"]) == ("cnn-2026", 1)
    assert listed["assignments"] == [{"assignment": "04-conv-forward", "due_at": None, "is_visible": True}]
    assert "04-conv-forward" in stride("course", "list").stdout


def test_an_empty_list_says_what_to_do(stride: Stride):
    assert "stride course new" in stride("course", "list").stdout


def test_a_person_is_exported_and_erased(stride: Stride, s: Session, course, student):
    told = json.loads(stride("person", "export", "100001").stdout)
    outcome = stride("person", "erase", "100001", "--yes")

    assert [row["number"] for row in told["person"]] == ["100001"]
    assert outcome.stdout == "Erased 100001: 1 of person, 1 of enrolment.\n"
    assert accounts.person_by_number(s, "100001") is None


def test_nobody_is_erased_without_a_yes(stride: Stride, s: Session, course, student):
    assert stride("person", "erase", "100001", stdin="n\n").exit_code == 1
    assert accounts.person_by_number(s, "100001") is student


@pytest.mark.parametrize("command", [("export",), ("erase", "--yes")])
def test_nobody_there_is_nothing_to_tell_or_erase(stride: Stride, command: tuple[str, ...]):
    outcome = stride("person", command[0], "999", *command[1:])

    assert outcome.exit_code == 2
    assert "nobody with the number 999" in outcome.stderr


def test_a_day_is_no_due_time(stride: Stride, course):
    outcome = stride("course", "publish", "cnn-2026", "4", "--due", "2027-03-01")

    assert outcome.exit_code == 2
    assert "'2027-03-01' has no hour" in outcome.stderr


def test_codes_go_to_students_who_have_no_password(stride: Stride, s: Session, course, student, lecturer):
    other = accounts.create_person(s, "100002")
    courses.enrol(s, course, other, EnrolmentRole.STUDENT)
    accounts.set_password(s, other, "kernel-und-stride")
    s.commit()

    rows = list(csv.DictReader(StringIO(stride("course", "codes", "cnn-2026").stdout)))

    assert [row["number"] for row in rows] == ["100001"]
    assert accounts.redeem_code(s, rows[0]["code"]) is student


def test_codes_that_are_handed_out_hold_when_more_are_made(stride: Stride, s: Session, course, student):
    (first,) = csv.DictReader(StringIO(stride("course", "codes", "cnn-2026").stdout))
    stride("course", "enrol", "cnn-2026", "--roster", "-", stdin="100002\n")

    more = stride("course", "codes", "cnn-2026")

    assert [row["number"] for row in csv.DictReader(StringIO(more.stdout))] == ["100002"]
    assert "1 more hold a code that they have not used" in more.stderr
    assert accounts.redeem_code(s, first["code"]) is student


def test_codes_can_be_made_again_for_all(stride: Stride, s: Session, course, student):
    (first,) = csv.DictReader(StringIO(stride("course", "codes", "cnn-2026").stdout))
    (second,) = csv.DictReader(StringIO(stride("course", "codes", "cnn-2026", "--again").stdout))

    assert accounts.redeem_code(s, first["code"]) is None
    assert accounts.redeem_code(s, second["code"]) is student


def test_a_mistake_in_the_environment_is_explained(stride: Stride):
    outcome = stride("course", "list", STRIDE_ENV="production")

    assert outcome.exit_code == 2
    assert "STRIDE_SECRET_KEY is not set" in outcome.stderr


def test_a_database_that_is_away_is_our_failure(stride: Stride):
    outcome = stride("course", "list", DATABASE_URL="postgresql://127.0.0.1:1/stride")

    assert outcome.exit_code == 3
    assert "The database does not answer" in outcome.stderr
