"""The application for a WSGI server: `gunicorn server.wsgi:app`."""

from __future__ import annotations

from server.app import create_app
from server.logging import configure_logging
from server.settings import Settings

settings = Settings.from_environment()
configure_logging(settings)
app = create_app(settings)
