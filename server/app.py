"""The application factory: settings in, a Flask application out. Nothing is built at import."""

from __future__ import annotations

import hashlib
from functools import lru_cache
from pathlib import Path
from typing import Any

from flask import Flask
from flask_bootstrap import Bootstrap5
from flask_bootstrap import __file__ as bootstrap_file

from server.broker import make_celery, send_after_commit
from server.catalogue import Catalogue
from server.context import Context, init_context
from server.database import make_engine, make_sessions
from server.login import init_login
from server.quiz.bank import Bank
from server.rendering.filters import register_filters
from server.security import configuration, init_security, response_headers
from server.settings import Settings
from server.static_files import StaticFiles
from server.views import register_views

A_YEAR = 31_536_000
STATIC_FOLDERS = {
    "static": Path(__file__).parent / "static",
    "bootstrap.static": Path(bootstrap_file).parent / "static" / "bootstrap5",
}


def create_app(settings: Settings | None = None) -> Flask:
    """An application for `settings`; without them, for the environment's. Raises SettingsError."""
    settings = settings or Settings.from_environment()
    app = Flask(__name__)
    app.config.from_mapping(configuration(settings))
    app.config.update(BOOTSTRAP_SERVE_LOCAL=True, SEND_FILE_MAX_AGE_DEFAULT=A_YEAR)
    app.config["TESTING"] = settings.environment == "testing"
    app.jinja_options = {"trim_blocks": True, "lstrip_blocks": True}
    engine = make_engine(settings.database_url)
    sessions = make_sessions(engine)
    send_after_commit(sessions, make_celery(settings))
    catalogue, bank = Catalogue(settings.assignments), Bank(settings.assignments)
    init_context(app, Context(settings, engine, sessions, catalogue, bank))
    init_security(app, settings)
    init_login(app)
    Bootstrap5(app)
    register_filters(app)
    register_views(app)
    app.url_defaults(_add_version)
    addresses = {rule.endpoint: rule.rule.removesuffix("<path:filename>") for rule in app.url_map.iter_rules()}
    folders = {addresses[endpoint]: folder for endpoint, folder in STATIC_FOLDERS.items()}
    app.wsgi_app = StaticFiles(app.wsgi_app, folders, _version, response_headers(settings))  # type: ignore[method-assign]
    return app


def _add_version(endpoint: str, values: dict[str, Any]) -> None:
    """Name a static file's version in its address, so that browsers may keep it for ever."""
    folder = STATIC_FOLDERS.get(endpoint)
    if folder is not None and "v" not in values:
        values["v"] = _version(folder / values["filename"])


@lru_cache(maxsize=256)
def _version(path: Path) -> str:
    return hashlib.sha256(path.read_bytes()).hexdigest()[:10] if path.is_file() else "0"
