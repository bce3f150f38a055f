"""`stride playground`: an image in, sizes and a picture out; refusals are sentences and exit code 2."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest
from click.testing import CliRunner, Result
from PIL import Image

from server.commands.playground import playground


def stride(*arguments: str) -> Result:
    return CliRunner().invoke(playground, arguments)


@pytest.fixture
def photo(tmp_path: Path) -> str:
    path = tmp_path / "photo.png"
    Image.fromarray(np.arange(20 * 30, dtype=np.uint8).reshape(20, 30)).save(path)
    return str(path)


def test_a_convolution_says_its_sizes_and_writes_a_picture(photo, tmp_path):
    out = tmp_path / "out.png"
    arguments = ["--kernel", "sobel-x", "--stride", "2", "--pad", "1", "--dilation", "1", "-o", str(out)]
    outcome = stride("conv", "--image", photo, *arguments, "--enlarge", "3")
    assert outcome.exit_code == 0
    assert "height: ⌊(20 + 2·1 − 1·(3 − 1) − 1) / 2⌋ + 1 = 10\n" in outcome.stdout
    assert "width: ⌊(30 + 2·1 − 1·(3 − 1) − 1) / 2⌋ + 1 = 15\n" in outcome.stdout
    assert "Red is negative" in outcome.stdout
    with Image.open(out) as picture:
        assert picture.size == (45, 30)


def test_json_holds_sizes_formulas_and_the_kernel(photo):
    outcome = stride("conv", "--image", photo, "--kernel", "0 1 0; 1 -4 1; 0 1 0", "--json")
    report = json.loads(outcome.stdout)
    assert (report["input"], report["output"]) == ([1, 20, 30], [1, 18, 28])
    assert report["kernel"] == [[0, 1, 0], [1, -4, 1], [0, 1, 0]]
    assert report["formula"]["width"] == "⌊(30 + 2·0 − 1·(3 − 1) − 1) / 1⌋ + 1 = 28"


def test_a_convolution_is_the_correlation_with_the_turned_kernel(photo):
    turned, plain = (
        json.loads(stride("conv", "--image", photo, "--json", "--kernel", *rest).stdout)
        for rest in (["1 2; 3 4", "--convolution"], ["4 3; 2 1"])
    )
    assert (turned["smallest"], turned["largest"]) == (plain["smallest"], plain["largest"])


def test_pooling_says_what_a_shift_leaves_equal():
    outcome = stride("pool", "--image", "noise", "--size", "256", "--extent", "3", "--shift", "1,0", "--json")
    report = json.loads(outcome.stdout)
    assert report["output"] == [1, 85, 85]
    assert report["kept_of_noise"] == 0.5
    assert report["kept"]["max"] == pytest.approx(0.5, abs=0.03)
    assert report["kept"]["mean"] == 0
    assert "max of noise 50.0 %" in stride("pool", "--image", "noise", "--extent", "3x3").stdout


@pytest.mark.parametrize(
    ("arguments", "reason"),
    [
        (["conv", "--stride", "0"], "Stride must be at least 1, not 0."),
        (["conv", "--kernel", "blurr"], "There is no kernel “blurr”."),
        (["conv", "--kernel", "1 2; 3"], "The rows have different lengths"),
        (["conv", "--image", "nowhere.png"], "nowhere.png cannot be read (No such file or directory)"),
        (["conv", "--image", __file__], "This file is neither a PNG nor a JPEG picture."),
        (["conv", "--size", "8", "--dilation", "4"], "A kernel that spans 9 pixels does not fit into 8."),
        (["conv", "-o", "/nowhere/out.png"], "/nowhere/out.png cannot be written: No such file or directory."),
        (["pool", "--extent", "2xb"], "The window's width must be a whole number, not “b”."),
        (["pool", "--size", "8", "--extent", "9"], "A kernel that spans 9 pixels does not fit into 8."),
        (["pool", "--size", "8", "--shift", "7,7"], "After this shift no window lies inside both images"),
    ],
)
def test_bad_input_is_a_sentence_and_exit_code_2(arguments, reason):
    outcome = stride(*arguments)
    assert outcome.exit_code == 2
    assert reason in outcome.stderr
    assert outcome.stdout == ""
