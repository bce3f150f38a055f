"""Every address of the application is either known to be no page, or axe finds nothing on it, whoever opens it."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest
from axe_playwright_python.sync_playwright import Axe
from flask import Flask
from playwright.sync_api import Browser, Page
from werkzeug.serving import make_server

from server import demo
from server.app import create_app
from server.database import make_engine, make_sessions, migrate
from server.settings import Settings
from tests.browser import whole_course
from tests.browser.conftest import PATIENCE
from tests.server.views.conftest import Visitor

ROOT = Path(__file__).resolve().parents[2] / "assignments"
OVERFLOW = "document.documentElement.scrollWidth - document.documentElement.clientWidth"
UNFOLD = "document.querySelectorAll('main details:not([data-load])').forEach((each) => { each.open = true; })"
"""Opens every fold but those that fetch what they hide: a list of the whole bank would fetch every question."""
ADMINISTRATOR = ("root", "correct horse battery")
WHO = {
    "student": (whole_course.OWN, demo.STUDENT_PASSWORD),
    "lecturer": (demo.LECTURER[0], demo.LECTURER_PASSWORD),
    "administrator": ADMINISTRATOR,
    "guest": None,
}

NO_PAGES = {
    *("assignment.picture", "assignment.starter", "bootstrap.static", "static", "health.healthz"),
    *("board.state", "board_audit.as_csv", "board_audit.as_json", "gradebook.export", "quiz_exchange.export_file"),
    *("quiz_desk.state", "quiz_projector.state", "quiz_results.export", "quiz_wire.paper", "quiz_wire.state"),
    *("submission.file", "submission.files", "submission.state", "submission.weights_file"),
    # Parts that scripts put into a page, whose own test has them there.
    *("playground.convolution_result", "playground.pooling_result", "quiz_items.peek"),
}
"""Files, answers for scripts, and parts of pages."""

SESSIONS = ("over", "running", "coming", "practice")
CODES = tuple({"code": f"{name}_code"} for name in SESSIONS)
BY_SESSION = tuple({"session_id": name} for name in SESSIONS)
FINISHED = ({"session_id": "over"}, {"session_id": "running"})
PAGES: dict[str, tuple[dict[str, str], ...]] = {
    "admin.index": ({},),
    "assignment.index": ({}, {"name": "=22-trained-network"}, {"name": "=19-fast-conv-gpu"}),
    "board.index": ({}, {"rows": "=all"}, {"name": "=08-pooling"}, {"name": "=23-training-race"}),
    "board_audit.run": tuple({"run_id": name} for name in ("run_id", "flagged_run", "refused_run", "waiting_run")),
    "gradebook.index": ({}, {"show": "=flagged"}),
    "gradebook.student": ({}, {"assignment": f"={whole_course.TIMED}"}),
    "home.index": ({},),
    "playground.convolution_page": ({},),
    "playground.index": ({},),
    "playground.pooling_page": ({},),
    "publishing.index": ({},),
    "quiz_bank.edit": ({"name": "own_question"},),
    "quiz_bank.index": ({}, {"text": "=nothing that any question says"}),
    "quiz_bank.new": ({}, {"kind": "=numeric"}),
    "quiz_bank.show": ({"name": "question"}, {"folder": "=own", "name": "own_question"}),
    "quiz_composer.preview": ({},),
    "quiz_composer.show_quiz": ({},),
    "quiz_decisions.index": ({"session_id": "over", "item_id": "over_item"},),
    "quiz_desk.index": ({},),
    "quiz_desk.show": BY_SESSION,
    "quiz_exchange.export_form": ({},),
    "quiz_exchange.import_form": ({},),
    "quiz_items.choose": ({},),
    "quiz_items.item": ({},),
    "quiz_own_result.index": CODES,
    "quiz_practice.every": ({"code": "practice_code"},),
    "quiz_practice.index": ({"code": "practice_code"},),
    "quiz_practice.one": ({"code": "practice_code"},),
    "quiz_projector.show": BY_SESSION,
    "quiz_results.index": FINISHED,
    "quiz_results.participant": ({"session_id": "over"},),
    "quiz_schedule.edit": ({"session_id": "coming"},),
    "quiz_schedule.form": ({},),
    "quiz_sitting.enter": ({},),
    "quiz_sitting.index": CODES,
    "roster.index": ({},),
    "session.form": ({},),
    "session.password": ({},),
    "submission.index": ({}, {"submission_id": "timed"}),
}
"""The pages, each with what its addresses are made of: names in what was seeded, or texts after `=`."""


@dataclass(frozen=True, slots=True)
class Site:
    """A running application over a seeded database."""

    app: Flask
    url: str
    values: dict[str, Any]

    def addresses(self) -> Iterator[str]:
        """Every page's addresses."""
        adapter = self.app.url_map.bind("localhost")
        given = self.values | {"slug": demo.SLUG, "name": whole_course.TIMED, "number": 1}
        for endpoint, choices in PAGES.items():
            for choice in choices:
                chosen = {name: text[1:] if text[:1] == "=" else self.values[text] for name, text in choice.items()}
                wanted = {name for rule in self.app.url_map.iter_rules(endpoint) for name in rule.arguments}
                yield adapter.build(endpoint, {name: given.get(name) for name in wanted} | chosen, method="GET")


@pytest.fixture(scope="module")
def site(tmp_path_factory) -> Iterator[Site]:
    data = tmp_path_factory.mktemp("every-page")
    database = f"sqlite:///{data / 'stride.db'}"
    engine = make_engine(database)
    migrate(engine)
    with make_sessions(engine).begin() as s:
        values = whole_course.seed(s, ROOT)
        whole_course.add_administrator(s, *ADMINISTRATOR)
    engine.dispose()
    app = create_app(
        Settings(
            environment="testing",
            secret_key="not a secret, only a test",
            database_url=database,
            broker_url="filesystem://",
            data=data,
            assignments=ROOT,
        )
    )
    server = make_server("127.0.0.1", 0, app, threaded=True)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    yield Site(app, f"http://127.0.0.1:{server.port}", values)
    server.shutdown()
    thread.join()
    server.server_close()


@pytest.fixture(params=WHO)
def page(request: pytest.FixtureRequest, chromium: Browser, site: Site) -> Iterator[Page]:
    """Somebody's browser. It moves nothing, so that no colour is looked at on its way to another."""
    context = chromium.new_context(base_url=site.url, viewport={"width": 1280, "height": 800}, reduced_motion="reduce")
    context.set_default_timeout(PATIENCE * 1000)
    page = context.new_page()
    if WHO[request.param] is not None:
        number, password = WHO[request.param]
        page.goto("/sign-in")
        page.get_by_label("Student number").fill(number)
        page.get_by_label("Password", exact=True).fill(password)
        page.get_by_role("button", name="Sign in", exact=True).click()
        page.wait_for_url(f"{site.url}/")
    yield page
    context.close()


def test_every_address_that_can_be_opened_is_a_page_here_or_known_to_be_none(site):
    found = {rule.endpoint for rule in site.app.url_map.iter_rules() if "GET" in (rule.methods or ())}
    assert found == NO_PAGES | set(PAGES), "say in PAGES how a new page is reached, or in NO_PAGES that it is none"


def test_every_page_opens_for_somebody(site):
    visitors = [Visitor(site.app) for _ in WHO]
    for visitor, account in zip(visitors, WHO.values(), strict=True):
        assert account is None or visitor.sign_in(*account).status_code == 302
    closed = [
        address
        for address in site.addresses()
        if all(visitor.get(address, follow_redirects=True).status_code != 200 for visitor in visitors)
    ]
    nobodys = f"/q/{site.values['coming_code']}/result"
    assert closed == [nobodys], "axe would see an error in its place; that one says whose results there are"


def test_axe_finds_nothing_on_any_page_light_or_dark(site, page):
    findings: list[str] = []
    elsewhere: set[tuple[int, str]] = set()
    for address in site.addresses():
        status = page.goto(address).status
        where = (status, page.title())
        if status != 200 or urlsplit(page.url).path != urlsplit(address).path:
            if where in elsewhere:
                continue
            elsewhere.add(where)
        page.evaluate(UNFOLD)
        if page.evaluate(OVERFLOW) > 0:
            findings.append(f"{address}: wider than the window")
        for scheme in ("light", "dark"):
            page.emulate_media(color_scheme=scheme)
            found = Axe().run(page).response["violations"]
            findings += [f"{address} ({scheme}) {each['id']}: {each['nodes'][0]['html'][:200]}" for each in found]
    assert not findings, "\n".join(findings)
