"""A course with a timed assignment and one that is not, people with timings, and a submission that waits for one."""

from __future__ import annotations

import pytest

from server.models import CourseAssignment, Person, Submission
from server.services import board, timing
from tests.server import board_parts as parts


@pytest.fixture(scope="session")
def assignments_root(tmp_path_factory):
    root = tmp_path_factory.mktemp("assignments-of-boards")
    parts.write_timed(root)
    plain = parts.write_timed(root, "05-untimed", "Untimed") / "assignment.toml"
    plain.write_text(plain.read_text().split("[benchmark]")[0])
    return root


@pytest.fixture
def stand(s, published, conv, people):
    """Somebody with a timing of that speed, under their alias: the run's number."""

    def stand(name: str, ratio: float, alias: str | None = None, **more) -> int:
        person = s.get(Person, people[name].id)
        run = parts.stand(s, s.get(CourseAssignment, published.id), conv, person, ratio, **more)
        if alias:
            board.set_alias(s, published.course, person, alias)
        s.commit()
        return run.id

    return stand


@pytest.fixture
def waiting(s, published, conv, people) -> Submission:
    """Ada's submission, which has passed its checks and waits to be timed."""
    submission = parts.solve(s, published, conv, s.get(Person, people["ada"].id))
    s.commit()
    return submission


@pytest.fixture
def finish(s):
    """Records a timing for the newest run of a submission."""

    def finish(submission: Submission, result) -> None:
        parts.finish(s, timing.for_submission(s, submission)[0], result)
        s.commit()

    return finish
