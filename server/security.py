"""What keeps a page's promises in the browser: cookies, headers, the request's size, and limits on guessing."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from flask import Flask, Response, request
from flask_limiter import Limiter
from flask_limiter.util import get_remote_address
from flask_wtf import CSRFProtect
from werkzeug.middleware.proxy_fix import ProxyFix

from grader.contract.notebook import MAX_NOTEBOOK_BYTES
from server.context import catalogue
from server.settings import Settings

MOST_BYTES = 1024 * 1024
MOST_OF_AN_UPLOAD = MAX_NOTEBOOK_BYTES + MOST_BYTES
"""A request that hands something in: the largest file, and the form around it."""
# Bootstrap's stylesheet draws its form controls with data: pictures.
POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; font-src 'self'; "
    "connect-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
)
HEADERS = {
    "Content-Security-Policy": POLICY,
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Referrer-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Permissions-Policy": "camera=(), geolocation=(), microphone=()",
}
A_YEAR = 31_536_000

csrf = CSRFProtect()
limiter = Limiter(get_remote_address, strategy="fixed-window")


def configuration(settings: Settings) -> dict[str, Any]:
    """Flask's settings that concern safety."""
    return {
        "SECRET_KEY": settings.secret_key,
        "MAX_CONTENT_LENGTH": MOST_BYTES,
        "MAX_FORM_MEMORY_SIZE": MOST_BYTES,
        "MAX_FORM_PARTS": 500,
        "SESSION_COOKIE_NAME": "stride_session",
        "SESSION_COOKIE_HTTPONLY": True,
        "SESSION_COOKIE_SAMESITE": "Lax",
        "SESSION_COOKIE_SECURE": settings.https,
        "PERMANENT_SESSION_LIFETIME": timedelta(hours=settings.session_hours),
        # Renewed with every answer, the cookie of a late one would undo a sign-out.
        "SESSION_REFRESH_EACH_REQUEST": False,
        # A token lives as long as its session: whoever thinks for an hour before handing in loses nothing.
        "WTF_CSRF_TIME_LIMIT": None,
        "WTF_CSRF_SSL_STRICT": settings.https,
        "RATELIMIT_STORAGE_URI": settings.broker_url if settings.broker_url.startswith("redis") else "memory://",
        "RATELIMIT_KEY_PREFIX": "stride.limits",
        # A limiter whose Redis is away counts in memory: signing in goes on, and guessing stays limited.
        "RATELIMIT_IN_MEMORY_FALLBACK_ENABLED": True,
    }


def _most_of_weights() -> int:
    """How many bytes of weights the assignment that is handed in may have."""
    assignment = catalogue().get((request.view_args or {}).get("name", ""))
    return int(assignment.trained.max_mib * 2**20) if assignment and assignment.trained else 0


def response_headers(settings: Settings) -> dict[str, str]:
    """What goes with every response, whoever gives it."""
    secure = {"Strict-Transport-Security": f"max-age={A_YEAR}"} if settings.https else {}
    return HEADERS | secure


def init_security(app: Flask, settings: Settings) -> None:
    """Set up CSRF protection, rate limits, response headers and the trust in proxies."""

    @app.before_request
    def allow_uploads() -> None:  # before the CSRF check, which reads the form
        if request.endpoint == "assignment.submit":
            request.max_content_length = MOST_OF_AN_UPLOAD + _most_of_weights()

    headers = response_headers(settings)
    csrf.init_app(app)
    limiter.init_app(app)
    if settings.proxies:
        app.wsgi_app = ProxyFix(  # type: ignore[method-assign]
            app.wsgi_app, x_for=settings.proxies, x_proto=settings.proxies, x_host=settings.proxies
        )

    @app.after_request
    def add_headers(response: Response) -> Response:
        for name, value in headers.items():
            response.headers.setdefault(name, value)
        if request.endpoint not in {"static", "bootstrap.static"}:
            # Pages are a person's own: neither a proxy nor the next user of the machine gets them from a cache.
            response.headers.setdefault("Cache-Control", "no-store")
        return response
