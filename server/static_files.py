"""The pages' scripts, styles and pictures from memory, compressed once: a class's first visit is a dozen for each."""

from __future__ import annotations

import gzip
import mimetypes
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from wsgiref.types import StartResponse, WSGIApplication, WSGIEnvironment

from werkzeug.utils import safe_join

KEPT = "public, max-age=31536000, immutable"
SMALLEST = 500
"""Bytes from which a file is worth compressing."""


@dataclass(frozen=True, slots=True)
class _File:
    kind: str
    content: bytes
    compressed: bytes | None


class StaticFiles:
    """Answers for a file whose address names its present version; everything else goes on to the application.

    `folders` are by the beginning of the address, `version` says what a file's address must name after `?v=`, and
    `headers` go with every answer.
    """

    def __init__(
        self,
        application: WSGIApplication,
        folders: Mapping[str, Path],
        version: Callable[[Path], str],
        headers: Mapping[str, str],
    ) -> None:
        self._application = application
        self._folders = dict(folders)
        self._version = version
        self._headers = [*headers.items(), ("Cache-Control", KEPT), ("Vary", "Accept-Encoding")]
        self._files: dict[tuple[str, str], _File] = {}

    def __call__(self, environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        """One request."""
        query = environ.get("QUERY_STRING", "")
        if environ["REQUEST_METHOD"] != "GET" or not query.startswith("v="):
            return self._application(environ, start_response)
        file = self._find(environ.get("PATH_INFO", ""), query.removeprefix("v="))
        if file is None:
            return self._application(environ, start_response)
        return self._send(file, environ, start_response)

    def _find(self, address: str, version: str) -> _File | None:
        if (address, version) not in self._files:
            path = self._path(address)
            if path is None or not path.is_file() or self._version(path) != version:
                return None
            self._files[address, version] = _read(path)
        return self._files[address, version]

    def _path(self, address: str) -> Path | None:
        for beginning, folder in self._folders.items():
            if address.startswith(beginning):
                inside = safe_join(str(folder), address.removeprefix(beginning))
                return Path(inside) if inside is not None else None
        return None

    def _send(self, file: _File, environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        body, headers = file.content, [*self._headers, ("Content-Type", file.kind)]
        if file.compressed is not None and "gzip" in environ.get("HTTP_ACCEPT_ENCODING", ""):
            body = file.compressed
            headers.append(("Content-Encoding", "gzip"))
        start_response("200 OK", [*headers, ("Content-Length", str(len(body)))])
        return [body]


def _read(path: Path) -> _File:
    kind, _ = mimetypes.guess_type(path.name)
    content = path.read_bytes()
    compressed = gzip.compress(content, mtime=0) if len(content) >= SMALLEST else content
    text = kind is not None and (kind.startswith("text/") or kind == "image/svg+xml")
    named = f"{kind}; charset=utf-8" if text else kind or "application/octet-stream"
    return _File(named, content, compressed if len(compressed) < len(content) else None)
