"""A running application over a real database, a course with people in it, and visitors who click like browsers."""

from __future__ import annotations

import io
import re
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest
from flask import Flask
from flask.testing import FlaskClient
from jinja2 import FileSystemBytecodeCache
from sqlalchemy import Engine
from sqlalchemy.orm import Session, sessionmaker
from werkzeug.test import TestResponse

from grader.contract import CheckResult, Result, Status, Verdict
from server.app import create_app
from server.context import context
from server.models import CourseAssignment, EnrolmentRole, Person, Submission, utcnow
from server.services import accounts, courses, grading, submissions
from server.settings import Settings
from server.views.quiz_device import HALL

PASSWORD = "correct horse battery"
CONV = b"import numpy as np\n\n\ndef conv_forward(x, w, b, conv_param):\n    return x, None\n"
PIXEL = bytes.fromhex(
    "89504e470d0a1a0a0000000d4948445200000001000000010806000000"
    "1f15c4890000000d49444154789c6360606060000000050001a5f645400000000049454e44ae426082"
)
STATEMENT = """# Conv forward

Compute $z_{ij} = \\sum_m k_m v_{i-m}$ for $a < b$.

## What to do

![A kernel](kernel.png)

```python
def conv_forward(x): return x
```

<script>alert("statement")</script>
"""


class Visitor:
    """Somebody with a browser: keeps cookies, and sends the token of the page that the form is on."""

    def __init__(self, app: Flask) -> None:
        self.client: FlaskClient = app.test_client()

    def get(self, path: str, **kwargs) -> TestResponse:
        # A file that is sent is closed only by whoever reads it to the end.
        return self.client.get(path, buffered=True, **kwargs)

    def text(self, path: str) -> str:
        response = self.get(path)
        assert response.status_code == 200, (path, response.status_code)
        return response.text

    def token(self, page: str = "/sign-in") -> str:
        found = re.search(r'name="csrf_token" value="([^"]+)"', self.client.get(page, follow_redirects=True).text)
        assert found, f"{page} has no form"
        return found.group(1)

    def post(self, path: str, data: dict | None = None, *, page: str = "/sign-in", **kwargs) -> TestResponse:
        return self.client.post(path, data={"csrf_token": self.token(page), **(data or {})}, **kwargs)

    def sign_in(self, number: str, password: str = PASSWORD) -> TestResponse:
        return self.post("/sign-in", {"number": number, "password": password})


@pytest.fixture(params=["sqlite"])
def database_kind(request: pytest.FixtureRequest) -> str:
    return request.param


@pytest.fixture
def broker_url() -> str:
    return "filesystem://"


@pytest.fixture(scope="session")
def assignments_root(tmp_path_factory: pytest.TempPathFactory) -> Path:
    root = tmp_path_factory.mktemp("assignments-of-pages")
    write_folder(root, "04-conv-forward", "conv_forward", 10)
    write_folder(root, "08-pooling", "pool_forward", 20)
    return root


def write_folder(root: Path, name: str, entry: str, points: float) -> Path:
    folder = root / name
    (folder / "submissions" / "wrong").mkdir(parents=True)
    (folder / "assignment.toml").write_text(
        f'title = "{name[3:].title()}"\nsummary = "A layer & its shapes."\nprofile = "numpy"\n'
        f'filename = "{entry[:4]}.py"\npoints = {points}\n\n[[entry]]\nname = "{entry}"\nsignature = "(x, w)"\n'
    )
    (folder / "statement.md").write_text(STATEMENT)
    (folder / "starter.py").write_text(f"def {entry}(x, w):\n    raise NotImplementedError\n")
    (folder / "checks.py").write_text("SECRET = 'how it is checked'\n")
    (folder / "kernel.png").write_bytes(PIXEL)
    (folder / "submissions" / "wrong" / "picture.png").write_bytes(PIXEL)
    return folder


@pytest.fixture(scope="session")
def compiled_templates(tmp_path_factory: pytest.TempPathFactory) -> FileSystemBytecodeCache:
    """The templates' code, kept from one application to the next: compiling them is half of making one."""
    return FileSystemBytecodeCache(str(tmp_path_factory.mktemp("templates")))


@pytest.fixture
def make_app(
    settings: Settings,
    compiled_templates: FileSystemBytecodeCache,
    engine_of: Callable[[str], Engine],
    monkeypatch: pytest.MonkeyPatch,
) -> Iterator[Callable[..., Flask]]:
    """Applications with other settings."""
    monkeypatch.setattr("server.app.make_engine", engine_of)
    made: list[Flask] = []

    def make_app(**changes) -> Flask:
        app = create_app(replace(settings, **changes))
        app.jinja_env.bytecode_cache = compiled_templates
        made.append(app)
        return app

    yield make_app
    for app in made:
        app.extensions[HALL].close()
        with app.app_context():
            context().engine.dispose()


@pytest.fixture
def app(make_app: Callable[..., Flask]) -> Flask:
    return make_app()


@pytest.fixture
def visitor(app: Flask) -> Visitor:
    return Visitor(app)


@pytest.fixture
def people(s: Session, course, student: Person, lecturer: Person) -> dict[str, Person]:
    """Ada and Grace are students, `lecturer` teaches them, `stranger` teaches another course, `root` administers."""
    grace = accounts.create_person(s, "100002", name="Grace")
    courses.enrol(s, course, grace, EnrolmentRole.STUDENT)
    stranger = accounts.create_person(s, "stranger")
    courses.enrol(s, courses.create_course(s, "other-2026", "Another course"), stranger, EnrolmentRole.LECTURER)
    root = accounts.create_person(s, "root", is_admin=True)
    found = {"ada": student, "grace": grace, "lecturer": lecturer, "stranger": stranger, "root": root}
    for person in found.values():
        accounts.set_password(s, person, PASSWORD)
    s.commit()
    return found


@pytest.fixture
def signed_in(app: Flask, people: dict[str, Person]) -> Callable[[str], Visitor]:
    """A visitor who has signed in as one of `people`."""

    def signed_in(name: str) -> Visitor:
        visitor = Visitor(app)
        assert visitor.sign_in(people[name].number).status_code == 302
        return visitor

    return signed_in


@pytest.fixture
def ada(signed_in: Callable[[str], Visitor]) -> Visitor:
    return signed_in("ada")


@pytest.fixture
def teacher(signed_in: Callable[[str], Visitor]) -> Visitor:
    return signed_in("lecturer")


@pytest.fixture
def republish(s: Session, course, conv, published: CourseAssignment) -> Callable[..., CourseAssignment]:
    """Changes how the convolution is published; times are hours from now."""

    def republish(opens: float | None = None, due: float | None = None, points: float | None = None, visible=True):
        def at(hours: float | None):
            return None if hours is None else utcnow() + timedelta(hours=hours)

        courses.publish(s, course, conv, opens_at=at(opens), due_at=at(due), points=points, is_visible=visible)
        s.commit()
        return published

    return republish


@pytest.fixture
def submission(hand_in: Callable[..., Submission], people: dict[str, Person]) -> Submission:
    """Ada's, waiting to be graded."""
    return hand_in()


@pytest.fixture
def record(sessions: sessionmaker[Session], make_result) -> Callable[..., None]:
    """Records a result for a submission as the server's worker does."""

    def record(submission: Submission, checks: tuple[CheckResult, ...] = (), score: float = 5.0, attempt=1, **changes):
        with sessions.begin() as s:
            grading.record(s, make_result(score, checks=checks, **changes), submission.id, attempt)

    return record


@pytest.fixture
def wrong_check(make_check) -> Callable[..., CheckResult]:
    """A failed check, with everything that a judge can say about one."""

    def wrong_check(name: str = "values", **changes) -> CheckResult:
        fields = {
            "title": "A 3×3 kernel, stride 2",
            "status": Status.FAILED,
            "message": "3 of 4 values differ, see line 4 of conv.py.",
            "diagnosis": "The kernel is flipped.",
            "counterexample": {
                "call": "conv_forward(float64[1, 1, 4, 4])",
                "what": "out",
                "index": [0, 0, 1, 1],
                "expected": 2.5,
                "got": -2.5,
                "expected_window": [[1.0, 2.0], [3.0, 2.5]],
                "got_window": [[1.0, "nan"], [3.0, -2.5]],
                "window_origin": [0, 0, 0, 0],
                "inputs": {"x": [[1.5, "nan"]], "b": [2.0]},
            },
        }
        return make_check(name, 0.0, **fields | changes)

    return wrong_check


def file(content: bytes = CONV, name: str = "conv.py") -> tuple[io.BytesIO, str]:
    """A file for a form."""
    return io.BytesIO(content), name


__all__ = ["CONV", "PASSWORD", "Result", "Verdict", "Visitor", "file", "submissions"]
