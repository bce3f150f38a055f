"""`stride model` tells what a reference architecture costs, to people and to programs."""

from __future__ import annotations

import json
import subprocess
import sys

import pytest
from click.testing import CliRunner, Result

from grader.commands.model import model
from reference.models.catalogue import ARCHITECTURES


def run(*arguments: str) -> Result:
    return CliRunner().invoke(model, arguments, env={"COLUMNS": "160"})


def test_json_holds_the_layers_and_the_totals():
    account = json.loads(run("vgg16", "--json").stdout)
    assert account["name"] == "vgg16"
    assert account["input"] == [3, 224, 224]
    assert (account["parameters"], account["mult_adds"], account["buffers"]) == (138_357_544, 15_470_264_320, 0)
    fc6 = next(layer for layer in account["layers"] if layer["name"] == "fc6.linear")
    assert (fc6["kind"], fc6["output"], fc6["parameters"]) == ("Linear", [4096], 102_764_544)
    assert sum(layer["mult_adds"] for layer in account["layers"]) == account["mult_adds"]
    assert account["stages"][-1] == {"name": "fc8", "output": [1000]}


def test_json_counts_the_auxiliary_heads_only_where_there_are_any():
    counts = [json.loads(run(name, "--json").stdout)["mult_adds"] for name in ("googlenet", "googlenet-aux")]
    assert counts == [1_582_671_872, 1_591_044_096]


def test_table_has_every_layer_the_totals_and_the_convention():
    shown = run("MobileNet")
    assert shown.exit_code == 0
    for text in ("block13.pointwise.conv", "3x3 stride 2 pad 1 groups 64", "4,231,976", "568,740,352", "21,888"):
        assert text in shown.stdout
    sentence = " ".join(shown.stdout.split())
    assert "Mult-adds are multiply-accumulates" in sentence
    assert "569 M" in sentence
    assert "4866 M" in sentence


def test_size_and_classes_are_taken():
    account = json.loads(run("mobilenet", "--size", "192", "--classes", "10", "--json").stdout)
    assert account["parameters"] == 4_231_976 - 1025 * 990
    assert account["mult_adds"] == 418_121_728 - 1024 * 990


def test_list_names_every_architecture_without_loading_torch():
    code = (
        "import sys\nfrom grader.commands.model import model\n"
        "try:\n    model(['--list', '--json'])\nfinally:\n    assert 'torch' not in sys.modules"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert [known["name"] for known in json.loads(done.stdout)] == list(ARCHITECTURES)
    assert "resnet152-v1" in run("--list").stdout


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["resnet51"], "resnet50"),
        (["xylophone"], "stride model --list"),
        (["lenet5", "--size", "64"], "lenet5 reads 32x32 as published, and not 64x64"),
        (["alexnet", "--size", "8"], "alexnet reads 227x227 as published, and not 8x8"),
        (["vgg16", "--classes", "0"], "--classes"),
        ([], "--list"),
    ],
)
def test_what_cannot_be_shown_is_refused_with_advice(arguments, message):
    refused = run(*arguments)
    assert refused.exit_code == 2
    assert message in " ".join(refused.stderr.split())
    assert refused.stdout == ""
