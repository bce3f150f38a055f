"""What a reading of the source noticed is for the staff alone; the limit that a check reached is for everybody."""

from __future__ import annotations

import re

import pytest

from grader.contract import Flag, Status, Verdict
from tests.server.views.conftest import CONV

PAGE = "/submissions/1/"
TABLE = "/courses/cnn-2026/gradebook"
NOTICED = "Imports os: quite <unusual>."
FLAGS = (Flag(1, "import", NOTICED), Flag(4, "table", "Holds a table of 9,000 numbers."))


@pytest.fixture
def flagged(submission, record, make_check):
    """Ada's submission, graded, with two places that are worth a look."""
    record(submission, (make_check(),), flags=FLAGS)
    return submission


def test_staff_see_flags_with_links_to_their_lines(teacher, flagged):
    page = teacher.text(PAGE)
    section = re.search(r'<section class="flags.*?</section>', page, re.DOTALL).group()
    assert "Worth a look" in section
    assert '<a href="#line-1">Line 1</a>' in section
    assert '<a href="#line-4">Line 4</a>' in section
    assert 'id="line-4"' in page
    assert "quite &lt;unusual&gt;" in section
    assert "import" not in re.sub("Imports os", "", section), "the rule's name is for programs"


def test_a_flag_beyond_the_file_has_no_link(teacher, submission, record):
    record(submission, flags=(Flag(99, "import", NOTICED),))
    assert "<span>Line 99</span>" in teacher.text(PAGE)


def test_a_submission_without_flags_has_no_such_section(teacher, submission, record):
    record(submission)
    assert "Worth a look" not in teacher.text(PAGE)


def test_students_receive_flags_by_no_route(ada, flagged, hand_in, record):
    record(hand_in(content=CONV + b"# again"), flags=FLAGS)
    addresses = [
        *(PAGE, f"{PAGE}state", f"{PAGE}state?seen=x", f"{PAGE}files/conv.py", "/submissions/2/", "/"),
        *("/courses/cnn-2026/assignments/04-conv-forward/", "/courses/cnn-2026/assignments/04-conv-forward/starter"),
    ]
    for address in addresses:
        response = ada.get(address, headers={"Accept": "application/json"} if "state" in address else {})
        assert response.status_code == 200, address
        for word in ("Imports os", "Worth a look", "worth a look", "9,000", "flag"):
            assert word not in response.text, (address, word)
    for address in (TABLE, f"{TABLE}?show=flagged", f"{TABLE}.csv", "/courses/cnn-2026/people/1"):
        assert ada.get(address).status_code == 404, address


def test_other_students_and_lecturers_of_other_courses_see_nothing(signed_in, flagged):
    for name in ("grace", "stranger"):
        assert signed_in(name).get(PAGE).status_code == 404
        assert signed_in(name).get(f"{PAGE}state").status_code == 404


def test_the_live_answer_to_staff_has_the_flags(teacher, flagged):
    answer = teacher.get(f"{PAGE}state", headers={"Accept": "application/json"}).json
    assert "Worth a look" in answer["html"]


def test_the_gradebook_marks_what_is_worth_a_look_and_shows_it_alone_on_demand(
    teacher, flagged, hand_in, people, record
):
    record(hand_in(person=people["grace"]))
    page = teacher.text(TABLE)
    assert "1 worth a look" in page
    assert page.count('class="mark flag"') == 1
    only = teacher.text(f"{TABLE}?show=flagged")
    assert ">100001</bdi>" in only
    assert ">100002</bdi>" not in only
    assert "show everybody" in only
    work = teacher.text("/courses/cnn-2026/people/1?assignment=04-conv-forward")
    assert 'href="/submissions/1/#flags-title"' in work


def test_the_gradebook_says_nothing_where_nothing_is_flagged(teacher, submission, record):
    record(submission)
    page = teacher.text(TABLE)
    assert "worth a look" not in page
    assert 'class="mark flag"' not in page


def test_the_exported_table_has_no_flags(teacher, flagged):
    text = teacher.text(f"{TABLE}.csv")
    assert "100001" in text
    assert not re.search("flag|look", text, re.IGNORECASE)


def test_flags_of_the_latest_grading_count(teacher, flagged, s, record):
    teacher.post(f"{PAGE}regrade", page=PAGE)
    record(flagged, attempt=2)
    assert "Worth a look" not in teacher.text(PAGE)
    assert "worth a look" not in teacher.text(TABLE)


@pytest.mark.parametrize("visitor", ["ada", "lecturer"])
def test_a_reached_limit_stands_beside_the_status_for_everybody(signed_in, submission, record, make_check, visitor):
    check = make_check("slow", 0.0, status=Status.TIMEOUT, limit="cpu", message="Your code used too much.")
    record(submission, (check, make_check("fine")))
    page = signed_in(visitor).text(PAGE)
    statuses = re.findall(r'<span class="check-status [^"]*">(.*?)<span class="check-title">', page, re.DOTALL)
    shown = [" ".join(re.sub("<[^>]*>", " ", status).split()) for status in statuses]
    assert shown == ["Out of time : the limit on processor time", "Passed"]


def test_a_limit_reached_while_loading_is_named_too(ada, submission, record, make_check):
    check = make_check("slow", 0.0, status=Status.MEMORY, limit="memory", message="Your file could not be loaded.")
    record(submission, (check,), score=0.0, verdict=Verdict.REJECTED)
    page = ada.text(PAGE)
    assert re.search(r'class="check-limit">.*?memory</span>', page, re.DOTALL)
