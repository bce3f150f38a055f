"""Which format a file is in: by its name's ending and what is in it."""

from __future__ import annotations

import re
from pathlib import PurePath

from lxml.etree import _Element as Element

from server.quiz.formats.aiken import looks_like_aiken
from server.quiz.formats.exchange import FormatError
from server.quiz.formats.packages import Package, question_files
from server.quiz.formats.xml_reading import children, name, parse
from server.quiz.spreadsheet import decoded

ROOTS = {"questestinterop": "qti12", "assessmentItem": "qti21"}
ENDINGS = {".gift": "gift", ".toml": "stride_toml", ".xlsx": "socrative", ".xlsm": "socrative"}
GIFT_ANSWERS = re.compile(r"\{\s*(?:[=~#]|(?:TRUE|FALSE|T|F)\s*[#}])")
ZIP = b"PK\x03\x04"
KNOWN = ".gift, .txt, .xml, .zip, .xlsx and .toml"


def detect(data: bytes, filename: str) -> str:
    """The format's name. Raises FormatError where no format fits."""
    ending = PurePath(filename).suffix.lower()
    if ending in ENDINGS:
        return ENDINGS[ending]
    if ending in (".zip", ".imscc") or data.startswith(ZIP):
        return _of_package(data)
    if ending in (".xml", ".qti") or data.lstrip(b"\xef\xbb\xbf \t\r\n").startswith(b"<?xml"):
        return of_root(parse(data))
    if ending in (".txt", "", ".aiken", ".md"):
        return of_text(decoded(data))
    raise FormatError(f"A file that ends in {ending[:20]} is in no format that is read. Known are {KNOWN}.")


def of_text(text: str) -> str:
    """Aiken where there are lettered choices and a line with the answer, and no answers in braces as in GIFT."""
    return "aiken" if looks_like_aiken(text) and not GIFT_ANSWERS.search(text) else "gift"


def of_root(root: Element) -> str:
    """The format of an XML file. Raises FormatError."""
    kind = name(root)
    if kind == "quiz" and children(root, "question"):
        return "moodle_xml"
    if kind in ROOTS:
        return ROOTS[kind]
    raise FormatError(
        REASONS.get(kind, f"The XML begins with <{kind[:40]}>, which is no format of questions that is read.")
    )


def _of_package(data: bytes) -> str:
    package = Package(data)
    kinds = {of_root(parse(package.read(path))) for path in question_files(package)[:1]}
    return kinds.pop()


REASONS = {
    "quiz": "The XML is a Moodle quiz without any question in it.",
    "assessmentTest": "The XML is a test that names its items but does not hold them. Give the whole package, a .zip.",
    "manifest": "The XML is a package's list of contents. Give the whole package, a .zip.",
    "qti-assessment-item": "The XML is QTI 3, which is not read. Export it as QTI 2.1.",
    "qti-assessment-test": "The XML is QTI 3, which is not read. Export it as QTI 2.1.",
}
