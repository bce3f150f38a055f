"""The pages: one blueprint a file. A view parses the request, calls a service and renders."""

from __future__ import annotations

from flask import Flask

from server.views import (
    admin,
    assignment,
    errors,
    gradebook,
    health,
    home,
    playground,
    publishing,
    roster,
    session,
    submission,
)

BLUEPRINTS = (
    admin.pages,
    assignment.pages,
    gradebook.pages,
    health.pages,
    home.pages,
    playground.pages,
    publishing.pages,
    roster.pages,
    session.pages,
    submission.pages,
)


def register_views(app: Flask) -> None:
    """Add every page, and the pages that say what went wrong."""
    for blueprint in BLUEPRINTS:
        app.register_blueprint(blueprint)
    errors.register_errors(app)
