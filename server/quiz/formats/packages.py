"""Zip packages: read within bounds and without touching the disk, written the same for the same questions."""

from __future__ import annotations

import io
import posixpath
import zipfile
import zlib
from collections.abc import Mapping
from urllib.parse import unquote

from lxml.etree import _Element as Element

from server.quiz.formats.exchange import LARGEST_FILE, FormatError
from server.quiz.formats.xml_reading import below, children, parse

MANIFEST = "imsmanifest.xml"
MOST_MEMBERS = 5000
LARGEST_PACKAGE = 64 * 1024 * 1024
"""Bytes of a package as it is sent. Its pictures are not unpacked; what is unpacked is bounded by `LARGEST_FILE`."""
EARLIEST = (1980, 1, 1, 0, 0, 0)


class Package:
    """A package's files, unpacked one by one as they are asked for."""

    def __init__(self, data: bytes) -> None:
        if len(data) > LARGEST_PACKAGE:
            raise FormatError(f"The package has more than {LARGEST_PACKAGE // 1024 // 1024} MB. Leave out its media.")
        try:
            self._zip = zipfile.ZipFile(io.BytesIO(data))
            members = self._zip.infolist()
        except (zipfile.BadZipFile, ValueError, NotImplementedError) as error:
            raise FormatError(f"The package is no zip file that can be read: {error}.") from None
        if len(members) > MOST_MEMBERS:
            raise FormatError(f"The package has {len(members):,} files; at most {MOST_MEMBERS:,} are looked at.")
        self._members = {member.filename: member for member in members if not member.is_dir()}
        self._left = LARGEST_FILE

    def __contains__(self, path: str) -> bool:
        return path in self._members

    def paths(self) -> list[str]:
        """The paths of its files."""
        return list(self._members)

    def read(self, path: str) -> bytes:
        """A file's bytes. Raises FormatError where it cannot be unpacked, or all that was unpacked is too much.

        The size that the package states is not relied on: unpacking stops at the bound.
        """
        if path not in self._members:
            raise FormatError(f"The package has no file {path[:80]}.")
        try:
            with self._zip.open(self._members[path]) as member:
                data = member.read(self._left + 1)
        except (
            zipfile.BadZipFile,
            zlib.error,
            RuntimeError,
            NotImplementedError,
            OSError,
            EOFError,
            ValueError,
        ) as error:
            raise FormatError(f"{path[:80]} in the package cannot be unpacked: {error}.") from None
        self._left -= len(data)
        if self._left < 0:
            raise FormatError(f"The package unpacks to more than {LARGEST_FILE // 1024 // 1024} MB of XML. Split it.")
        return data


def question_files(package: Package) -> list[str]:
    """The files that the manifest calls assessments and items, in its order. Raises FormatError."""
    manifests = sorted((path for path in package.paths() if posixpath.basename(path) == MANIFEST), key=len)
    if not manifests:
        raise FormatError(f"The package has no {MANIFEST}, so it is no QTI package.")
    folder = posixpath.dirname(manifests[0])
    root = parse(package.read(manifests[0]))
    files = [path for each in below(root, "resource") if _is_questions(each) for path in _hrefs(each)]
    inside = [_within(folder, path) for path in dict.fromkeys(files)]
    if not inside:
        raise FormatError("The package's manifest names no assessment and no items of QTI 1.2 or 2.1.")
    return inside


def _is_questions(resource: Element) -> bool:
    kind = resource.get("type", "").lower()
    return kind.startswith(("imsqti_xmlv1p", "imsqti_item_xmlv2p", "imsqti_assessment_xmlv1p"))


def _hrefs(resource: Element) -> list[str]:
    """The resource's own file, or the first that it lists where it names none."""
    named = resource.get("href") or next((each.get("href", "") for each in children(resource, "file")), "")
    return [unquote(named)] if named.lower().endswith((".xml", ".qti", ".dat")) else []


def _within(folder: str, path: str) -> str:
    """A path as the package writes it. Raises FormatError for one that leads out of it."""
    plain = posixpath.normpath(posixpath.join(folder, path.replace("\\", "/")))
    if plain.startswith(("/", "..")) or ":" in plain:
        raise FormatError(f"The package's manifest names {path[:80]}, which lies outside the package.")
    return plain


def pack(members: Mapping[str, bytes]) -> bytes:
    """A zip file with these files, always the same bytes."""
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
        for path, data in members.items():
            archive.writestr(zipfile.ZipInfo(path, EARLIEST), data, zipfile.ZIP_DEFLATED)
    return packed.getvalue()
