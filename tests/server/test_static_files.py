"""Scripts, styles and pictures: from memory, compressed, to be kept; and nothing else of the disk."""

from __future__ import annotations

import gzip
from pathlib import Path

import pytest
from flask import Flask, url_for
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from server.app import STATIC_FOLDERS, create_app
from server.settings import Settings


@pytest.fixture
def app(tmp_path: Path) -> Flask:
    return create_app(Settings.from_environment({"STRIDE_DATA": str(tmp_path), "STRIDE_HTTPS": "1"}))


@pytest.fixture
def client(app: Flask) -> FlaskClient:
    return app.test_client()


def ask(client: FlaskClient, name: str, encoding: str = "", endpoint: str = "static") -> TestResponse:
    with client.application.test_request_context():
        address = url_for(endpoint, filename=name)
    return client.get(address, headers={"Accept-Encoding": encoding})


@pytest.mark.parametrize(
    ("name", "endpoint", "kind"),
    [
        ("stride.css", "static", "text/css; charset=utf-8"),
        ("theme.js", "static", "text/javascript; charset=utf-8"),
        ("stride.svg", "static", "image/svg+xml; charset=utf-8"),
        ("css/bootstrap.min.css", "bootstrap.static", "text/css; charset=utf-8"),
    ],
)
def test_a_file_is_sent_as_it_is_and_may_be_kept(client: FlaskClient, name: str, endpoint: str, kind: str) -> None:
    plain, compressed = (ask(client, name, encoding, endpoint) for encoding in ("", "gzip, br"))
    content = (STATIC_FOLDERS[endpoint] / name).read_bytes()
    assert plain.data == content
    assert plain.headers["Content-Type"] == compressed.headers["Content-Type"] == kind
    assert "Content-Encoding" not in plain.headers
    if compressed.headers.get("Content-Encoding") == "gzip":
        assert gzip.decompress(compressed.data) == content
    assert compressed.content_length == len(compressed.data)
    assert "immutable" in plain.headers["Cache-Control"]
    assert plain.headers["Vary"] == "Accept-Encoding"


def test_the_largest_file_shrinks_to_a_fifth(client: FlaskClient) -> None:
    plain, compressed = (ask(client, "css/bootstrap.min.css", each, "bootstrap.static") for each in ("", "gzip"))
    assert len(compressed.data) < len(plain.data) / 5


def test_files_have_the_headers_of_every_response(client: FlaskClient) -> None:
    sent = ask(client, "stride.css")
    page = client.get("/sign-in")
    kept = ("Content-Security-Policy", "X-Content-Type-Options", "Strict-Transport-Security", "X-Frame-Options")
    assert {name: sent.headers[name] for name in kept} == {name: page.headers[name] for name in kept}
    assert "Set-Cookie" not in sent.headers


@pytest.mark.parametrize(
    "address", ["/static/../settings.py?v=0", "/static/..%2Fsettings.py?v=0", "/static//etc/passwd?v=0", "/static/?v=0"]
)
def test_nothing_outside_the_folders_is_sent(client: FlaskClient, address: str) -> None:
    assert client.get(address, follow_redirects=True).status_code == 404


@pytest.mark.parametrize("address", ["/static/stride.css", "/static/stride.css?v=other"])
def test_an_address_without_the_present_version_is_not_kept_as_it(client: FlaskClient, address: str) -> None:
    sent = client.get(address)
    assert sent.status_code == 200
    assert "immutable" not in sent.headers["Cache-Control"]
    sent.close()


def test_other_methods_go_on_to_the_application(client: FlaskClient) -> None:
    assert client.post("/static/stride.css?v=0").status_code == 405
