"""Whatever is handed in becomes the Python files that are graded, what is kept beside them, and notes."""

from __future__ import annotations

import dataclasses
import zipfile

import pytest

from grader.contract import Assignment, Entry, HandedIn, Trained, UploadRefused, WeightsFile, read_handed_in
from grader.contract.cells import TITLE
from tests.grader.contract.uploads import notebook, zip_of
from tests.grader.contract.weights_files import TWO

CODE = "def f(x):\n    return x\n"


@pytest.fixture
def conv(assignment: Assignment) -> Assignment:
    return dataclasses.replace(assignment, filename="conv.py", entries=(Entry("f"),))


def test_a_python_file_is_graded_as_it_is(conv):
    assert read_handed_in(CODE.encode(), "mine.py", conv, "mine.py") == HandedIn({"mine.py": CODE})
    assert read_handed_in(CODE.encode(), "mine.PY", conv).files == {"conv.py": CODE}


def test_a_notebook_is_graded_as_python_and_kept(conv):
    handed_in = read_handed_in(notebook("%a", CODE), "mine.ipynb", conv, "mine.py")
    assert list(handed_in.files) == ["mine.py"]
    assert handed_in.files["mine.py"].startswith(TITLE)
    assert list(handed_in.originals) == ["mine.ipynb"]
    assert handed_in.notes == ("Cell 1: left out %a.",)


def test_a_zip_has_the_entry_first_and_notes_what_is_left_out(conv):
    files = {"a.py": "y = 1\n", "conv.py": f"import a\n{CODE}", "README": "", "empty.py": ""}
    handed_in = read_handed_in(zip_of(files), "mine.zip", conv, "mine.py")
    assert list(handed_in.files) == ["conv.py", "a.py", "empty.py"]
    assert handed_in.originals == {}
    assert handed_in.notes == ("Left out: README. Only Python files beside conv.py are taken.",)


def test_a_zip_may_hold_a_notebook_as_its_entry(conv):
    handed_in = read_handed_in(zip_of({"conv.ipynb": notebook("%a", CODE), "a.py": "y = 1\n"}), "mine.zip", conv)
    assert (list(handed_in.files), list(handed_in.originals)) == (["conv.py", "a.py"], ["conv.ipynb"])
    assert handed_in.notes == ("Cell 1: left out %a.",)


@pytest.mark.parametrize(
    ("content", "name", "words"),
    [
        (b"", "mine.zip", "mine.zip is empty"),
        (b"", "mine.ipynb", "mine.ipynb is empty"),
        (notebook("x = 1"), "mine.ipynb", "mine.ipynb does not define the function f"),
        (notebook("x = 1"), "mine.py", "does not define the function f|not valid Python"),
        (zip_of({"conv.py": CODE}), "mine.py", "is a zip archive"),
        (zip_of({"conv.py": "x = 1"}), "mine.zip", "mine.zip/conv.py does not define the function f"),
        (zip_of({"conv.py": CODE, "a.py": "def f(:"}), "mine.zip", "mine.zip/a.py is not valid Python .line 1"),
        (zip_of({"conv.py": CODE, "a.py": b"\xff"}), "mine.zip", "mine.zip/a.py is not UTF-8"),
        (zip_of({"conv.py": ""}), "mine.zip", "mine.zip/conv.py is empty"),
        (zip_of({"conv.ipynb": b"{"}), "mine.zip", "mine.zip/conv.ipynb is not a notebook"),
    ],
)
def test_refusals_name_the_file(conv, content, name, words):
    with pytest.raises(UploadRefused, match=words):
        read_handed_in(content, name, conv)


def test_names_that_come_from_another_file_of_the_zip_count_as_defined(conv):
    handed_in = read_handed_in(zip_of({"conv.py": "from a import f\n", "a.py": CODE}), "mine.zip", conv)
    assert list(handed_in.files) == ["conv.py", "a.py"]


@pytest.fixture
def net(conv: Assignment) -> Assignment:
    """An assignment that takes a trained network."""
    return dataclasses.replace(conv, trained=Trained("weights.safetensors", 1.0, (1, 32, 32), 100, 100))


def test_weights_come_beside_the_code_or_in_the_zip(net):
    beside = read_handed_in(CODE.encode(), "conv.py", net, weights=WeightsFile("mine.safetensors", TWO))
    zipped = read_handed_in(zip_of({"a/conv.py": CODE, "a/weights.safetensors": TWO}), "all.zip", net)
    assert beside.weights == zipped.weights
    assert beside.weights.content == TWO
    assert [each.name for each in beside.weights.tensors] == ["a", "b"]
    assert zipped.notes == ()


def test_weights_may_be_larger_than_other_zips(net):
    large = bytes(1_100_000)
    with pytest.raises(UploadRefused, match="the weights may have 1 MiB at most"):
        read_handed_in(zip_of({"conv.py": CODE, "weights.safetensors": large}, zipfile.ZIP_STORED), "a.zip", net)
    with pytest.raises(UploadRefused, match="a zip may have 2,048 KiB at most"):
        read_handed_in(bytes(2**21 + 1), "a.zip", net)


def test_earlier_weights_may_be_kept(net):
    assert read_handed_in(CODE.encode(), "conv.py", net, keeps_weights=True).weights is None


@pytest.mark.parametrize(
    ("content", "name", "beside", "words"),
    [
        (CODE.encode(), "conv.py", None, "weights are missing. Choose conv.py and weights.safetensors together"),
        (zip_of({"conv.py": CODE}), "a.zip", None, "weights are missing"),
        (zip_of({"conv.py": CODE, "w.safetensors": TWO}), "a.zip", None, "weights are missing"),
        (zip_of({"conv.py": CODE, "weights.safetensors": b""}), "a.zip", None, "a.zip/weights.safetensors is empty"),
        (CODE.encode(), "conv.py", WeightsFile("net.pt", b"x"), "net.pt is not a safetensors file"),
        (
            *(zip_of({"conv.py": CODE, "weights.safetensors": TWO}), "a.zip", WeightsFile("w.safetensors", TWO)),
            "in a.zip and beside it, in w.safetensors",
        ),
    ],
)
def test_weights_that_are_missing_or_wrong_are_refused(net, content, name, beside, words):
    with pytest.raises(UploadRefused, match=words):
        read_handed_in(content, name, net, weights=beside)


def test_an_assignment_without_weights_takes_none(conv):
    with pytest.raises(UploadRefused, match=r"takes no weights: hand in conv\.py without w\.safetensors"):
        read_handed_in(CODE.encode(), "conv.py", conv, weights=WeightsFile("w.safetensors", TWO))
