"""The same pages over both databases and both brokers."""

from __future__ import annotations

import re
from io import BytesIO

import pytest
import redis
from flask import Flask

from server.broker import make_celery
from server.context import context
from server.models import Submission
from server.settings import Settings

ASSIGNMENT = "/courses/cnn-2026/assignments/04-conv-forward/"
CODE = b"def conv_forward(x, w):\n    return x, None\n"

both_databases = pytest.mark.parametrize("database_kind", ["sqlite", "postgresql"], indirect=True)


@pytest.fixture(params=["filesystem", "redis"])
def broker_url(request: pytest.FixtureRequest) -> str:
    if request.param == "filesystem":
        return "filesystem://"
    url: str = request.getfixturevalue("redis_server")
    with redis.Redis.from_url(url) as client:
        client.flushall()
    return url


def messages(settings: Settings, queue: str) -> int:
    with make_celery(settings) as client, client.connection_for_read() as connection:
        return connection.default_channel.queue_declare(queue, passive=True).message_count


@both_databases
def test_a_submission_is_stored_queued_graded_and_seen_by_the_lecturer(
    settings, signed_in, published, sessions, record, wrong_check
):
    ada, teacher = signed_in("ada"), signed_in("lecturer")
    response = ada.post(f"{ASSIGNMENT}submissions", {"file": (BytesIO(CODE), "conv.py")}, page=ASSIGNMENT)
    assert messages(settings, "grade.cpu") == 1
    page = response.location
    assert "Next in the queue" in ada.text(page)
    with sessions() as s:
        submission = s.get(Submission, int(re.search(r"\d+", page).group()))
    record(submission, (wrong_check(),), score=2.5, stdout="a\x00b")
    assert "<strong>2.5</strong>" in ada.text(page)
    assert "The kernel is flipped." in ada.text(page)
    assert "2.5" in teacher.text("/courses/cnn-2026/gradebook")
    assert "2.5" in teacher.text("/courses/cnn-2026/gradebook.csv")
    assert "conv.py" in teacher.text(f"/courses/cnn-2026/people/{submission.person_id}")


@both_databases
def test_a_course_begins_with_an_administrator_alone(signed_in, published):
    root = signed_in("root")
    root.post("/admin/courses", {"title": "Vision", "slug": "vision"}, page="/admin/")
    root.post("/courses/vision/roster/", {"text": "number,name\n7,Ada\n8,Grace\n"}, page="/admin/")
    root.post("/courses/vision/publishing/08-pooling", {"08-pooling-is_visible": "y"}, page="/admin/")
    page = root.text("/courses/vision/gradebook")
    assert "Grace" in page
    assert "Pooling" in page


@both_databases
def test_a_refused_change_leaves_nothing_behind(app: Flask, signed_in, published):
    root = signed_in("root")
    refused = {"number": "turing", "email": "no address", "course": "cnn-2026"}
    assert root.post("/admin/lecturers", refused, page="/admin/").status_code == 422
    assert root.post("/admin/lecturers", refused | {"email": "t@example.org"}, page="/admin/").status_code == 200
    with app.app_context():
        assert context().engine.pool.checkedout() == 0


def test_guessing_is_counted_in_redis_where_there_is_one(settings, visitor, people):
    for _ in range(3):
        visitor.sign_in("100001", "a guess")
    if settings.broker_url.startswith("redis"):
        with redis.Redis.from_url(settings.broker_url) as client:
            assert [key for key in client.scan_iter() if b"100001" in key]


def test_signing_in_survives_the_loss_of_redis(make_app, visitor, people):
    visitor = type(visitor)(make_app(broker_url="redis://127.0.0.1:1/0"))
    assert visitor.sign_in("100001", "a guess").status_code == 422
    assert visitor.sign_in("100001").status_code == 302
