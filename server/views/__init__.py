"""The pages: one blueprint a file. A view parses the request, calls a service and renders."""

from __future__ import annotations

from flask import Flask

from server.views import (
    admin,
    assignment,
    board,
    board_audit,
    errors,
    gradebook,
    health,
    home,
    playground,
    publishing,
    quiz_bank,
    quiz_composer,
    quiz_decisions,
    quiz_desk,
    quiz_exchange,
    quiz_items,
    quiz_own_result,
    quiz_practice,
    quiz_projector,
    quiz_results,
    quiz_schedule,
    quiz_sitting,
    quiz_wire,
    roster,
    session,
    submission,
)

BLUEPRINTS = (
    admin.pages,
    assignment.pages,
    board.pages,
    board_audit.pages,
    gradebook.pages,
    health.pages,
    home.pages,
    playground.pages,
    publishing.pages,
    quiz_bank.pages,
    quiz_composer.pages,
    quiz_decisions.pages,
    quiz_desk.pages,
    quiz_exchange.pages,
    quiz_items.pages,
    quiz_own_result.pages,
    quiz_practice.pages,
    quiz_projector.pages,
    quiz_results.pages,
    quiz_schedule.pages,
    quiz_sitting.pages,
    quiz_wire.pages,
    roster.pages,
    session.pages,
    submission.pages,
)


def register_views(app: Flask) -> None:
    """Add every page, and the pages that say what went wrong."""
    for blueprint in BLUEPRINTS:
        app.register_blueprint(blueprint)
    errors.register_errors(app)
