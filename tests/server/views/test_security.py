"""What every page promises to the browser, and the pages for what went wrong."""

from __future__ import annotations

import re
from html.parser import HTMLParser

import pytest
from sqlalchemy import text

from server.context import context
from server.security import MOST_BYTES
from server.views import health

EVERY_PAGE = [
    ("ada", "/"),
    ("ada", "/password"),
    ("ada", "/courses/cnn-2026/assignments/04-conv-forward/"),
    ("ada", "/submissions/1/"),
    ("ada", "/nowhere"),
    ("lecturer", "/"),
    ("lecturer", "/courses/cnn-2026/gradebook"),
    ("lecturer", "/courses/cnn-2026/people/1"),
    ("lecturer", "/courses/cnn-2026/roster/"),
    ("lecturer", "/courses/cnn-2026/publishing/"),
    ("lecturer", "/submissions/1/"),
    ("root", "/admin/"),
]


class Markup(HTMLParser):
    """Collects what a strict content security policy refuses, and what accessibility asks for."""

    def __init__(self) -> None:
        super().__init__()
        self.inline: list[str] = []
        self.outside: list[str] = []
        self.ids: list[str] = []
        self.labelled: set[str] = set()
        self.fields: list[dict] = []
        self.headings: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        attributes = dict(attrs)
        if tag == "style" or (tag == "script" and "src" not in attributes):
            self.inline.append(tag)
        self.inline += [f"{tag} {name}" for name in attributes if name == "style" or name.startswith("on")]
        if tag in {"script", "img", "link", "iframe"}:
            address = attributes.get("src") or attributes.get("href") or ""
            self.outside += [address] if "//" in address else []
        if "id" in attributes:
            self.ids.append(attributes["id"])
        if tag == "label":
            self.labelled.add(attributes.get("for", ""))
        if tag in {"input", "textarea", "select"} and attributes.get("type") not in {"hidden", "submit"}:
            self.fields.append(attributes)
        if tag == "h1":
            self.headings.append(tag)


@pytest.fixture
def page(signed_in, submission, record, wrong_check):
    record(submission, (wrong_check(),), stdout="printed")

    def page(name: str, path: str) -> str:
        return signed_in(name).get(path).text

    return page


@pytest.mark.parametrize(("name", "path"), EVERY_PAGE)
def test_every_page_obeys_its_own_policy(page, name, path):
    markup = Markup()
    markup.feed(page(name, path))
    assert markup.inline == []
    assert markup.outside == [], "everything comes from this server"


@pytest.mark.parametrize(("name", "path"), EVERY_PAGE)
def test_every_page_has_one_title_unique_ids_and_labelled_fields(page, name, path):
    markup = Markup()
    markup.feed(page(name, path))
    assert markup.headings == ["h1"]
    assert sorted(markup.ids) == sorted(set(markup.ids))
    unlabelled = [field for field in markup.fields if field.get("id") not in markup.labelled and "hidden" not in field]
    assert unlabelled == []


@pytest.mark.parametrize("path", ["/sign-in", "/healthz", "/nowhere", "/static/stride.css"])
def test_every_answer_carries_the_security_headers(visitor, path):
    headers = visitor.get(path).headers
    policy = headers["Content-Security-Policy"]
    assert "default-src 'none'" in policy
    assert "unsafe" not in policy
    assert headers["X-Content-Type-Options"] == "nosniff"
    assert headers["Referrer-Policy"] == "same-origin"
    assert headers["X-Frame-Options"] == "DENY"


def test_pages_are_kept_by_no_cache_and_static_files_by_every_one(visitor):
    assert visitor.get("/sign-in").headers["Cache-Control"] == "no-store"
    stylesheet = re.search(r'href="(/static/stride\.css\?v=\w{10})"', visitor.text("/sign-in")).group(1)
    assert "max-age=31536000" in visitor.get(stylesheet).headers["Cache-Control"]


def test_the_session_cookie_is_closed_to_scripts_and_other_sites(visitor):
    cookie = visitor.get("/sign-in").headers["Set-Cookie"]
    assert "HttpOnly" in cookie
    assert "SameSite=Lax" in cookie
    assert "Secure" not in cookie


def test_production_cookies_travel_over_https_alone(make_app, visitor):
    app = make_app(environment="production", https=True)
    response = app.test_client().get("/sign-in", base_url="https://stride.example")
    assert "Secure" in response.headers["Set-Cookie"]
    assert "Strict-Transport-Security" in response.headers


def test_a_proxys_headers_are_believed_only_when_there_is_a_proxy(make_app):
    asked = {"X-Forwarded-For": "203.0.113.9", "X-Forwarded-Host": "stride.example", "X-Forwarded-Proto": "https"}
    for proxies, host in [(0, "localhost"), (1, "stride.example")]:
        app = make_app(proxies=proxies)
        seen = []
        app.before_request(lambda seen=seen: seen.append(__import__("flask").request.host))
        app.test_client().get("/healthz", headers=asked)
        assert seen == [host]


def test_healthz_answers_without_an_account(visitor):
    response = visitor.get("/healthz")
    assert (response.status_code, response.json["status"]) == (200, "ok")


def test_healthz_says_when_the_database_is_away(app, visitor, monkeypatch):
    with app.app_context():
        broken = context().sessions()
    broken.execute(text("SELECT 1"))
    monkeypatch.setattr(health, "text", lambda _: text("SELECT * FROM a_table_that_is_not_there"))
    response = visitor.get("/healthz")
    broken.close()
    assert (response.status_code, response.json["database"]) == (503, "unreachable")


def test_a_request_that_is_too_large_names_the_limits(visitor, people):
    response = visitor.client.post("/sign-in", data={"number": "x" * (MOST_BYTES + 1)})
    assert response.status_code == 413
    assert "256 KiB" in response.text
    assert "1 MiB" in response.text


def test_a_page_that_is_not_there_says_so_in_style(visitor):
    response = visitor.get("/nowhere")
    assert response.status_code == 404
    assert "There is no such page" in response.text
    assert "stride.css" in response.text


def test_an_error_of_ours_shows_a_page_and_no_detail(make_app):
    app = make_app(environment="production")

    @app.get("/broken")
    def broken() -> str:
        raise RuntimeError("a detail of the inside")

    response = app.test_client().get("/broken")
    assert response.status_code == 500
    assert "Something broke on our side" in response.text
    assert "a detail" not in response.text


def test_an_error_answers_scripts_in_json(visitor):
    response = visitor.get("/nowhere", headers={"Accept": "application/json"})
    assert response.json["error"] == "The address may be mistyped, or the page belongs to a course that you are not in."


@pytest.mark.parametrize(
    "path",
    [
        "/sign-out",
        "/password",
        "/courses/cnn-2026/assignments/04-conv-forward/submissions",
        "/submissions/1/regrade",
        "/courses/cnn-2026/roster/",
        "/courses/cnn-2026/roster/codes",
        "/courses/cnn-2026/roster/remove",
        "/courses/cnn-2026/publishing/04-conv-forward",
        "/admin/courses",
        "/admin/lecturers",
    ],
)
def test_nothing_changes_without_the_pages_token(signed_in, submission, path):
    response = signed_in("root").client.post(path, data={"person": "all", "number": "eve"})
    assert response.status_code in {302, 400}
    if response.status_code == 302:
        assert response.location == "/sign-in", "an old page of signing in leads back to it"
