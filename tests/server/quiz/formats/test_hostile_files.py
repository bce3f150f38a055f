"""Files that mean harm: bombs, entities, paths out of a package, and junk. Each is refused quickly, with a sentence."""

from __future__ import annotations

import io
import random
import struct
import time
import zipfile
from collections.abc import Iterator

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from server.quiz.formats import FORMATS, FormatError, Imported, read, write
from server.quiz.formats.exchange import LARGEST_FILE, MOST_QUESTIONS
from server.quiz.formats.packages import MANIFEST, Package, pack, question_files
from server.quiz.formats.xml_reading import parse
from server.quiz.question import Kind, Option, Question

MEGABYTE = 1024 * 1024
QUESTION = Question("one", Kind.SINGLE, "Which?", (Option("a", True), Option("b")))
ITEM = b'<item ident="q"><presentation><material><mattext>Which?</mattext></material></presentation></item>'
MANIFEST_OF = '<manifest><resources><resource identifier="r" type="imsqti_xmlv1p2" href="{}"/></resources></manifest>'


@pytest.fixture(autouse=True)
def _in_time() -> Iterator[None]:
    started = time.process_time()
    yield
    assert time.process_time() - started < 20


def read_or_message(data: bytes, name: str) -> Imported | str:
    """What comes of a file: its questions, or the sentence that people see. Any other error fails the test."""
    try:
        return read(data, "quiz", name)
    except FormatError as error:
        return error.message


def zipped(**members: bytes) -> bytes:
    return pack({name.replace("__", "/").replace("_xml", ".xml"): data for name, data in members.items()})


LAUGHS = "".join(f'<!ENTITY l{n} "{f"&l{n - 1};" * 10 if n else "ha"}">' for n in range(12))
DOCUMENTS = {
    "billion laughs": f"<?xml version='1.0'?><!DOCTYPE quiz [{LAUGHS}]><quiz><question><x>&l11;</x></question></quiz>",
    "external entity": '<!DOCTYPE quiz [<!ENTITY x SYSTEM "file:///etc/hostname">]><quiz><question>&x;</question></quiz>',
    "external document type": '<!DOCTYPE questestinterop SYSTEM "http://127.0.0.1:1/qti.dtd"><questestinterop/>',
    "parameter entity": '<!DOCTYPE quiz [<!ENTITY % x SYSTEM "http://127.0.0.1:1/x">%x;]><quiz><question/></quiz>',
    "behind a comment": '<!-- <a> --><?x y?><!DOCTYPE quiz [<!ENTITY a "b">]><quiz><question>&a;</question></quiz>',
    "quadratic": f'<!DOCTYPE q [<!ENTITY a "{"x" * 50_000}">]><quiz><question>{"&a;" * 50_000}</question></quiz>',
}


@pytest.mark.parametrize("encoding", ["utf-8", "utf-16"])
@pytest.mark.parametrize("name", DOCUMENTS)
def test_a_document_type_is_refused_whatever_is_in_it(name, encoding):
    data = DOCUMENTS[name].replace("<?xml version='1.0'?>", "").encode(encoding)
    with pytest.raises(FormatError, match="document type"):
        parse(data)
    with pytest.raises(FormatError, match="document type"):
        read(data, "quiz.xml")


def test_a_document_type_within_a_package_keeps_that_file_out_alone():
    manifest = "<manifest><resources>{}</resources></manifest>".format(
        "".join(f'<resource type="imsqti_item_xmlv2p1" href="{name}"/>' for name in ("one.xml", "two.xml"))
    )
    good = zipfile.ZipFile(io.BytesIO(write([QUESTION], "qti21").data)).read("items/one.xml")
    data = pack({MANIFEST: manifest.encode(), "one.xml": good, "two.xml": DOCUMENTS["billion laughs"].encode()})
    imported = read(data, "quiz.zip")
    assert imported.questions == [QUESTION]
    assert [(each.place, "document type" in each.reason) for each in imported.refused] == [("two.xml", True)]


def test_nothing_is_fetched_for_an_include_or_a_stylesheet():
    data = (
        b'<?xml-stylesheet href="http://127.0.0.1:1/x.xsl"?><quiz xmlns:xi="http://www.w3.org/2001/XInclude">'
        b'<question type="truefalse"><name><text>x</text></name><questiontext><xi:include href="file:///etc/hostname"/>'
        b"</questiontext></question></quiz>"
    )
    (refused,) = read(data, "quiz.xml").refused
    assert refused.reason == "Its answers are not true and false."


@pytest.mark.parametrize(
    ("data", "reason"),
    [
        (b"<quiz>" + b"<question>" * 5000, "XML is broken"),
        (b"<quiz><question>", r"broken: Premature end of data in tag question line 1, line 1, column 17\.$"),
        (b"<quiz>" + b"<a>" * 150 + b"</a>" * 150 + b"</quiz>", "nested deeper"),
        (b"<quiz>" + b"<a/>" * 300_000 + b"</quiz>", "over 250,000 elements"),
        (b"<quiz><question>&undefined;</question></quiz>", "XML is broken"),
        (b"<quiz>" + b" " * (LARGEST_FILE + 1) + b"</quiz>", "more than 8 MB"),
        (b"<quiz><question>\x00</question></quiz>", "XML is broken"),
    ],
)
def test_xml_out_of_bounds_is_refused(data, reason):
    with pytest.raises(FormatError, match=reason):
        read(data, "quiz.xml")


def bomb(size: int) -> bytes:
    """A member that unpacks to many zeros."""
    return b"<x>" + b"\x00" * size


def test_a_bomb_in_a_package_stops_at_the_bound():
    packed = zipped(imsmanifest_xml=MANIFEST_OF.format("a.xml").encode(), a_xml=bomb(400 * MEGABYTE))
    assert len(packed) < MEGABYTE
    with pytest.raises(FormatError, match="unpacks to more than 8 MB"):
        read(packed, "quiz.zip")


def test_a_bomb_in_many_files_stops_at_the_bound():
    names = [f"{number}.xml" for number in range(40)]
    resources = "".join(f'<resource type="imsqti_item_xmlv2p1" href="{name}"/>' for name in names)
    manifest = f"<manifest><resources>{resources}</resources></manifest>".encode()
    item = b"<assessmentItem>" + b" " * MEGABYTE + b"</assessmentItem>"
    imported = read(pack({MANIFEST: manifest} | dict.fromkeys(names, item)), "quiz.zip")
    assert imported.questions == []
    assert sum("unpacks to more than 8 MB" in each.reason for each in imported.refused) >= 30


def test_a_package_that_lies_about_its_sizes_stops_at_the_bound():
    packed = bytearray(zipped(imsmanifest_xml=MANIFEST_OF.format("a.xml").encode(), a_xml=bomb(100 * MEGABYTE)))
    directory = packed.rindex(b"PK\x01\x02")
    struct.pack_into("<I", packed, directory + 24, 100)
    with pytest.raises(FormatError, match=r"cannot be unpacked|unpacks to more than"):
        read(bytes(packed), "quiz.zip")


@pytest.mark.parametrize("path", ["../../etc/passwd", "/etc/passwd", "..\\..\\windows", "C:\\x.xml", "a/../../b"])
def test_a_path_out_of_the_package_is_refused(path):
    name = path if path.endswith(".xml") else f"{path}.xml"
    packed = pack({MANIFEST: MANIFEST_OF.format(name).encode()})
    with pytest.raises(FormatError, match="lies outside the package"):
        read(packed, "quiz.zip")


def test_a_file_that_the_package_lacks_is_named():
    with pytest.raises(FormatError, match=r"has no file a\.xml"):
        read(pack({MANIFEST: MANIFEST_OF.format("a.xml").encode()}), "quiz.zip")


def test_a_package_may_have_all_in_a_folder_and_its_questions_end_in_qti():
    manifest = MANIFEST_OF.format("deep/questions%201.qti").encode()
    document = b"<questestinterop>" + ITEM + b"</questestinterop>"
    packed = pack({f"export/{MANIFEST}": manifest, "export/deep/questions 1.qti": document})
    assert question_files(Package(packed)) == ["export/deep/questions 1.qti"]
    assert [each.place for each in read(packed, "quiz.zip").refused] == ["item q"]


@pytest.mark.parametrize(
    ("data", "reason"),
    [
        (pack({"a.xml": ITEM}), f"no {MANIFEST}"),
        (pack({MANIFEST: b"<manifest/>"}), "names no assessment"),
        (pack({MANIFEST: MANIFEST_OF.format("a.xml").encode(), "a.xml": b"<html/>"}), "begins with <html>"),
        (pack({f"{number}.xml": b"" for number in range(5001)}), "5,001 files"),
        (b"PK\x03\x04 and then nothing", "no zip file"),
        (b"PK\x03\x04" + b"\x00" * (65 * MEGABYTE), "more than 64 MB"),
    ],
)
def test_a_package_without_questions_is_refused(data, reason):
    with pytest.raises(FormatError, match=reason):
        read(data, "quiz.zip")


def test_an_encrypted_package_is_refused():
    packed = bytearray(zipped(imsmanifest_xml=b"<manifest/>"))
    packed[6] |= 1
    packed[packed.rindex(b"PK\x01\x02") + 8] |= 1
    with pytest.raises(FormatError, match="cannot be unpacked"):
        read(bytes(packed), "quiz.zip")


@pytest.mark.parametrize("name", FORMATS)
def test_an_empty_file_is_refused(name):
    with pytest.raises(FormatError, match="empty"):
        read(b" \n", "quiz", name)


@pytest.mark.parametrize("name", FORMATS)
def test_a_file_of_another_format_is_refused_with_a_sentence(name):
    others = {other: write([QUESTION], other).data for other in FORMATS if other != name}
    for other, data in others.items():
        if {name, other} == {"qti12", "qti21"}:
            continue
        found = read_or_message(data, name)
        assert found.endswith(".") if isinstance(found, str) else found.questions == []


@pytest.mark.parametrize("name", FORMATS)
@settings(deadline=None, max_examples=40)
@given(data=st.binary(min_size=1, max_size=300))
def test_junk_raises_nothing_but_a_format_error(name, data):
    found = read_or_message(data, name)
    assert not isinstance(found, str) or found.endswith(".")


@pytest.mark.parametrize("name", FORMATS)
def test_a_file_with_changed_bytes_raises_nothing_but_a_format_error(name):
    chance = random.Random(name)
    data = write([QUESTION, Question("n", Kind.TRUE_FALSE, "So?", (Option("True", True), Option("False")))], name).data
    for _ in range(60):
        changed = bytearray(data)
        for _ in range(chance.randint(1, 5)):
            changed[chance.randrange(len(changed))] = chance.randrange(256)
        found = read_or_message(bytes(changed), name)
        assert not isinstance(found, str) or found.endswith(".")


def test_more_questions_than_a_file_may_have_are_named():
    imported = read("\n\n".join(f"Q{number}? {{T}}" for number in range(MOST_QUESTIONS + 2)).encode(), "q.gift")
    assert len(imported.questions) == MOST_QUESTIONS
    assert [each.reason for each in imported.refused] == [
        f"The file has more than {MOST_QUESTIONS} questions. Split it."
    ] * 2


def test_a_file_of_open_braces_takes_no_time():
    assert read(b"{\n\n" * 20_000 + b"Q? {T}", "q.gift").questions[-1:]
    assert read(b"A) x\n" * 20_000 + b"ANSWER: A", "q.txt").questions == []
