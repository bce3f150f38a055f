"""A submission's page while its timing waits: what comes first, what is safe, and which of one's own goes first."""

from __future__ import annotations

import pytest

from server.models import Person, Submission
from server.services import timing, timing_queue
from tests.server import board_parts as parts


@pytest.fixture(scope="session")
def assignments_root(tmp_path_factory):
    root = tmp_path_factory.mktemp("assignments-of-queues")
    parts.write_timed(root)
    return root


@pytest.fixture
def solve(s, published, conv, people):
    """Has somebody hand in what passes all checks."""

    def solve(name: str) -> Submission:
        submission = parts.solve(s, published, conv, s.get(Person, people[name].id))
        s.commit()
        return submission

    return solve


@pytest.fixture
def two_of_ada(solve) -> list[Submission]:
    """The older and the newer one, behind what is on its way already."""
    for _ in range(timing_queue.AHEAD):
        solve("grace")
    return [solve("ada"), solve("ada")]


def page_of(submission: Submission) -> str:
    return f"/submissions/{submission.id}/"


def state(visitor, submission: Submission) -> dict:
    return visitor.get(f"{page_of(submission)}state").json


def test_it_says_how_many_come_first_and_that_the_points_are_safe(ada, two_of_ada):
    _, newer = two_of_ada
    page = ada.text(page_of(newer))

    assert "2 timings come first. The points of the checks are safe, and you may leave this page." in page
    assert "Time this one first" not in page


def test_an_older_one_leads_to_the_one_in_its_place_and_says_that_it_is_timed_too(ada, two_of_ada):
    older, newer = two_of_ada
    page = ada.text(page_of(older))

    assert "3 timings come first." in page
    assert f'href="/submissions/{newer.id}/#speed">Another submission of yours</a> goes first' in page
    assert "This one is timed after it, and the best of all counts." in page


def test_a_student_has_an_older_one_timed_first(ada, two_of_ada):
    older, newer = two_of_ada
    response = ada.post(f"{page_of(older)}timing", page=page_of(older), follow_redirects=True)

    assert "It is timed before the other submissions that wait." in response.text
    assert "Time this one first" not in response.text
    assert "Another submission of yours" in ada.text(page_of(newer))


def test_so_does_a_lecturer_for_a_student(teacher, two_of_ada):
    older, _ = two_of_ada
    assert "Another submission of this student" in teacher.text(page_of(older))
    response = teacher.post(f"{page_of(older)}timing", page=page_of(older), follow_redirects=True)

    assert "It is timed before the other submissions that wait." in response.text


def test_nobody_else_does(signed_in, two_of_ada):
    older, _ = two_of_ada
    grace = signed_in("grace")
    assert grace.post(f"{page_of(older)}timing", page="/").status_code == 404


def test_what_is_under_way_already_is_refused_in_words(ada, solve):
    submission = solve("ada")
    response = ada.post(f"{page_of(submission)}timing", page=page_of(submission), follow_redirects=True)

    assert "This timing does not wait for its turn any more." in response.text


def test_a_submission_that_is_not_timed_has_no_turn(ada, s, published, conv, people):
    failed = parts.solve(s, published, conv, s.get(Person, people["ada"].id), score=7.0)
    s.commit()

    assert ada.post(f"{page_of(failed)}timing", page=page_of(failed)).status_code == 404


def test_the_page_hears_when_its_place_changes_and_asks_rarely_while_many_come_first(ada, s, two_of_ada, conv):
    _, newer = two_of_ada
    before = state(ada, newer)
    assert (before["timing"]["position"], before["later"]) == (3, 3000)

    (first,) = timing.for_submission(s, s.get(Submission, 1))
    parts.finish(s, first, parts.make_timing(conv, 1.8))
    s.commit()
    after = ada.get(f"{page_of(newer)}state", query_string={"seen": before["version"]}).json
    assert "1 timing comes first" in after["html"]
    assert after["timing"]["position"] == 2


def test_one_that_runs_says_so(ada, s, solve):
    submission = solve("ada")
    timing.begin(s, timing.for_submission(s, submission)[0].id, 1)
    s.commit()

    assert "It runs now, beside the reference" in ada.text(page_of(submission))
    assert state(ada, submission)["timing"]["position"] == 1
