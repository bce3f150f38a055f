"""Questions from and for other programs: GIFT, Aiken, Moodle XML, QTI 1.2 and 2.1, Socrative, and Stride's own TOML.

What cannot come over is listed question by question with a reason, and the rest comes over (docs/exchange.md).
"""

from __future__ import annotations

from collections.abc import Callable

from server.quiz.formats import (
    aiken,
    gift,
    gift_writing,
    moodle_xml,
    moodle_xml_writing,
    qti12,
    qti12_writing,
    qti21,
    qti21_writing,
    socrative,
    stride_toml,
)
from server.quiz.formats.detection import ZIP, detect
from server.quiz.formats.exchange import LARGEST_FILE, Format, FormatError, Imported, Refusal, Written
from server.quiz.formats.fixing import fixed
from server.quiz.formats.packages import Package, question_files
from server.quiz.formats.reading import Reading
from server.quiz.formats.xml_reading import name, parse
from server.quiz.question import Question
from server.quiz.spreadsheet import TYPES, decoded

__all__ = ["FORMATS", "Format", "FormatError", "Imported", "Refusal", "Written", "fixed", "read", "write"]

FORMATS = {
    each.name: each
    for each in (
        Format("gift", "GIFT", ".gift", "text/plain"),
        Format("aiken", "Aiken", ".txt", "text/plain"),
        Format("moodle_xml", "Moodle XML", ".xml", "application/xml"),
        Format("qti12", "QTI 1.2 (Canvas)", ".zip", "application/zip"),
        Format("qti21", "QTI 2.1", ".zip", "application/zip"),
        Format("socrative", "Socrative's spreadsheet", ".xlsx", TYPES["xlsx"]),
        Format("stride_toml", "Stride's own (TOML)", ".toml", "application/toml"),
    )
}
"""Every format by its name."""

TEXTS: dict[str, Callable[[str, Reading], None]] = {
    "gift": gift.read,
    "aiken": aiken.read,
    "stride_toml": stride_toml.read,
}
XML = {
    "moodle_xml": ("quiz", moodle_xml.read),
    "qti12": ("questestinterop", qti12.read),
    "qti21": ("assessmentItem", qti21.read),
}
WRITERS = {
    "gift": gift_writing.write,
    "aiken": aiken.write,
    "moodle_xml": moodle_xml_writing.write,
    "qti12": qti12_writing.write,
    "qti21": qti21_writing.write,
    "socrative": socrative.write,
    "stride_toml": stride_toml.write,
}


def read(data: bytes, filename: str, format_name: str | None = None) -> Imported:
    """The questions of a file, in the format named or found by its name and content.

    Every question is checked as the bank's are; what cannot come over is in `refused`. Raises FormatError where the
    file as a whole cannot be read.
    """
    if not data.strip():
        raise FormatError("The file is empty.")
    if len(data) > LARGEST_FILE and not data.startswith(ZIP):
        raise FormatError(f"The file has more than {LARGEST_FILE // 1024 // 1024} MB. Split it.")
    known = _known(format_name) if format_name is not None else detect(data, filename)
    reading = Reading()
    if known in TEXTS:
        TEXTS[known](decoded(data), reading)
    elif known == "socrative":
        socrative.read(data, reading)
    else:
        _read_xml(data, known, reading)
    if not reading.imported.questions and not reading.imported.refused:
        raise FormatError(f"The file has no questions in it that can be read as {FORMATS[known].title}.")
    return reading.imported


def _read_xml(data: bytes, known: str, reading: Reading) -> None:
    """A file of XML, or every file of questions in a package; of those, one that is broken is refused by itself."""
    if not data.startswith(ZIP):
        _read_root(data, known, reading)
        return
    package = Package(data)
    for path in question_files(package):
        try:
            _read_root(package.read(path), known, reading)
        except FormatError as error:
            reading.refuse(path, path, error.message)


def _read_root(data: bytes, known: str, reading: Reading) -> None:
    root = parse(data)
    expected, read_root = XML[known]
    if name(root) != expected:
        raise FormatError(f"It is no {FORMATS[known].title}: it begins with <{name(root)[:40]}>, not <{expected}>.")
    read_root(root, reading)


def write(questions: list[Question], format_name: str) -> Written:
    """The questions as a file. What the format cannot hold is in `left_out`; what of the others is lost, in `notes`.

    Only Stride's own format holds parameters; `fixed` makes a draw of a question for the others. Raises FormatError
    for a format that is not known.
    """
    form = FORMATS[_known(format_name)]
    data, left_out, notes = WRITERS[form.name](questions)
    return Written(data, f"questions{form.extension}", form.mimetype, left_out, notes)


def _known(format_name: str) -> str:
    if format_name not in FORMATS:
        raise FormatError(f"There is no format “{format_name[:40]}”. There are {', '.join(FORMATS)}.")
    return format_name
