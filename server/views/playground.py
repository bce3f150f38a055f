"""The playgrounds: open to everyone, because they hold nobody's data. Settings stand in the address, to be shared."""

from __future__ import annotations

import io
from collections.abc import Mapping
from dataclasses import dataclass
from typing import IO, Any

from flask import Blueprint, Response, redirect, render_template, request, url_for
from werkzeug.datastructures import FileStorage
from werkzeug.exceptions import RequestEntityTooLarge
from werkzeug.formparser import parse_form_data

from server.rendering.playground import show_convolution, show_kept, show_pooling
from server.security import csrf, limiter
from server.services.playground import convolution, kernels, pooling
from server.services.playground.images import DRAWINGS, MOST_BYTES, SIZES, PictureError, decode, keep, kept
from server.services.playground.typed import OWN, RGB, Typed
from server.views.errors import drain

pages = Blueprint("playground", __name__, url_prefix="/playground")
# Nothing is changed by a request, so none needs proof of where it comes from; and the CSRF check would read the upload
# first, under the limits of other pages, and into a file.
csrf.exempt(pages)

REFUSED = 422
MOST_REQUEST = MOST_BYTES + 1024 * 1024
MOST_FIELDS = 64
RATE = "1200 per minute"
CONVOLUTION_FIELDS = {
    "image": convolution.DEFAULTS["image"],
    "size": str(convolution.DEFAULT_SIZE),
    "colour": "grey",
    "kernel": convolution.DEFAULTS["kernel"],
    "operation": "correlation",
    "stride": "1",
    "pad": "0",
    "dilation": "1",
    "scale": "auto",
    "row": "",
    "column": "",
}
POOLING_FIELDS = {
    "image": pooling.DEFAULTS["image"],
    "size": str(pooling.DEFAULT_SIZE),
    "colour": "grey",
    "kind": pooling.DEFAULTS["kind"],
    "height": "2",
    "width": "2",
    "stride": "2",
    "p": "2",
    "dx": "1",
    "dy": "0",
    "scale": "auto",
    "row": "",
    "column": "",
}


@dataclass(frozen=True, slots=True)
class Asked:
    """A request's fields, and the visitor's own picture where one came with it."""

    typed: Typed
    own: RGB | None = None


@pages.get("/")
def index() -> Response:
    """The first of the two."""
    return redirect(url_for("playground.convolution_page"))  # type: ignore[return-value]


@pages.route("/convolution", methods=["GET", "POST"])
@limiter.limit(RATE)
def convolution_page() -> tuple[str, int]:
    """The page of the convolution, with its result."""
    return _page("playground/convolution.html", _convolution(_asked()))


@pages.route("/convolution/result", methods=["GET", "POST"])
@limiter.limit(RATE)
def convolution_result() -> str:
    """The result alone, to be put into the page."""
    return render_template("playground/convolution_result.html", **_convolution(_asked()))


@pages.route("/pooling", methods=["GET", "POST"])
@limiter.limit(RATE)
def pooling_page() -> tuple[str, int]:
    """The page of the pooling, with its result."""
    return _page("playground/pooling.html", _pooling(_asked()))


@pages.route("/pooling/result", methods=["GET", "POST"])
@limiter.limit(RATE)
def pooling_result() -> str:
    """The result alone, to be put into the page."""
    return render_template("playground/pooling_result.html", **_pooling(_asked()))


def _page(template: str, values: dict[str, Any]) -> tuple[str, int]:
    return render_template(template, **values), REFUSED if values["errors"] else 200


def _convolution(asked: Asked) -> dict[str, Any]:
    typed = asked.typed
    settings, _, outcome = convolution.play(typed, asked.own)
    shown = show_convolution(typed, outcome) if outcome is not None else None
    return _common(asked, "convolution", CONVOLUTION_FIELDS) | {
        "shown": shown,
        "settings": settings,
        "kernels": {name: (kernel, kernels.written(kernel.weights)) for name, kernel in kernels.KERNELS.items()},
        "numbers": convolution.numbers(typed, settings),
        "effect": _effect(typed, settings),
    }


def _effect(typed: Typed, settings: convolution.Settings) -> str:
    """What the kernel does: the words of a named one hold for cross-correlation, and turned only if it looks alike."""
    if settings.is_symmetric:
        both = "Turned, this kernel is the same: convolution and cross-correlation agree."
        return f"{kernels.effect(typed.text('kernel', convolution.DEFAULTS['kernel']))} {both}".strip()
    if settings.operation == "convolution":
        return "The kernel is turned by half a turn before it is laid on."
    return kernels.effect(typed.text("kernel", convolution.DEFAULTS["kernel"]))


def _pooling(asked: Asked) -> dict[str, Any]:
    typed = asked.typed
    settings, _, outcome, invariance = pooling.play(typed, asked.own)
    return _common(asked, "pooling", POOLING_FIELDS) | {
        "shown": show_pooling(typed, outcome) if outcome is not None else None,
        "settings": settings,
        "invariance": invariance,
        "kept_rows": show_kept(invariance) if invariance is not None else [],
    }


def _common(asked: Asked, here: str, fields: Mapping[str, str]) -> dict[str, Any]:
    typed = asked.typed
    return {
        "here": here,
        "address": url_for(f"playground.{here}_page"),
        "result_address": url_for(f"playground.{here}_result"),
        "errors": typed.errors,
        "values": {name: typed.texts.get(name, default) for name, default in fields.items()},
        "drawings": DRAWINGS,
        "sizes": SIZES,
        "kept": keep(asked.own) if asked.own is not None else "",
    }


def _asked() -> Asked:
    """What came with the request. The upload is read into memory alone: nothing of it reaches a disk."""
    if request.method == "GET":
        return Asked(Typed(request.args.to_dict()))
    try:
        _, form, files = parse_form_data(
            request.environ,
            stream_factory=_in_memory,
            max_form_memory_size=MOST_REQUEST,
            max_content_length=MOST_REQUEST,
            max_form_parts=MOST_FIELDS,
        )
    except RequestEntityTooLarge:
        drain()
        typed = Typed(request.args.to_dict())
        typed.refuse("image", "The file is too large: a picture may have 2 MiB at most.")
        return Asked(typed)
    return _with_picture(form.to_dict(), files.get("file"))


def _with_picture(texts: dict[str, str], file: FileStorage | None) -> Asked:
    """The fields with the picture that was uploaded, or the one that the page has kept since."""
    typed = Typed(texts)
    try:
        if file is not None and file.filename:
            texts["image"] = OWN
            return Asked(typed, decode(file.stream.read()))
        if texts.get("kept"):
            return Asked(typed, kept(texts["kept"]))
    except PictureError as error:
        typed.refuse("image", str(error))
    return Asked(typed)


def _in_memory(**_described: Any) -> IO[bytes]:
    """Where Werkzeug puts each uploaded file, whatever its length and type."""
    return io.BytesIO()
