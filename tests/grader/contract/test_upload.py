"""What is refused as a submission, and in which words."""

from __future__ import annotations

import io
import zipfile

import pytest

from grader.contract import Entry, UploadRefused, check_upload
from grader.contract.upload import MAX_BYTES

ENTRIES = (Entry("conv_forward", "function", "(x, w, b, conv_param)"), Entry("LeNet5", "class"))
GOOD = b"def conv_forward(x, w, b, conv_param): ...\nclass LeNet5: ...\n"


def zip_of(size: int) -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("conv.py", b"0" * size)
    return buffer.getvalue()


@pytest.mark.parametrize(
    ("content", "name", "text"),
    [
        (b"", "conv.py", "is empty"),
        (b"  \n\n", "conv.py", "only blank lines"),
        (zip_of(100_000_000), "conv.zip", "is a zip archive"),
        (zip_of(10), "conv.py", "is a zip archive"),
        (b"%PDF-1.7", "conv.pdf", "is a PDF"),
        (b"#" * (MAX_BYTES + 1), "conv.py", "256 KiB at most"),
        ("é = 1".encode("latin-1"), "conv.py", "not UTF-8 text \\(line 1\\)"),
        (GOOD, "conv.txt", "must end in .py"),
        (b"def f(:\n  pass", "conv.py", "line 1"),
        (b"Dear professor, here is my solution", "conv.py", "not valid Python"),
        (b"x = 1\n\x00", "conv.py", "not valid Python|null byte"),
        (b"(" * 5000, "conv.py", "not valid Python|nested too deeply"),
        (b"-" * 200_000 + b"1", "conv.py", "nested too deeply|not valid Python"),
        (b"def conv_froward(x): ...\nclass LeNet5: ...", "conv.py", "defines conv_froward: is that the one"),
        (b"import numpy as np", "conv.py", "does not define the function conv_forward.*Missing too: LeNet5"),
        (b"def helper():\n    def conv_forward(): ...\nclass LeNet5: ...", "conv.py", "does not define the function"),
    ],
)
def test_upload_is_refused_with_its_reason(content, name, text):
    with pytest.raises(UploadRefused, match=text):
        check_upload(content, name, ENTRIES)


@pytest.mark.parametrize(
    "content",
    [
        GOOD,
        b"\xef\xbb\xbf" + GOOD,
        GOOD.replace(b"\n", b"\r\n"),
        b"def f(): ...\nconv_forward = f\nfrom there import LeNet5\n",
        b"if True:\n    def conv_forward(): ...\ntry:\n    class LeNet5: ...\nexcept ValueError:\n    pass\n",
        b"from everything import *\n",
        b"conv_forward, LeNet5 = (lambda: 0), int\n",
    ],
)
def test_upload_that_defines_the_entries_is_accepted_as_text_with_unix_lines(content):
    text = check_upload(content, "conv.py", ENTRIES)
    assert "\r" not in text
    assert not text.startswith("\ufeff")
