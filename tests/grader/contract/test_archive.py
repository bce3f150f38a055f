"""Several files in a zip: which are taken, which are left out, and what is refused."""

from __future__ import annotations

import contextlib
import io
import random
import re
import stat
import time
import tracemalloc
import zipfile

import pytest

from grader.contract import UploadRefused
from grader.contract.archive import INSTALLED, MAX_ARCHIVE_BYTES, TAKEN_NAMES, read_archive
from grader.sandbox.profiles import PROFILES, packages
from tests.grader.contract.uploads import notebook, zip_member, zip_of

CONV = "from layers import conv_forward\n"
LAYERS = "def conv_forward(): ...\n"


def refused(content: bytes) -> str:
    with pytest.raises(UploadRefused) as caught:
        read_archive(content, "mine.zip", "conv.py")
    return str(caught.value)


@pytest.mark.parametrize("folder", ["", "mine/", "mine\\"])
def test_the_entry_and_the_python_files_beside_it_are_taken(folder):
    unpacked = read_archive(zip_of({f"{folder}conv.py": CONV, f"{folder}layers.py": LAYERS}), "mine.zip", "conv.py")
    assert (unpacked.entry, unpacked.content) == ("conv.py", CONV.encode())
    assert unpacked.modules == {"layers.py": LAYERS.encode()}
    assert unpacked.left_out == ()


def test_everything_else_is_left_out_by_name():
    others = ("README.md", ".DS_Store", "__MACOSX/._conv.py", "__pycache__/conv.cpython-311.pyc", "tests/test_conv.py")
    others += ("my-layers.py", "__init__.py", "données.txt", "layers.ipynb", "._layers.py", "2d.py")
    unpacked = read_archive(zip_of({"conv.py": CONV} | dict.fromkeys(others, "x")), "mine.zip", "conv.py")
    assert unpacked.left_out == others
    assert unpacked.modules == {}


def test_a_file_at_the_top_comes_before_one_in_a_folder():
    unpacked = read_archive(zip_of({"old/conv.py": "old", "conv.py": CONV}), "mine.zip", "conv.py")
    assert unpacked.content == CONV.encode()


def test_a_notebook_may_be_the_entry_where_there_is_no_such_file():
    assert read_archive(zip_of({"conv.ipynb": notebook("x = 1")}), "mine.zip", "conv.py").entry == "conv.ipynb"
    both = read_archive(zip_of({"conv.ipynb": notebook("x = 1"), "conv.py": CONV}), "mine.zip", "conv.py")
    assert (both.entry, both.left_out) == ("conv.py", ("conv.ipynb",))


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (b"PK\x03\x04 and so on", "is damaged"),
        (zip_of({"conv.py": CONV})[:-30], "is damaged"),
        (zip_of({}), "has no conv.py at its top .* It holds no Python file"),
        (zip_of({"my_conv.py": CONV}), "has no conv.py at its top or in its one folder.*It holds my_conv.py"),
        (zip_of({"a/b/conv.py": CONV, "__MACOSX/a/b/._conv.py": ""}), r"It holds a/b/conv\.py\.$"),
        (zip_of({"a/conv.py": CONV, "b/conv.py": CONV}), "holds a/conv.py and b/conv.py"),
        (zip_of({"conv.py": CONV, "numpy.py": ""}), "holds numpy.py, which has the name of a module"),
        (zip_of({"conv.py": CONV, "torch.py": ""}), "Rename it, for instance to my_torch.py"),
        (zip_of({"conv.py": CONV, "random.py": ""}), "holds random.py"),
        (zip_of({"conv.py": CONV, "test.py": ""}), "holds test.py"),
        (zip_of({"conv.py": CONV, "../layers.py": ""}), "'../layers.py', which leads elsewhere"),
        (zip_of({"conv.py": CONV, "a/../layers.py": ""}), "leads elsewhere"),
        (zip_of({"conv.py": CONV, "..\\layers.py": ""}), "leads elsewhere"),
        (zip_of({"conv.py": CONV, "/etc/layers.py": ""}), "leads elsewhere"),
        (zip_of({"conv.py": CONV, "C:/layers.py": ""}), "leads elsewhere"),
        (zip_of({"conv.py": CONV, "a//b.py": ""}), "leads elsewhere"),
        (zip_of({"conv.py": CONV, "a\u202eb.py": ""}), "leads elsewhere"),
        (zip_of({"conv.py": CONV, "Conv.py": CONV}), "holds Conv.py twice"),
        (zip_of({"conv.py": CONV, "more.zip": b"PK"}), "holds another archive, more.zip"),
        (zip_of({"conv.py": CONV, "data.tar.gz": b""}), "holds another archive"),
        (zip_of({"conv.py": CONV, f"{'a' * 200}.py": ""}), "a path of 203 characters"),
        (zip_of({"conv.py": CONV} | {f"{n}.txt": "" for n in range(100)}), "holds 101 files; 100 is the most"),
        (zip_of({"conv.py": CONV, "layers.py": "#" * 300_000}, zipfile.ZIP_STORED), "293 KiB of Python; all files"),
        (zip_of({"conv.py": CONV, "zeros.bin": bytes(10**8)}), "zeros.bin, packed to one 1,0..th of its size"),
        (zip_of({"conv.py": CONV}, zipfile.ZIP_LZMA), "packs conv.py in a way that is not read"),
        (zip_of({"conv.py": CONV}, zipfile.ZIP_BZIP2), "packs conv.py in a way that is not read"),
        (zip_member(external_attr=(stat.S_IFLNK | 0o777) << 16), "holds conv.py, which is a link"),
        (zip_member(external_attr=(stat.S_IFIFO | 0o777) << 16), "which is a link and not a file"),
        (zip_member("a.py").replace(b"a.py", b"a\x00py"), "leads elsewhere"),
        (
            zip_member("\N{LATIN SMALL LETTER E WITH ACUTE}.py").replace(b"\xc3\xa9", b"\xff\xfe"),
            "name is not in UTF-8",
        ),
        (bytes(MAX_ARCHIVE_BYTES + 1), "1,024 KiB at most"),
    ],
)
def test_a_zip_is_refused_with_the_file_that_is_the_reason(content, words):
    message = refused(content)
    assert re.search(words, message), message


def test_a_name_of_another_code_page_is_refused_and_one_of_unmarked_utf_8_is_read():
    content = zip_member("\N{LATIN SMALL LETTER E WITH ACUTE}.txt")
    unmarked = bytearray(content)
    for header, offset in ((b"PK\x03\x04", 6), (b"PK\x01\x02", 8)):
        unmarked[content.index(header) + offset + 1] &= ~0x08
    assert "has no conv.py" in refused(bytes(unmarked))
    assert "not in UTF-8" in refused(bytes(unmarked).replace(b"\xc3\xa9", b"\x82\x82"))


def test_an_encrypted_zip_is_refused():
    content = bytearray(zip_of({"conv.py": CONV}))
    for header, offset in ((b"PK\x03\x04", 6), (b"PK\x01\x02", 8)):
        content[content.index(header) + offset] |= 1
    assert "is encrypted (conv.py)" in refused(bytes(content))


def test_the_same_name_twice_is_refused():
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        archive.writestr("conv.py", "x = 1")
        with pytest.warns(UserWarning, match="Duplicate name"):
            archive.writestr("conv.py", "x = 2")
    assert "holds conv.py twice" in refused(buffer.getvalue())


def test_many_bombs_in_one_are_refused_for_what_they_unpack_to():
    noise = random.Random(1).randbytes(1000) * 60
    assert "unpacks to" in refused(zip_of({f"{n}.bin": noise * 3 for n in range(99)} | {"conv.py": CONV}))


def test_a_bomb_that_lies_about_its_size_is_not_unpacked():
    content = bytearray(zip_of({"conv.py": bytes(50 * 2**20)}))
    for header, offset in ((b"PK\x03\x04", 22), (b"PK\x01\x02", 24)):
        at = content.index(header) + offset
        content[at : at + 4] = (100).to_bytes(4, "little")
    tracemalloc.start()
    assert "is damaged" in refused(bytes(content))
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert peak < 2 * 2**20


def test_every_module_of_the_sandboxs_packages_is_a_name_that_is_taken():
    paths = {path for profile in PROFILES for path in packages(profile)}
    modules = {path.stem for path in paths if path.suffix == ".py" or (path.is_dir() and path.name.isidentifier())}
    assert {"numpy", "torch"} <= modules
    assert {name for name in modules if not name.startswith("_")} <= TAKEN_NAMES
    assert set(INSTALLED) <= TAKEN_NAMES


def test_damaged_zips_are_refused_and_nothing_else_is_raised():
    whole = zip_of({"conv.py": CONV, "layers.py": LAYERS, "README.md": "text"})
    draw = random.Random(7)
    began = time.monotonic()
    for _ in range(3000):
        content = bytearray(whole)
        for _ in range(draw.randint(1, 4)):
            content[draw.randrange(len(content))] = draw.randrange(256)
        with contextlib.suppress(UploadRefused):
            read_archive(bytes(content), "mine.zip", "conv.py")
    assert time.monotonic() - began < 20
