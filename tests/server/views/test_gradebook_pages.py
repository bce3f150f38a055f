"""The lecturer's table and what stands behind its figures."""

from __future__ import annotations

import csv
import io
import re

import pytest
from openpyxl import load_workbook

TABLE = "/courses/cnn-2026/gradebook"


def row(page: str, number: str) -> str:
    return next(found for found in re.findall(r"<tr>.*?</tr>", page, re.DOTALL) if f">{number}</bdi>" in found)


def test_the_table_shows_best_scores_and_leads_to_the_work(teacher, submission, hand_in, record, people):
    record(submission, score=7.5)
    record(hand_in(), score=3.0)
    page = teacher.text(TABLE)
    ada = row(page, "100001")
    assert re.search(r'class="cell band-3"><a href="([^"]+)"[^>]*>7.5', ada)
    assert "2 submissions" in ada
    work = teacher.text(re.search(r'class="cell[^"]*"><a href="([^"]+)"', ada).group(1))
    assert 'href="/submissions/1/"' in work
    assert 'href="/submissions/2/"' in work
    assert "Counts" in work
    assert "Nothing handed in" in row(page, "100002")


@pytest.mark.parametrize(("score", "band"), [(0, "0"), (2, "1"), (5, "2"), (7.5, "3"), (9.99, "3"), (10, "4")])
def test_the_colour_scale_keeps_its_green_for_full_marks(teacher, submission, record, score, band):
    record(submission, score=score)
    assert f'class="cell band-{band}"' in teacher.text(TABLE)


def test_the_table_marks_what_is_waiting(teacher, submission):
    assert "waits" in row(teacher.text(TABLE), "100001")


def test_the_table_summarises_each_assignment(teacher, submission, record):
    record(submission, score=7.5)
    page = teacher.text(TABLE)
    assert "1 of 2 in" in page
    assert '<span class="figure">7.5</span>' in page


def test_a_name_with_markup_is_shown_as_text(teacher, people, published, s):
    people["ada"].name = "<b>Ada</b>"
    s.commit()
    assert "&lt;b&gt;Ada" in teacher.text(TABLE)


def test_the_table_of_a_new_course_says_what_to_do(teacher, people):
    assert "publishes no assignment yet" in teacher.text(TABLE)


def test_the_table_without_students_says_what_to_do(signed_in, s, course, published, people):
    from server.services import courses

    for name in ("ada", "grace"):
        courses.unenrol(s, course, people[name])
    s.commit()
    assert "Nobody is enrolled yet" in signed_in("lecturer").text(TABLE)


def test_the_csv_opens_in_a_spreadsheet_and_runs_nothing(teacher, submission, record, people, s):
    people["ada"].name = "=HYPERLINK(1)"
    s.commit()
    record(submission, score=7.5)
    response = teacher.get(f"{TABLE}.csv")
    assert response.mimetype == "text/csv"
    assert re.search(r'attachment; filename="cnn-2026-\d{4}-\d\d-\d\d\.csv"', response.headers["Content-Disposition"])
    lines = list(csv.reader(io.StringIO(response.data.decode("utf-8-sig"))))
    assert lines[1][:2] == ["100001", "'=HYPERLINK(1)"]
    assert "7.5" in lines[1]


def test_the_table_is_an_excel_file_too(teacher, submission, record, people, s):
    people["ada"].name = "=HYPERLINK(1)"
    s.commit()
    record(submission, score=7.5)

    response = teacher.get(f"{TABLE}.xlsx")

    assert re.search(r'filename="cnn-2026-\d{4}-\d\d-\d\d\.xlsx"', response.headers["Content-Disposition"])
    header, ada, *_ = load_workbook(io.BytesIO(response.data)).active.iter_rows()
    assert [header[0].value, header[3].value] == ["number", "04-conv-forward (10)"]
    assert [(cell.value, cell.data_type) for cell in ada[:2]] == [("100001", "s"), ("=HYPERLINK(1)", "s")]
    assert ada[3].value == 7.5


def test_the_table_is_in_no_other_format(teacher, submission):
    assert teacher.get(f"{TABLE}.ods").status_code == 404


def test_a_students_page_lists_every_assignment(teacher, submission, people):
    page = teacher.text(f"/courses/cnn-2026/people/{people['grace'].id}")
    assert "Grace" in page
    assert "Nothing handed in." in page


def test_a_students_page_for_an_unknown_assignment_says_so(teacher, submission, people):
    page = teacher.text(f"/courses/cnn-2026/people/{people['ada'].id}?assignment=99-no")
    assert "publishes no such assignment" in page
